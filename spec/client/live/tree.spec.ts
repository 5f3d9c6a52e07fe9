/** `tree$` through the real session and wire bytes, against the embedded server, on virtual time. */

import { type Subscription } from 'rxjs';
import { json, text as textCodec } from '../../../src/client/codecs.js';
import { type Tree, type TreeChange, type TreeOptions } from '../../../src/client/tree.js';
import { type ZooKeeper } from '../../../src/client/zookeeper.js';
import { AuthFailedError } from '../../../src/errors/client-errors.js';
import { NoAuthError } from '../../../src/errors/server-error.js';
import { VirtualClient } from '../virtual-client.js';
import { record } from './record.js';

/** How trees are followed: with one recursive watch, or (before 3.6) with two watches for each znode. */
const modes = [
  { mode: 'recursive', version: '3.9.3' },
  { mode: 'one-shot', version: '3.5.10' },
] as const;

function setUp(version: string, chroot = '') {
  const world = new VirtualClient({
    server: { version },
    client: { idleGraceMs: Infinity },
    chroot,
  });
  const writer = world.client('', { idleGraceMs: Infinity });
  world.run(writer.create('/a', 'A'));
  return { world, zk: world.zk, writer, server: world.server, time: world.time };
}

/** Has a client learn whether the server has recursive watches, which costs a read once. */
function learn(world: VirtualClient): void {
  const { subscription } = follow(world.zk, '/a');
  world.time.advanceBy(1000);
  subscription.unsubscribe();
  world.time.advanceBy(1000);
}

function show(node: { path: string; data: unknown }): string {
  const data = node.data instanceof Uint8Array ? new TextDecoder().decode(node.data) : node.data;
  return `${node.path}=${String(data)}`;
}

function showChange(change: TreeChange<unknown>): string {
  if (change.type === 'added') return `+${show(change.node)}`;
  if (change.type === 'removed') return `-${show(change.previous)}`;
  return `${show(change.previous)}>${show(change.node)}`;
}

function showTree(tree: Tree<unknown>): string {
  return `{${[...tree].map(show).sort().join(' ')}}`;
}

/** Writes down each emission: the first as the whole tree, the others as changes. */
function follow(zk: ZooKeeper, path: string, options: TreeOptions = {}) {
  const trees: Tree<unknown>[] = [];
  const recording = record(zk.tree$(path, options), ({ tree, changes }) => {
    trees.push(tree);
    return changes.length === 0 ? showTree(tree) : changes.map(showChange).join(' ');
  });
  return Object.assign(recording, {
    /** The live view, as it is now. */
    now: () => {
      const tree = trees.at(-1);
      return tree === undefined ? 'nothing' : showTree(tree);
    },
    tree: () => {
      const tree = trees.at(-1);
      if (tree === undefined) throw new Error('no tree yet');
      return tree;
    },
  });
}

describe.each(modes)('tree$ ($mode)', ({ mode, version }) => {
  it('emits the whole tree, then what is added, changed and removed', () => {
    const { world, zk, writer, time } = setUp(version);
    world.run(writer.create('/a/x', 'X'));
    world.run(writer.create('/a/x/y', 'Y'));
    const tree = follow(zk, '/a');
    time.advanceBy(1000);
    expect(tree.take()).toEqual(['{/a/x/y=Y /a/x=X /a=A}']);
    world.run(writer.create('/a/z', 'Z'));
    world.run(writer.create('/a/z/deep', 'D'));
    world.run(writer.set('/a/x', 'X2'));
    world.run(writer.set('/a', 'A2'));
    world.run(writer.delete('/a/x/y'));
    expect(tree.take()).toEqual([
      '+/a/z=Z',
      '+/a/z/deep=D',
      '/a/x=X>/a/x=X2',
      '/a=A>/a=A2',
      '-/a/x/y=Y',
    ]);
    expect(tree.now()).toBe('{/a/x=X2 /a/z/deep=D /a/z=Z /a=A2}');
    expect(tree.tree().children('/a')).toEqual(expect.arrayContaining(['x', 'z']));
  });

  it('is empty while there is no root, and follows it when it comes, goes and comes again', () => {
    const { world, zk, writer, time } = setUp(version);
    const tree = follow(zk, '/later');
    time.advanceBy(1000);
    expect(tree.take()).toEqual(['{}']);
    world.run(writer.create('/later', '1'));
    world.run(writer.create('/later/x', 'X'));
    world.run(writer.delete('/later', { recursive: true }));
    world.run(writer.create('/later', '2'));
    expect(tree.take()).toEqual([
      '+/later=1',
      '+/later/x=X',
      '-/later/x=X',
      '-/later=1',
      '+/later=2',
    ]);
  });

  it('tells all changes of a transaction together, and one that is undone not at all', () => {
    const { world, zk, writer, time } = setUp(version);
    world.run(writer.create('/a/x', 'X'));
    const tree = follow(zk, '/a');
    time.advanceBy(1000);
    tree.take();
    const create = { type: 'create', data: null, options: {}, withStat: false } as const;
    world.run(
      writer.transaction([
        { ...create, path: '/a/n' },
        { ...create, path: '/a/n/m' },
        { type: 'set', path: '/a/x', data: 'X2', version: -1 },
        { ...create, path: '/a/gone' },
        { type: 'remove', path: '/a/gone', version: -1 },
      ]),
    );
    const seen = tree.take();
    if (mode === 'recursive') expect(seen).toHaveLength(1);
    expect(seen.join(' ').split(' ').sort()).toEqual([
      '+/a/n/m=null',
      '+/a/n=null',
      '/a/x=X>/a/x=X2',
    ]);
  });

  it('keeps to its depth and its filter, and reads nothing else', () => {
    const { world, zk, writer, server, time } = setUp(version);
    for (const path of ['/a/x', '/a/x/y', '/a/x/y/z', '/a/no', '/a/no/x'])
      world.run(writer.create(path, 'v'));
    learn(world);
    const before = server.requestCounts().getData ?? 0;
    const root = follow(zk, '/a', { maxDepth: 0 });
    const one = follow(zk, '/a', { maxDepth: 1 });
    const filtered = follow(zk, '/a', { maxDepth: 2, filter: (path) => !path.endsWith('/no') });
    time.advanceBy(1000);
    expect(root.take()).toEqual(['{/a=A}']);
    expect(one.take()).toEqual(['{/a/no=v /a/x=v /a=A}']);
    expect(filtered.take()).toEqual(['{/a/x/y=v /a/x=v /a=A}']);
    expect((server.requestCounts().getData ?? 0) - before).toBe(1 + 3 + 3);
    world.run(writer.set('/a/no/x', 'w'));
    world.run(writer.create('/a/no/y', 'w'));
    world.run(writer.create('/a/x/w', 'w'));
    world.run(writer.set('/a/x/y/z', 'w'));
    expect([root.take(), one.take(), filtered.take()]).toEqual([[], [], ['+/a/x/w=w']]);
  });

  it('leaves out what may not be read, with what is below it', () => {
    const { world, zk, writer, time } = setUp(version);
    const acl = [{ perms: 2 + 4 + 8 + 16, scheme: 'world', id: 'anyone' }];
    world.run(writer.create('/a/secret', 's', { acl }));
    world.run(writer.create('/a/secret/x', 'x'));
    const tree = follow(zk, '/a');
    time.advanceBy(1000);
    world.run(writer.create('/a/b', 'B'));
    expect(tree.take()).toEqual(['{/a=A}', '+/a/b=B']);
  });

  it('errs when the root may not be read', () => {
    const { world, zk, writer, time } = setUp(version);
    const acl = [{ perms: 2 + 4 + 8 + 16, scheme: 'world', id: 'anyone' }];
    world.run(writer.create('/secret', 's', { acl }));
    const tree = follow(zk, '/secret');
    time.advanceBy(1000);
    expect(tree.errors[0]).toBeInstanceOf(NoAuthError);
    expect(tree.errors[0]).toMatchObject({ operation: 'tree$', path: '/secret' });
    time.advanceBy(1000);
    expect(world.server.watchCount()).toBe(0);
  });

  it('reads once for a hundred subscribers, and gives a late one the tree at once', () => {
    const { world, zk, writer, server, time } = setUp(version);
    for (let i = 0; i < 20; i++) world.run(writer.create(`/a/n${String(i)}`, 'v'));
    learn(world);
    const before = server.requestCounts().getData ?? 0;
    const trees = Array.from({ length: 100 }, () => follow(zk, '/a'));
    time.advanceBy(1000);
    const late = follow(zk, '/a');
    expect(late.take()).toEqual([trees[0]?.take()[0]]);
    world.run(writer.set('/a/n7', 'w'));
    for (const tree of [...trees.slice(1), late])
      expect(tree.take().at(-1)).toBe('/a/n7=v>/a/n7=w');
    expect((server.requestCounts().getData ?? 0) - before).toBe(22);
    for (const tree of [...trees, late]) tree.subscription.unsubscribe();
    time.advanceBy(1000);
    expect(server.watchCount()).toBe(0);
  });

  it('leaves nothing on the server when it is left, at whatever moment', () => {
    for (let ms = 0; ms < 40; ms++) {
      const { world, zk, writer, server, time } = setUp(version);
      world.run(writer.create('/a/x', 'X'));
      world.run(writer.create('/a/x/y', 'Y'));
      world.run(zk.exists('/a'));
      const tree = follow(zk, '/a');
      time.advanceBy(ms);
      tree.subscription.unsubscribe();
      time.advanceBy(1000);
      expect([ms, server.watchCount()]).toEqual([ms, 0]);
    }
  });

  it('works below a chroot, in its paths', () => {
    const { world, zk, writer, time } = setUp(version, '/a');
    world.run(writer.create('/a/x', 'X'));
    const tree = follow(zk, '/');
    time.advanceBy(1000);
    world.run(writer.create('/a/x/y', 'Y'));
    expect(tree.take()).toEqual(['{/=A /x=X}', '+/x/y=Y']);
  });

  it('decodes each znode once, for each change', () => {
    const { world, zk, writer, time } = setUp(version);
    world.run(writer.set('/a', '0'));
    world.run(writer.create('/a/x', '1'));
    let decoded = 0;
    const codec = {
      decode: (bytes: Uint8Array) => {
        decoded++;
        return json<number>().decode(bytes);
      },
      encode: () => new Uint8Array(),
    };
    const { seen } = record(zk.tree$('/a', { codec }), ({ tree, changes }) =>
      changes.length === 0 ? showTree(tree) : changes.map(showChange).join(' '),
    );
    time.advanceBy(1000);
    world.run(writer.set('/a/x', '2'));
    expect(seen).toEqual(['{/a/x=1 /a=0}', '/a/x=1>/a/x=2']);
    expect(decoded).toBe(3);
  });

  it('errs on data that does not decode, or keeps the last that did', () => {
    const reports: unknown[] = [];
    const { world, writer, time } = setUp(version);
    const zk = world.client('', {
      idleGraceMs: Infinity,
      onReport: (error) => reports.push(error),
    });
    world.run(writer.set('/a', '0'));
    world.run(writer.create('/a/x', '1'));
    const strict = record(zk.tree$('/a', { codec: json<number>() }), ({ tree }) => showTree(tree));
    const kept = record(
      zk.tree$('/a', { codec: json<number>(), onError: 'keep' }),
      ({ tree, changes }) => `${showTree(tree)} ${changes.map(showChange).join(' ')}`,
    );
    time.advanceBy(1000);
    world.run(writer.set('/a/x', '{'));
    world.run(writer.create('/a/y', '{'));
    world.run(writer.set('/a/x', '3'));
    world.run(writer.delete('/a/y'));
    expect(strict.seen).toEqual(['{/a/x=1 /a=0}', 'DecodeError']);
    expect(strict.errors[0]).toMatchObject({ path: '/a/x', operation: 'tree$' });
    expect(kept.seen).toEqual(['{/a/x=1 /a=0} ', '{/a/x=3 /a=0} /a/x=1>/a/x=3']);
    expect(reports).toHaveLength(2);
  });

  it('errs with what the filter throws', () => {
    const { world, zk, writer, server, time } = setUp(version);
    world.run(writer.create('/a/x', 'X'));
    const filter = () => {
      throw new RangeError('no filter');
    };
    const tree = follow(zk, '/a', { filter });
    time.advanceBy(2000);
    expect(tree.errors).toEqual([new RangeError('no filter')]);
    expect(server.watchCount()).toBe(0);
  });

  it('completes when the client is closed, and errs when its credentials are refused', () => {
    const { world, zk, writer, time } = setUp(version);
    const closing = follow(writer, '/a');
    const refused = follow(zk, '/a');
    time.advanceBy(1000);
    void writer.close();
    zk.addAuth('nonsense', 'x').subscribe({ error: () => undefined });
    time.advanceBy(1000);
    expect(closing.seen.at(-1)).toBe('|');
    expect(refused.errors[0]).toBeInstanceOf(AuthFailedError);
    const late = follow(writer, '/a');
    expect(late.seen).toEqual(['|']);
    expect(world.server.sessions()).toHaveLength(1);
  });

  it('lets subscribers come and go from inside an emission', () => {
    const { world, zk, writer, server, time } = setUp(version);
    const seen: string[] = [];
    let inner: Subscription | undefined;
    const outer = zk.tree$('/a').subscribe(({ changes }) => {
      seen.push(`outer ${changes.map(showChange).join(' ')}`);
      if (changes.length === 0) return;
      inner ??= zk.tree$('/a').subscribe((update) => {
        seen.push(`inner ${showTree(update.tree)} ${update.changes.map(showChange).join(' ')}`);
        if (update.changes.length > 0) outer.unsubscribe();
      });
    });
    time.advanceBy(1000);
    world.run(writer.set('/a', 'B'));
    world.run(writer.set('/a', 'C'));
    world.run(writer.set('/a', 'D'));
    expect(seen).toEqual([
      'outer ',
      'outer /a=A>/a=B',
      'inner {/a=B} ',
      'outer /a=B>/a=C',
      'inner {/a=C} /a=B>/a=C',
      'inner {/a=D} /a=C>/a=D',
    ]);
    inner?.unsubscribe();
    time.advanceBy(1000);
    expect(server.watchCount()).toBe(0);
  });

  it('refuses options that cannot be', () => {
    const { zk } = setUp(version);
    const codec = textCodec();
    const bad: [TreeOptions & object, string][] = [
      [{ maxDepth: -1 }, 'maxDepth'],
      [{ maxDepth: 1.5 }, 'maxDepth'],
      [{ depth: 1 } as TreeOptions, 'options.depth'],
      [{ filter: 'x' } as unknown as TreeOptions, 'filter'],
      [{ codec, onError: 'x' } as TreeOptions, 'onError'],
      [{ codec: {} } as TreeOptions, 'codec'],
    ];
    for (const [options, option] of bad) {
      expect(record(zk.tree$('/a', options)).errors[0]).toMatchObject({
        name: 'InvalidOptionError',
        option,
      });
    }
    expect(record(zk.tree$('a')).errors[0]).toMatchObject({ name: 'InvalidPathError' });
  });
});
