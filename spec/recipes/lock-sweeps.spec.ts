/** The lock with every step struck in turn: each chunk's connection cut, and each moment the one to leave at. */

import { retry } from 'rxjs';
import { lock$ } from '../../src/recipes/lock.js';
import { type Cut, cutOnce, cutsOf } from './cuts.js';
import { expiryMs, fencesIncrease, nothing, World } from './world.js';

const path = '/locks/report';

/** a holds, b waits behind it with its connection struck, a releases, b acquires. */
function strike(cut: Cut) {
  const world = new World();
  const a = world.hold('a', lock$(world.join().zk, path).pipe(retry()));
  world.time.advanceBy(50);
  const struck = world.join();
  cutOnce(world, struck, cut);
  const b = world.hold('b', lock$(struck.zk, path).pipe(retry()));
  world.time.advanceBy(4000);
  return { world, a, b };
}

/** More than the chunks of a whole life of a contender: handshake, create, list, wait, list, delete, close. */
const cuts = cutsOf(20);

describe('lock$ with its connection cut', () => {
  it.each(cuts)(
    '$when chunk $chunk $direction is held by one at a time and acquired at last',
    (cut) => {
      const { world, a, b } = strike(cut);
      expect(b.log).toEqual([]);
      expect(world.names(path)).toHaveLength(2);
      a.subscription.unsubscribe();
      world.time.advanceBy(4000);
      expect(b.log.at(-1)).toBe('h');
      expect(b.current?.valid()).toBe(true);
      expect(world.names(path)).toHaveLength(1);
      expect(fencesIncrease(world)).toBe(true);
      b.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );

  it.each(cuts)(
    '$when chunk $chunk $direction leaves nothing when it is left right then',
    (cut) => {
      const world = new World();
      const member = world.join();
      const b = world.hold('b', lock$(member.zk, path));
      cutOnce(world, member, cut, () => {
        b.subscription.unsubscribe();
      });
      world.time.advanceBy(10_000);
      b.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(world.names(path) ?? []).toEqual([]);
    },
  );
});

describe('lock$ left at any moment', () => {
  const moments = Array.from({ length: 40 }, (_, ms) => ms);

  it.each(moments)('leaves nothing behind after %i ms as the only contender', (ms) => {
    const world = new World();
    const { subscription } = world.hold('a', lock$(world.join().zk, path));
    world.time.advanceBy(ms);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(path) ?? []).toEqual([]);
  });

  it.each(moments)('lets the one behind have the lock after %i ms in the queue', (ms) => {
    const world = new World();
    const a = world.hold('a', lock$(world.join().zk, path));
    world.time.advanceBy(30);
    const b = world.hold('b', lock$(world.join().zk, path));
    const c = world.hold('c', lock$(world.join().zk, path));
    world.time.advanceBy(ms);
    b.subscription.unsubscribe();
    world.time.advanceBy(30);
    a.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(c.log).toEqual(['h']);
    c.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('lock$ whose connection is cut again and again', () => {
  // Three clients fight for the lock while their links break at times that only the seed decides.
  it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))(
    'has one holder at a time, and is free at the end (seed %i)',
    (seed) => {
      let state = seed;
      const random = () => {
        state = (state * 48271) % 2147483647;
        return state / 2147483647;
      };
      const world = new World();
      const contend = () => {
        const { zk, address } = world.join();
        const giveUp = random() < 0.5 ? 'suspended' : 'lease';
        return { zk, address, lease$: lock$(zk, path, { giveUp }).pipe(retry()) };
      };
      const members = [contend(), contend(), contend()].map((member, i) => {
        return { ...member, holding: world.hold(String(i), member.lease$) };
      });
      for (let step = 0; step < 60; step++) {
        const member = members[Math.floor(random() * members.length)];
        if (member === undefined) continue;
        const faults = world.network.at(member.address);
        const dice = random();
        if (dice < 0.3) faults.reset();
        else if (dice < 0.5) faults.partition();
        else if (dice < 0.8) faults.heal();
        else {
          member.holding.subscription.unsubscribe();
          member.holding = world.hold(member.address.host, member.lease$);
        }
        world.time.advanceBy(Math.floor(random() * 1500));
      }
      for (const { address, holding } of members) {
        world.network.at(address).heal();
        world.network.at(address).reset();
        holding.subscription.unsubscribe();
      }
      expect(world.grants.length).toBeGreaterThan(1);
      expect(fencesIncrease(world)).toBe(true);
      expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
      expect(world.names(path)).toEqual([]);
    },
  );
});
