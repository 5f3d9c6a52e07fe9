/** The contract of counters, shared values, ids and barriers. */

import { EMPTY, concatMap, defer, map, range, repeat, tap, timer, toArray } from 'rxjs';
import {
  allocateIds,
  barrier$,
  counter$,
  createBarrier,
  increment,
  doubleBarrier$,
  json,
  removeBarrier,
  sharedValue$,
  TimeoutError,
  updateShared,
  withDoubleBarrier,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeCounters(target: ContractTarget): void {
  describe('counter', () => {
    describeCounting(target);
    describeSharing(target);
  });
  describe('barrier', () => {
    describeBarrier(target);
  });
}

async function clientsOf(target: ContractTarget, count: number): Promise<readonly ZooKeeper[]> {
  const chroot = await target.newChroot();
  return Array.from({ length: count }, () => target.clientAt(chroot));
}

function describeCounting(target: ContractTarget): void {
  it('loses no increment of clients that count at the same time, and is seen to rise', async () => {
    const clients = await clientsOf(target, 3);
    const [watcher] = clients;
    if (watcher === undefined) return;
    const seen = record(counter$(watcher, '/counters/visitors'));
    const runs = clients.map((zk) =>
      record(
        range(8).pipe(
          concatMap(() => increment(zk, '/counters/visitors', 1)),
          toArray(),
        ),
      ),
    );
    await Promise.all(runs.map((run) => run.completion()));
    const afters = runs.flatMap(({ last = [] }) => last.map(({ after }) => after));
    expect(afters.sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    await seen.settles('the sum', (value) => value === 24);
    expect(seen.values).toEqual([...seen.values].sort((a, b) => a - b));
    await watcher.sync('/');
    const { data } = await watcher.get('/counters/visitors');
    expect(new TextDecoder().decode(data ?? undefined)).toBe('24');
  });

  it('hands out ids to several processes, each once', async () => {
    const clients = await clientsOf(target, 3);
    const runs = clients.map((zk) => {
      const ids = allocateIds(zk, '/ids', { chunk: 4, encoding: 'int64' });
      return record(
        range(10).pipe(
          concatMap(() => ids.next()),
          toArray(),
        ),
      );
    });
    await Promise.all(runs.map((run) => run.completion()));
    const all = runs.flatMap(({ last = [] }) => last);
    expect([all.length, new Set(all).size]).toEqual([30, 30]);
  });
}

function describeSharing(target: ContractTarget): void {
  it('shares a value that is changed by compare and set', async () => {
    const [a, b] = await clientsOf(target, 2);
    if (a === undefined || b === undefined) return;
    const names = { codec: json<readonly string[]>(), initial: [] };
    const seen = record(sharedValue$(a, '/names', names));
    await seen.count(1);
    const add = (zk: ZooKeeper, name: string) =>
      updateShared(zk, '/names', (list) => [...list, name], names);
    await Promise.all([add(a, 'x'), add(b, 'y'), add(a, 'z')]);
    const last = await seen.settles('three names', ({ value }) => value.length === 3);
    expect([...last.value].sort()).toEqual(['x', 'y', 'z']);
    expect(last.version).toBe(2);
    expect(seen.values[0]).toEqual({ value: [], version: -1 });
  });
}

function describeBarrier(target: ContractTarget): void {
  it('holds up whoever comes until it is opened, also over a cut connection', async () => {
    const { zk, other, relay } = await target.relayed();
    expect(await createBarrier(other, '/gates/gate')).toBe(true);
    expect(await createBarrier(other, '/gates/gate')).toBe(false);
    await zk.sync('/');
    const [first, second] = [
      record(barrier$(zk, '/gates/gate')),
      record(barrier$(other, '/gates/gate')),
    ];
    const hasty = record(barrier$(zk, '/gates/gate', { waitMs: 0 }));
    expect(await hasty.failure()).toBeInstanceOf(TimeoutError);
    relay.cut();
    await zk.exists('/');
    expect([first.ended, second.ended]).toEqual([false, false]);
    expect(await removeBarrier(other, '/gates/gate')).toBe(true);
    await Promise.all([first.completion(), second.completion()]);
    expect([first.values, second.values]).toEqual([[undefined], [undefined]]);
    expect(await removeBarrier(other, '/gates/gate')).toBe(false);
    await until('no watch left', async () => (await target.server.watchCount()) === 0);
  });

  it('lets three in together, and out together, and the next round after it', async () => {
    const clients = await clientsOf(target, 3);
    let inside = 0;
    const log: string[] = [];
    const rounds = clients.map((zk, i) =>
      record(
        defer(() => {
          inside++;
          return timer(20 * i).pipe(map(() => inside));
        }).pipe(
          // The slowest sees the others: nobody has gone on to the next round before it has ended.
          tap((seen) => log.push(String(seen))),
          withDoubleBarrier(zk, '/double', { count: 3 }),
          repeat(2),
        ),
      ),
    );
    await Promise.all(rounds.map((round) => round.completion()));
    expect(inside).toBe(6);
    expect([log[2], log[5]]).toEqual(['3', '6']);
    const [zk] = clients;
    await zk?.sync('/');
    expect(await zk?.children('/double')).toEqual([]);
  });

  it('lets two through a double barrier, and one of them out alone', async () => {
    const clients = await clientsOf(target, 2);
    const passages = clients.map((zk) => record(doubleBarrier$(zk, '/double', { count: 2 })));
    const [first, second] = await Promise.all(passages.map((passage) => passage.count(1)));
    expect(first?.[0]?.valid()).toBe(true);
    const leaving = record(first?.[0]?.leave$ ?? EMPTY);
    // It waits for the other, who leaves without waiting.
    passages[1]?.unsubscribe();
    await leaving.completion();
    expect(second?.[0]?.valid()).toBe(false);
    const [zk] = clients;
    await zk?.sync('/');
    expect(await zk?.children('/double')).toEqual([]);
  });
}
