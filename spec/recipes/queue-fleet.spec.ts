/** Many producers and consumers of one queue, whose links break at times that only a seed decides. */

import { defer, delay, mergeMap, NEVER, of, repeat, take } from 'rxjs';
import { type Lease } from '../../src/client/lease.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { consume$ } from '../../src/recipes/queue/consume.js';
import { dequeue$ } from '../../src/recipes/queue/dequeue.js';
import { enqueue } from '../../src/recipes/queue/enqueue.js';
import { fill, left, path, tell, textOf, type Told } from './queues.js';
import { expiryMs, type Member, nothing, World } from './world.js';
import { dice } from '../support/dice.js';

/** What is in the queue or was taken out of it: each item of `expected` once. */
function expectEachOnce(all: readonly string[], expected: readonly string[]): void {
  expect([...all].sort()).toEqual([...expected].sort());
}

interface Part<T> extends Member {
  told: Told<T>;
  readonly start: () => Told<T>;
}

/** Breaks and mends links, stops and starts consumers; everything is whole again at the end. */
function storm<T>(
  world: World,
  parts: readonly Part<T>[],
  { random, harsh }: { random: () => number; harsh: boolean },
): void {
  for (let step = 0; step < 60; step++) {
    const part = parts[Math.floor(random() * parts.length)];
    if (part === undefined) continue;
    const faults = world.network.at(part.address);
    const throwOf = random();
    if (throwOf < 0.4) faults.reset();
    else if (throwOf < 0.5 && harsh) faults.partition();
    else if (throwOf < 0.55 && harsh) part.pausedMs += Math.floor(random() * 9000);
    else if (throwOf < 0.6 && harsh) world.server.expireSession(part.zk.session?.id ?? 0n);
    else if (throwOf < 0.8) faults.heal();
    else {
      part.told.subscription.unsubscribe();
      part.told = part.start();
    }
    world.time.advanceBy(Math.floor(random() * (harsh ? 1500 : 60)));
  }
  for (const { address } of parts) world.network.at(address).heal();
  world.time.advanceBy(3 * expiryMs);
}

const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

describe('a fleet with dequeue$', () => {
  it.each(seeds)('takes each entry once, or leaves it (seed %i)', (seed) => {
    const random = dice(seed);
    const world = new World();
    const items = Array.from({ length: 40 }, (_, i) => `item ${i}`);
    fill(world, items);
    const taken: string[] = [];
    const parts = [1, 2, 3].map((): Part<unknown> => {
      const member = world.join();
      const start = () =>
        tell(dequeue$(member.zk, path), (entry) => {
          taken.push(textOf(entry));
          return '';
        });
      return { ...member, start, told: start() };
    });
    // Rarely more than one entry between two blows.
    for (const { address } of parts) world.network.at(address).latencyMs = 5;
    storm(world, parts, { random, harsh: false });
    expectEachOnce([...taken, ...left(world)], items);
    for (const { told } of parts) {
      expect(told.errors).toEqual([]);
      told.subscription.unsubscribe();
    }
    expect(left(world)).toEqual([]);
    expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
  });
});

describe('a fleet with enqueue and consume$', () => {
  it.each(seeds)(
    'puts each item in once, never has two at one entry, and leaves none undone (seed %i)',
    (seed) => {
      const random = dice(seed);
      const world = new World();
      const done = new Set<string>();
      /** Path of the entry by its text: a text under two paths was put in twice. */
      const paths = new Map<string, Set<string>>();
      const holders = new Map<string, Lease[]>();
      const violations: string[] = [];
      const parts = [1, 2, 3].map((): Part<unknown> => {
        const member = world.join();
        const start = () =>
          tell(
            consume$(
              member.zk,
              path,
              (entry, lease) =>
                defer(() => {
                  const text = textOf(entry);
                  paths.set(text, (paths.get(text) ?? new Set()).add(entry.path));
                  const leases = holders.get(entry.path) ?? [];
                  if (leases.some((other) => other.valid())) violations.push(text);
                  holders.set(entry.path, [...leases, lease]);
                  if (random() < 0.1) throw new Error('bad luck');
                  return of(text).pipe(delay(Math.floor(random() * 400), world.time));
                }),
              { concurrency: 2, giveUp: seed % 2 === 0 ? 'lease' : 'suspended', retryDelayMs: 50 },
            ),
            (text) => {
              done.add(text);
              return text;
            },
          );
        return { ...member, start, told: start() };
      });
      const producer = world.join();
      const confirmed: string[] = [];
      const inDoubt: string[] = [];
      let count = 0;
      const produce = () => {
        const item = `item ${count++}`;
        const put$ = enqueue(producer.zk, path, item, { priority: Math.floor(random() * 3) });
        return put$.subscribe({
          next: () => confirmed.push(item),
          error: () => inDoubt.push(item),
        });
      };
      const producing: Part<unknown> = {
        ...producer,
        told: tell(NEVER),
        start: () => {
          for (let i = 0; i < 5; i++) produce();
          return tell(NEVER);
        },
      };
      for (let i = 0; i < 20; i++) produce();
      storm(world, [...parts, producing], { random, harsh: true });
      expect(violations).toEqual([]);
      expect(confirmed.length).toBeGreaterThan(15);
      expect(confirmed.filter((item) => !done.has(item))).toEqual([]);
      expect([...paths.values()].filter(({ size }) => size > 1)).toEqual([]);
      expect(confirmed.length + inDoubt.length).toBe(count);
      expect(left(world)).toEqual([]);
      for (const { told } of parts) {
        expect(told.errors).toEqual([]);
        told.subscription.unsubscribe();
      }
      expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
      expect(world.names(`${path}/taken`) ?? []).toEqual([]);
    },
  );
});

describe('an entry of a long queue', () => {
  const workMs = 30;
  const ways = {
    dequeue$: (zk: ZooKeeper) =>
      dequeue$(zk, path).pipe(
        take(1),
        mergeMap((entry) => of(entry).pipe(delay(workMs, zk.scheduler))),
        repeat(),
      ),
    consume$: (zk: ZooKeeper) =>
      consume$(zk, path, (entry) => of(entry).pipe(delay(workMs, zk.scheduler))),
  };
  // Lists and entries read, marks made and removed. Alone it is 3.0 and 2 to take, 2.0 and 2 to process.
  const most = { dequeue$: { reads: 3.6, writes: 2.3 }, consume$: { reads: 3, writes: 2.5 } };

  it.each([
    ['dequeue$', 10],
    ['dequeue$', 60],
    ['consume$', 10],
    ['consume$', 60],
  ] as const)('costs %s hardly more with %i busy consumers than with one', (way, count) => {
    const world = new World();
    const items = Array.from({ length: 1200 }, (_, i) => `item ${i}`);
    fill(world, items);
    const members = Array.from({ length: count }, () => world.join({ idleGraceMs: Infinity }));
    world.time.advanceBy(100);
    const got: string[] = [];
    const subscriptions = members.map(({ zk }) =>
      ways[way](zk).subscribe((entry) => got.push(textOf(entry))),
    );
    const asked = () => {
      const counts = world.server.requestCounts();
      const sum = (...names: readonly (keyof typeof counts)[]) =>
        names.reduce((all, name) => all + (counts[name] ?? 0), 0);
      return {
        reads: sum('getChildren', 'getChildren2', 'getData', 'exists'),
        writes: sum('multi', 'create', 'create2', 'delete', 'setData'),
        done: got.length,
      };
    };
    const goOn = (ms: number) => {
      world.time.advanceBy(ms);
      return asked();
    };
    // When they have found out how many they are, and before there is little left.
    const before = goOn(10 * workMs);
    const after = goOn(6 * workMs);
    const done = after.done - before.done;
    expect(done).toBeGreaterThan(3 * count);
    expect((after.reads - before.reads) / done).toBeLessThan(most[way].reads);
    expect((after.writes - before.writes) / done).toBeLessThan(most[way].writes);
    world.time.advanceBy((2 * items.length * workMs) / count);
    expectEachOnce(got, items);
    for (const subscription of subscriptions) subscription.unsubscribe();
    for (const { zk } of members) void zk.close();
    expect(world.leftovers()).toEqual(nothing);
  });
});
