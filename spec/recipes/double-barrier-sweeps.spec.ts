/** Double barriers with every step struck in turn: nobody in too early, nobody out too early, nobody stuck, nothing left. */

import { repeat } from 'rxjs';
import { retryLost } from '../../src/recipes/held/retry-lost.js';
import { type Cut, cutOnce, cutsOf } from './cuts.js';
import { path, Rounds } from './rounds.js';
import { expiryMs, nothing, World } from './world.js';
import { dice } from '../support/dice.js';

/** More than the chunks of a whole part: handshake, create, look, list, begin, look, list, leave, look, close. */
const cuts = cutsOf(26);

describe('withDoubleBarrier with its connection cut', () => {
  it.each(cuts)(
    '$when chunk $chunk $direction lets three in and out together, twice',
    (cut: Cut) => {
      const world = new World();
      const rounds = new Rounds(world, 3);
      const join = (workMs: number) => {
        const member = world.join();
        return { member, workMs };
      };
      const [first, struck, last] = [join(40), join(20), join(60)];
      cutOnce(world, struck.member, cut);
      const parts = [struck, first, last].map(({ member, workMs }) => {
        const part = rounds.join(member, workMs, {}, (round$) => round$.pipe(repeat(2)));
        world.time.advanceBy(30);
        return part;
      });
      world.time.advanceBy(20_000);
      expect(parts.map(({ log }) => log.join(''))).toEqual(['ie|ie|', 'ie|ie|', 'ie|ie|']);
      expect(rounds.violations).toEqual([]);
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(world.names(path)).toEqual([]);
    },
  );

  it.each(cuts)(
    '$when chunk $chunk $direction, left right then, leaves the others to themselves',
    (cut: Cut) => {
      const world = new World();
      const rounds = new Rounds(world, 2);
      const member = world.join();
      const struck = rounds.join(member, 30);
      cutOnce(world, member, cut, () => {
        struck.subscription.unsubscribe();
      });
      const other = rounds.join(world.join(), 30);
      world.time.advanceBy(10_000);
      struck.subscription.unsubscribe();
      world.time.advanceBy(10_000);
      // Let in or not: if it was, it came out, too, and else another one lets it in.
      const log = other.log.join('');
      if (log === '') rounds.join(world.join(), 30);
      world.time.advanceBy(10_000);
      expect(other.log.join('')).toBe('ie|');
      expect(rounds.violations).toEqual([]);
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(world.names(path)?.filter((name) => name !== 'ready')).toEqual([]);
    },
  );

  it.each(cuts)(
    '$when chunk $chunk $direction, its session lost with it, keeps nobody',
    (cut: Cut) => {
      const world = new World();
      const rounds = new Rounds(world, 2);
      const member = world.join();
      cutOnce(world, member, cut, () => {
        world.time.schedule(() => {
          world.network.at(member.address).partition();
        }, 1);
      });
      const struck = rounds.join(member, 30, {}, (round$) => round$.pipe(retryLost()));
      const other = rounds.join(world.join(), 30);
      world.time.advanceBy(2 * expiryMs);
      world.network.at(member.address).heal();
      world.network.at(member.address).reset();
      world.time.advanceBy(2 * expiryMs);
      // Whoever has lost his partner finds another one.
      if (!other.log.includes('|') || !struck.log.includes('|')) rounds.join(world.join(), 30);
      world.time.advanceBy(2 * expiryMs);
      expect(other.log.at(-1)).toBe('|');
      expect(struck.log.at(-1)).toBe('|');
      expect(rounds.violations).toEqual([]);
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(world.names(path)).toEqual([]);
    },
  );
});

describe('withDoubleBarrier behind a slow line', () => {
  // Somewhere in there the round begins after the latecomer has looked, and before its znode is made.
  it.each(Array.from({ length: 50 }, (_, step) => step * 5))(
    'is outside when the others begin %i ms later, and in the next round',
    (ms) => {
      const world = new World();
      const rounds = new Rounds(world, 2);
      const slow = world.join();
      world.network.at(slow.address).latencyMs = 30;
      const late = rounds.join(slow, 300);
      world.time.advanceBy(ms);
      const others = [rounds.join(world.join(), 50), rounds.join(world.join(), 60)];
      world.time.advanceBy(1_000);
      if (!late.log.includes('i')) rounds.join(world.join(), 10);
      else if (!others.every(({ log }) => log.includes('i'))) rounds.join(world.join(), 10);
      world.time.advanceBy(2_000);
      expect([late, ...others].map(({ log }) => log.join(''))).toEqual(['ie|', 'ie|', 'ie|']);
      expect(rounds.violations).toEqual([]);
      expect(world.leftovers()).toEqual(nothing);
      expect(world.names(path)).toEqual([]);
    },
  );
});

describe('withDoubleBarrier left at any moment', () => {
  it.each(Array.from({ length: 60 }, (_, ms) => ms))('leaves nothing after %i ms', (ms) => {
    const world = new World();
    const rounds = new Rounds(world, 2);
    const [a, b] = [rounds.join(world.join(), 10), rounds.join(world.join(), 20)];
    world.time.advanceBy(ms);
    a.subscription.unsubscribe();
    world.time.advanceBy(200);
    expect(['', 'ie|']).toContain(b.log.join(''));
    b.subscription.unsubscribe();
    expect(rounds.violations).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(path)?.filter((name) => name !== 'ready') ?? []).toEqual([]);
  });
});

describe('double barriers whose connections are cut again and again', () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))(
    'let in and out together, and get through all rounds (seed %i)',
    (seed) => {
      const random = dice(seed);
      const world = new World();
      const count = seed % 2 === 0 ? 2 : 3;
      const rounds = new Rounds(world, count);
      // Some more than are needed for a round.
      const parts = Array.from({ length: count + (seed % 3) }, () => {
        const member = world.join();
        const workMs = 500 + Math.floor(random() * 2000);
        const giveUp = random() < 0.5 ? 'suspended' : 'lease';
        return {
          member,
          part: rounds.join(member, workMs, { giveUp }, (round$) =>
            round$.pipe(retryLost(), repeat()),
          ),
        };
      });
      for (let step = 0; step < 60; step++) {
        const { member } = parts[Math.floor(random() * parts.length)] ?? {};
        if (member === undefined) continue;
        const faults = world.network.at(member.address);
        const dice = random();
        if (dice < 0.4) faults.reset();
        else if (dice < 0.55) faults.partition();
        else faults.heal();
        if (dice > 0.93) member.pausedMs += 5000;
        world.time.advanceBy(Math.floor(random() * 1000));
      }
      for (const { member } of parts) {
        world.network.at(member.address).heal();
        world.network.at(member.address).reset();
      }
      world.time.advanceBy(3 * expiryMs);
      const before = parts.map(({ part }) => part.log.length);
      world.time.advanceBy(20_000);
      // Nobody is stuck: rounds go on, for most at least once more.
      const moved = parts.filter(({ part }, i) => part.log.length > (before[i] ?? 0));
      expect(moved.length).toBeGreaterThanOrEqual(count);
      for (const { part } of parts) part.subscription.unsubscribe();
      expect(rounds.violations).toEqual([]);
      expect(parts.flatMap(({ part }) => part.errors)).toEqual([]);
      expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
      expect(world.names(path)?.filter((name) => name !== 'ready')).toEqual([]);
    },
  );
});
