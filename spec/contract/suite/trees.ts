/** The contract of trees: complete, told of every change that lasts, and in nobody's way on the same znodes. */

import {
  childrenData$,
  settledChildren$,
  text,
  type Tree,
  type TreeOptions,
  type TreeUpdate,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, type Recording } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeTrees(target: ContractTarget): void {
  describe('tree', () => {
    describeOne(target);
    describeBeside(target);
    describeLosses(target);
    describeQuietLosses(target);
    describeChildren(target);
  });
}

type Update = TreeUpdate<string>;

function follow(zk: ZooKeeper, path: string, options: TreeOptions = {}): Recording<Update> {
  return record(zk.tree$(path, { ...options, codec: text() }));
}

function show(tree: Tree<string>): string {
  return [...tree]
    .map(({ path, data }) => `${path}=${data}`)
    .sort()
    .join(' ');
}

/** Waits until the tree looks like this. */
async function becomes(recording: Recording<Update>, expected: string): Promise<void> {
  await recording.settles(expected, ({ tree }) => show(tree) === expected);
}

async function setUp(target: ContractTarget) {
  const chroot = await target.newChroot();
  const zk = target.clientAt(chroot);
  const other = target.clientAt(chroot);
  await other.create('/a', 'A');
  await other.create('/a/x', 'X');
  await other.create('/a/x/y', 'Y');
  return { zk, other };
}

function describeOne(target: ContractTarget): void {
  it('emits the whole tree, then its changes', async () => {
    const { zk, other } = await setUp(target);
    const tree = follow(zk, '/a');
    await becomes(tree, '/a/x/y=Y /a/x=X /a=A');
    await other.create('/a/z', 'Z');
    await other.create('/a/z/w', 'W');
    await other.set('/a/x', 'X2');
    await other.delete('/a/x/y');
    await becomes(tree, '/a/x=X2 /a/z/w=W /a/z=Z /a=A');
    const changes = tree.values.flatMap((update) =>
      update.changes.map(({ type, path }) => `${type} ${path}`),
    );
    // A change takes a read and a removal none, so of the last two either may be told first.
    expect([...changes].sort()).toEqual([
      ...['added /a/z', 'added /a/z/w', 'changed /a/x', 'removed /a/x/y'],
    ]);
    expect(changes.slice(0, 2)).toEqual(['added /a/z', 'added /a/z/w']);
  });

  it('follows its root when it comes, goes and comes again, ephemerals included', async () => {
    const { zk, other } = await setUp(target);
    const tree = follow(zk, '/later');
    await becomes(tree, '');
    await zk.create('/later', '1');
    await zk.create('/later/e', 'E', { mode: 'ephemeral' });
    await becomes(tree, '/later/e=E /later=1');
    await other.delete('/later', { recursive: true });
    await becomes(tree, '');
    await other.create('/later', '2');
    await becomes(tree, '/later=2');
  });

  it('is right after many fast changes', async () => {
    const { zk, other } = await setUp(target);
    const tree = follow(zk, '/a');
    await tree.count(1);
    const jobs: PromiseLike<unknown>[] = [];
    for (let i = 0; i < 300; i++) {
      jobs.push(other.create('/a/n-', String(i), { sequential: true }));
      jobs.push(other.set('/a/x', String(i)));
    }
    const created = (await Promise.all(jobs)).filter((path) => typeof path === 'string');
    await Promise.all(created.filter((_, i) => i % 2 === 0).map((path) => other.delete(path)));
    await other.set('/a', 'end');
    await tree.settles('the end', (update) => update.tree.get('/a')?.data === 'end');
    const last = tree.values.at(-1)?.tree;
    expect(last?.size).toBe(3 + 150);
    expect(last?.get('/a/x')?.data).toBe('299');
    expect([...(last?.children('/a') ?? [])].sort()).toEqual(
      [...(await other.children('/a'))].sort(),
    );
  });
}

/** What a server before 3.9 cannot tell apart: two kinds of watches on one path of one connection. */
function describeBeside(target: ContractTarget): void {
  const orders = ['before', 'after'] as const;

  it.each(orders)('goes on beside live reads of its root that come %s it', async (when) => {
    const { zk, other } = await setUp(target);
    const read = () => ({
      data: record(zk.data$('/a', text())),
      exists: record(zk.exists$('/a')),
      names: record(zk.children$('/a')),
    });
    const early = when === 'before' ? read() : undefined;
    await early?.names.count(1);
    await early?.data.count(1);
    const tree = follow(zk, '/a');
    await tree.count(1);
    const { data, names, exists } = early ?? read();
    await Promise.all([data.count(1), names.count(1), exists.count(1)]);
    for (let i = 1; i <= 3; i++) {
      await other.set('/a', `A${String(i)}`);
      await other.create(`/a/n${String(i)}`, 'n');
      await other.set('/a/x/y', `Y${String(i)}`);
      await data.settles('its change', (value) => value === `A${String(i)}`);
      await names.settles('its child', (list) => list?.includes(`n${String(i)}`) === true);
      await tree.settles('all of it', (update) => {
        const y = update.tree.get('/a/x/y')?.data === `Y${String(i)}`;
        return y && update.tree.has(`/a/n${String(i)}`);
      });
    }
    tree.unsubscribe();
    await other.set('/a', 'alone');
    await other.create('/a/alone');
    await data.settles('a change without the tree', (value) => value === 'alone');
    await names.settles('a child without the tree', (list) => list?.includes('alone') === true);
    await other.delete('/a', { recursive: true });
    await data.settles('nothing', (value) => value === null);
    await names.settles('nothing', (value) => value === null);
    await exists.settles('nothing', (value) => value === null);
  });

  it('goes on when live reads of its root go', async () => {
    const { zk, other } = await setUp(target);
    const tree = follow(zk, '/a');
    await tree.count(1);
    const beside = [zk.data$('/a'), zk.children$('/a'), zk.exists$('/a'), zk.children$('/a/x')];
    const readings = beside.map((source$) => record<unknown>(source$));
    await Promise.all(readings.map((reading) => reading.count(1)));
    await other.set('/a', 'A1');
    await tree.settles('a change', (update) => update.tree.get('/a')?.data === 'A1');
    for (const reading of readings) reading.unsubscribe();
    await zk.exists('/a');
    await other.set('/a', 'A2');
    await other.set('/a/x/y', 'Y2');
    await other.create('/a/x/w', 'W');
    await becomes(tree, '/a/x/w=W /a/x/y=Y2 /a/x=X /a=A2');
  });

  it('goes on beside trees of the same and of nested znodes, that come and go', async () => {
    const { zk, other } = await setUp(target);
    const outer = follow(zk, '/a');
    const inner = follow(zk, '/a/x');
    const flat = follow(zk, '/a', { maxDepth: 1 });
    await Promise.all([outer.count(1), inner.count(1), flat.count(1)]);
    await other.set('/a/x', 'X1');
    await Promise.all([
      becomes(outer, '/a/x/y=Y /a/x=X1 /a=A'),
      becomes(inner, '/a/x/y=Y /a/x=X1'),
      becomes(flat, '/a/x=X1 /a=A'),
    ]);
    inner.unsubscribe();
    await other.set('/a/x', 'X2');
    await becomes(outer, '/a/x/y=Y /a/x=X2 /a=A');
    outer.unsubscribe();
    await other.set('/a/x', 'X3');
    await becomes(flat, '/a/x=X3 /a=A');
  });
}

function describeLosses(target: ContractTarget): void {
  it('catches up after a cut connection, beside live reads of its root', async () => {
    const { zk, other, relay } = await target.relayed();
    await other.create('/a', 'A');
    await other.create('/a/x', 'X');
    await other.create('/a/y', 'Y');
    const tree = follow(zk, '/a');
    const data = record(zk.data$('/a', text()));
    const names = record(zk.children$('/a'));
    await Promise.all([tree.count(1), data.count(1), names.count(1)]);
    for (let i = 1; i <= 3; i++) {
      relay.cut();
      await other.set('/a', `A${String(i)}`);
      await other.set('/a/x', `X${String(i)}`);
      await other.create('/a/x/w', `W${String(i)}`);
      await other.delete('/a/y');
      await becomes(tree, `/a/x/w=W${String(i)} /a/x=X${String(i)} /a=A${String(i)}`);
      await data.settles('the change', (value) => value === `A${String(i)}`);
      // And what comes after it, one by one.
      await other.delete('/a/x/w');
      await other.create('/a/y', 'Y');
      await other.set('/a/x', 'X');
      await becomes(tree, `/a/x=X /a/y=Y /a=A${String(i)}`);
      await other.set('/a', 'A');
      await becomes(tree, '/a/x=X /a/y=Y /a=A');
      await data.settles('a change after it', (value) => value === 'A');
      await names.settles('both children', (list) => list?.length === 2);
    }
  });
}

function describeQuietLosses(target: ContractTarget): void {
  it('goes on after a cut connection during which nothing changed', async () => {
    const { zk, other, relay } = await target.relayed();
    await other.create('/a', 'A');
    await other.create('/a/x', 'X');
    const tree = follow(zk, '/a');
    const data = record(zk.data$('/a', text()));
    await Promise.all([tree.count(1), data.count(1)]);
    for (let i = 1; i <= 2; i++) {
      relay.cut();
      await zk.exists('/a');
      await other.create('/a/x/y', 'Y');
      await becomes(tree, '/a/x/y=Y /a/x=X /a=A');
      await other.set('/a/x/y', 'Z');
      await becomes(tree, '/a/x/y=Z /a/x=X /a=A');
      await other.delete('/a/x/y');
      await becomes(tree, '/a/x=X /a=A');
    }
    await other.set('/a', 'B');
    await becomes(tree, '/a/x=X /a=B');
    await data.settles('the change', (value) => value === 'B');
  });
}

function describeChildren(target: ContractTarget): void {
  it('childrenData$ follows the data of all children', async () => {
    const { zk, other } = await setUp(target);
    const children = record(childrenData$(zk, '/a', { codec: text() }));
    const becomesMap = (expected: Record<string, string>) =>
      children.settles(JSON.stringify(expected), (map) => {
        return map !== null && JSON.stringify(Object.fromEntries(map)) === JSON.stringify(expected);
      });
    await becomesMap({ x: 'X' });
    await other.create('/a/y', 'Y');
    await becomesMap({ x: 'X', y: 'Y' });
    await other.set('/a/x', 'X2');
    await becomesMap({ x: 'X2', y: 'Y' });
    await other.delete('/a', { recursive: true });
    await children.settles('none', (map) => map === null);
  });

  it('settledChildren$ tells the list once it has come to rest', async () => {
    const { zk, other } = await setUp(target);
    const settled = record(settledChildren$(zk, '/a', 300));
    for (const name of ['1', '2', '3', '4']) await other.create(`/a/${name}`);
    await settled.settles('all of them', (names) => names?.length === 5);
    await other.delete('/a/1');
    await settled.settles('the rest', (names) => names?.length === 4);
  });
}
