/** Counters with every step struck in turn: what was confirmed is counted once, and what was not is called unknown. */

import { catchError, concatMap, of, range, type Observable } from 'rxjs';
import { ConnectionLossError } from '../../src/errors/client-errors.js';
import { allocateIds } from '../../src/recipes/values/allocate-ids.js';
import { type ValueChange } from '../../src/recipes/values/compare-and-set.js';
import { increment } from '../../src/recipes/values/counter.js';
import { updateShared } from '../../src/recipes/values/shared-value.js';
import { text } from '../../src/client/codecs.js';
import { type Cut, cutOnce, cutsOf } from './cuts.js';
import { ask, dataAt } from './counts.js';
import { expiryMs, nothing, World } from './world.js';
import { dice } from '../support/dice.js';

const path = '/counters/visitors';

/** More than the chunks of three increments: handshake, and for each a read, a write, and sometimes a second of both. */
const cuts = cutsOf(16);

/** The changes that were confirmed, one after the other; `undefined` for one that nobody can know of. */
function tally(change$: () => Observable<ValueChange<unknown>>, times: number) {
  return ask(
    range(times).pipe(
      concatMap(() =>
        change$().pipe(
          catchError((error: unknown) => {
            expect(error).toBeInstanceOf(ConnectionLossError);
            expect(error).toMatchObject({ outcome: 'unknown', path });
            return of(undefined);
          }),
        ),
      ),
    ),
  );
}

describe('increment with its connection cut', () => {
  const unknowns = new Map<string, number>();

  it.each(cuts)('$when chunk $chunk $direction counts right, beside another client', (cut: Cut) => {
    const world = new World();
    const struck = world.join();
    cutOnce(world, struck, cut);
    const a = tally(() => increment(struck.zk, path, 1), 3);
    const { zk } = world.join();
    const b = tally(() => increment(zk, path, 10), 3);
    world.time.advanceBy(20_000);
    expect([a.values.length, a.completed, b.completed]).toEqual([3, true, true]);
    expect(b.values).not.toContain(undefined);
    const confirmed = a.values.filter((value) => value !== undefined).length;
    const counted = Number(dataAt(world.server, path)) - 30;
    expect(counted).toBeGreaterThanOrEqual(confirmed);
    expect(counted).toBeLessThanOrEqual(3);
    unknowns.set(`${cut.direction} ${cut.when} ${String(cut.chunk)}`, 3 - confirmed);
    // Each value was reached once.
    const afters = [...a.values, ...b.values].flatMap((change) => change?.after ?? []);
    expect(new Set(afters).size).toBe(afters.length);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('is seldom in doubt: only where a reply to a write was lost', () => {
    const all = [...unknowns.values()].reduce((sum, count) => sum + count, 0);
    expect(all).toBeGreaterThan(0);
    expect(all).toBeLessThan(cuts.length / 4);
  });

  it.each(cuts)('$when chunk $chunk $direction leaves nothing when left right then', (cut: Cut) => {
    const world = new World();
    const member = world.join();
    const asked = ask(increment(member.zk, path, 1));
    cutOnce(world, member, cut, () => {
      asked.unsubscribe();
    });
    world.time.advanceBy(10_000);
    asked.unsubscribe();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });
});

describe('increment whose connection goes with its write', () => {
  /** Increments from 5; others act before the connection is back. */
  function strike(when: 'before' | 'after', ...others: readonly number[]) {
    const world = new World();
    const member = world.join();
    ask(member.zk.create('/c', '5'));
    world.time.advanceBy(50);
    const faults = world.network.at(member.address);
    let requests = 0;
    // A read, then the write.
    faults.resetOnce({ direction: 'toServer', when, matching: () => ++requests === 2 });
    const asked = ask(increment(member.zk, '/c', 1));
    while (requests < 2) world.time.advanceBy(1);
    faults.partition();
    const { zk } = world.join();
    for (const by of others) {
      ask(increment(zk, '/c', by));
      world.time.advanceBy(50);
    }
    faults.heal();
    world.time.advanceBy(10_000);
    return { asked, data: dataAt(world.server, '/c') };
  }

  it('is made again when the znode is unchanged', () => {
    const { asked, data } = strike('before');
    expect([asked.values, data]).toEqual([[{ before: 5, after: 6, version: 1 }], '6']);
  });

  it('is made again when somebody else wrote another value in its stead', () => {
    const { asked, data } = strike('before', 10);
    expect([asked.values, data]).toEqual([[{ before: 15, after: 16, version: 2 }], '16']);
  });

  it.each([
    ['what it wanted to write is there, by itself', 'after', [], '6'],
    ['what it wanted to write is there, by somebody else', 'before', [1], '6'],
    ['others have written on top', 'after', [10], '16'],
    ['others have written twice in its stead', 'before', [10, 10], '25'],
  ] as const)('is in doubt when %s', (_what, when, others, expected) => {
    const { asked, data } = strike(when, ...others);
    expect(asked.values).toEqual([]);
    expect(asked.errors[0]).toBeInstanceOf(ConnectionLossError);
    expect(asked.errors[0]).toMatchObject({ outcome: 'unknown', operation: 'increment' });
    expect(data).toBe(expected);
  });
});

describe('updateShared with its connection cut', () => {
  it.each(cuts)('$when chunk $chunk $direction loses no confirmed change', (cut: Cut) => {
    const world = new World();
    const struck = world.join();
    const shared = { codec: text(), initial: '' };
    cutOnce(world, struck, cut);
    const a = tally(() => updateShared(struck.zk, path, (value) => `${value}a`, shared), 3);
    const { zk } = world.join();
    const b = tally(() => updateShared(zk, path, (value) => `${value}b`, shared), 3);
    world.time.advanceBy(20_000);
    expect([a.values.length, b.values.length]).toEqual([3, 3]);
    const letters = dataAt(world.server, path) ?? '';
    const confirmed = a.values.filter((value) => value !== undefined).length;
    expect(letters.match(/b/g)).toHaveLength(3);
    expect(letters.match(/a/g)?.length ?? 0).toBeGreaterThanOrEqual(confirmed);
    expect(letters.match(/a/g)?.length ?? 0).toBeLessThanOrEqual(3);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });
});

describe('allocateIds with its connection cut', () => {
  it.each(cuts)('$when chunk $chunk $direction repeats no id and is never in doubt', (cut: Cut) => {
    const world = new World();
    const struck = world.join();
    cutOnce(world, struck, cut);
    const members = [struck, world.join()];
    const taken = members.map(({ zk }) => {
      const ids = allocateIds(zk, path, { chunk: 2 });
      return ask(range(7).pipe(concatMap(() => ids.next())));
    });
    world.time.advanceBy(20_000);
    expect(taken.map(({ values, errors }) => [values.length, errors])).toEqual([
      [7, []],
      [7, []],
    ]);
    const all = taken.flatMap(({ values }) => values);
    expect(new Set(all).size).toBe(14);
    for (const { values } of taken) expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });
});

describe('counters whose connections are cut again and again', () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))(
    'count what was confirmed, and at most what is in doubt besides (seed %i)',
    (seed) => {
      const random = dice(seed);
      const world = new World();
      const members = [world.join(), world.join(), world.join()];
      const tallies = members.map(({ zk }) => tally(() => increment(zk, path, 1), 40));
      const ids = members.map(({ zk }) => {
        const source = allocateIds(zk, '/ids', { chunk: 3, encoding: 'int32' });
        return ask(range(40).pipe(concatMap(() => source.next())));
      });
      for (let step = 0; step < 80; step++) {
        const member = members[Math.floor(random() * members.length)];
        if (member === undefined) continue;
        const faults = world.network.at(member.address);
        const dice = random();
        if (dice < 0.5) faults.reset();
        else if (dice < 0.65) faults.partition();
        else faults.heal();
        if (dice > 0.95) member.pausedMs += 3000;
        world.time.advanceBy(Math.floor(random() * (dice < 0.65 ? 30 : 800)));
      }
      for (const { address } of members) world.network.at(address).heal();
      world.time.advanceBy(300_000);
      const results = tallies.flatMap(({ values }) => values);
      expect(results).toHaveLength(120);
      const confirmed = results.filter((value) => value !== undefined);
      const counted = Number(dataAt(world.server, path));
      expect(counted).toBeGreaterThanOrEqual(confirmed.length);
      expect(counted).toBeLessThanOrEqual(120);
      const afters = confirmed.map(({ after }) => after);
      expect(new Set(afters).size).toBe(afters.length);
      const all = ids.flatMap(({ values }) => values);
      expect([all.length, new Set(all).size]).toEqual([120, 120]);
      expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
    },
  );
});
