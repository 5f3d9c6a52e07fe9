/** The contract of live reads: the current value, every change that lasts, and how they end. */

import {
  DecodeError,
  InvalidPathError,
  json,
  text,
  type ZooKeeper,
  type ZooKeeperError,
} from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeLiveReads(target: ContractTarget): void {
  describe('live read', () => {
    describeValues(target);
    describeLists(target);
    describeEnds(target);
    describeGone(target);
  });
}

/** A client to watch with and one to change things with, below one chroot. */
async function twoClients(
  target: ContractTarget,
): Promise<{ readonly zk: ZooKeeper; readonly other: ZooKeeper }> {
  const chroot = await target.newChroot();
  return { zk: target.clientAt(chroot), other: target.clientAt(chroot) };
}

function describeValues(target: ContractTarget): void {
  it('data$ follows a znode from its absence over its changes to its return', async () => {
    const { zk, other } = await twoClients(target);
    const data = record(zk.data$('/a', text()));
    await data.count(1);
    await other.create('/a', 'one');
    await data.count(2);
    await other.set('/a', 'two');
    await data.count(3);
    await other.delete('/a');
    await data.count(4);
    await other.create('/a', 'three');
    await data.count(5);
    expect(data.values).toEqual([null, 'one', 'two', null, 'three']);
  });

  it('node$ and exists$ bring the stat', async () => {
    const { zk, other } = await twoClients(target);
    const node = record(zk.node$('/a', text()));
    const exists = record(zk.exists$('/a'));
    await Promise.all([node.count(1), exists.count(1)]);
    const { stat } = await other.create('/a', 'x', { withStat: true });
    await Promise.all([node.count(2), exists.count(2)]);
    const changed = await other.set('/a', 'y');
    await Promise.all([node.count(3), exists.count(3)]);
    await other.delete('/a');
    await Promise.all([node.count(4), exists.count(4)]);
    expect(exists.values).toEqual([null, stat, changed, null]);
    expect(node.values).toEqual([
      null,
      { path: '/a', data: 'x', stat },
      { path: '/a', data: 'y', stat: changed },
      null,
    ]);
  });

  it('converges to the last of many fast changes, and never goes back', async () => {
    const { zk, other } = await twoClients(target);
    await other.create('/a', '0');
    const node = record(zk.node$('/a', text()));
    await node.count(1);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => other.set('/a', String(index + 1))),
    );
    await node.settles('the last version', (value) => value?.data === '200');
    const zxids = node.values.map((value) => value?.stat.mzxid ?? 0n);
    expect(zxids).toEqual([...zxids].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(zxids).size).toBe(zxids.length);
  });

  it('shows a client its own writes', async () => {
    const zk = await target.client();
    const data = record(zk.data$('/a', text()));
    await data.count(1);
    await zk.create('/a', 'own');
    await data.settles('its own', (value) => value === 'own');
  });

  it('skips what does not decode if asked to, and reports it', async () => {
    const reports: ZooKeeperError[] = [];
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot, { onReport: (error) => reports.push(error) });
    await zk.create('/a', '1');
    const kept = record(zk.data$('/a', json<number>(), { onError: 'keep' }));
    const strict = record(zk.data$('/a', json<number>()));
    await Promise.all([kept.count(1), strict.count(1)]);
    await zk.set('/a', '{');
    expect(await strict.failure()).toMatchObject({ name: 'DecodeError', path: '/a' });
    await zk.set('/a', '3');
    await kept.count(2);
    expect(kept.values).toEqual([1, 3]);
    expect(reports.every((error) => error instanceof DecodeError)).toBe(true);
  });
}

function describeLists(target: ContractTarget): void {
  it('children$ follows the names', async () => {
    const { zk, other } = await twoClients(target);
    const names = record(zk.children$('/dir'));
    await names.count(1);
    await other.create('/dir');
    await names.count(2);
    await other.create('/dir/a');
    await names.count(3);
    await other.create('/dir/b');
    await names.count(4);
    await other.delete('/dir', { recursive: true });
    await names.settles('null', (value) => value === null);
    const seen = names.values.map((value) => value && [...value].sort());
    expect(seen.slice(0, 4)).toEqual([null, [], ['a'], ['a', 'b']]);
  });

  it('children$ is silent about what changes in the children', async () => {
    const { zk, other } = await twoClients(target);
    await other.create('/a');
    const names = record(zk.children$('/'));
    await names.count(1);
    await other.set('/a', 'x');
    await other.create('/a/b');
    await other.create('/last');
    await names.settles('two names', (value) => value?.length === 2);
    expect(names.values).toHaveLength(2);
  });

  it('tells when the ephemerals of another client go', async () => {
    const { zk, other } = await twoClients(target);
    await other.create('/e', null, { mode: 'ephemeral' });
    const names = record(zk.children$('/'));
    const data = record(zk.data$('/e'));
    await Promise.all([names.count(1), data.count(1)]);
    await other.close();
    await names.settles('no names', (value) => value?.length === 0);
    await data.settles('nothing', (value) => value === null);
  });
}

function describeEnds(target: ContractTarget): void {
  it('errs at once for a path that cannot be', async () => {
    const zk = await target.client();
    for (const source$ of [zk.data$('a'), zk.node$('a'), zk.exists$('a'), zk.children$('a')]) {
      const recording = record<unknown>(source$);
      expect(recording.error).toBeInstanceOf(InvalidPathError);
    }
    expect(zk.state.status).toBe('closed');
  });

  it('completes when the client is closed', async () => {
    const zk = await target.client();
    const all = [zk.data$('/'), zk.node$('/'), zk.exists$('/'), zk.children$('/')].map((source$) =>
      record<unknown>(source$),
    );
    await Promise.all(all.map((recording) => recording.count(1)));
    await zk.close();
    expect(all.map(({ completed }) => completed)).toEqual([true, true, true, true]);
  });
}

function describeGone(target: ContractTarget): void {
  it('deleted$ completes when the znode goes, at once if there is none', async () => {
    const { zk, other } = await twoClients(target);
    await other.create('/a', 'x');
    const gone = record(zk.deleted$('/a'));
    const never = record(zk.deleted$('/none'));
    await never.completion();
    await other.set('/a', 'y');
    await until('its watch', async () => (await target.server.watchCount()) === 1);
    expect(gone.completed).toBe(false);
    await other.delete('/a');
    await gone.completion();
    expect(await target.server.watchCount()).toBe(0);
  });
}
