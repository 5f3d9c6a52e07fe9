/** Everything that can be held, with the ground taken from under it: its znodes removed, its counters restarted, its clock jumping. */

import { retryLost } from '../../src/recipes/held/retry-lost.js';
import { type Held, heldRecipes } from './recipe-table.js';
import { expiryMs, fencesIncrease, type Holding, nothing, World } from './world.js';

const rows = heldRecipes.map((held) => [held.name, held] as const);

/** Readers may hold together, and are known by their first letter. */
function behind(held: Held, who: string): string {
  return held.name.startsWith('reader') ? `r-${who}` : who;
}

/** The first holds, the second waits; both come back when they have lost. */
function contended(held: Held) {
  const world = new World({ mayHold: held.mayHold });
  const [a, b] = [world.join(), world.join()];
  const first = world.hold('a', held.first(a.zk).pipe(retryLost()));
  world.time.advanceBy(100);
  const second = world.hold(behind(held, 'b'), held.second(b.zk).pipe(retryLost()));
  world.time.advanceBy(100);
  expect([first.log, second.log]).toEqual([['h'], []]);
  return { world, a, b, first, second };
}

/** One after the other has it, and nothing stays. */
function passesOn(world: World, holdings: readonly Holding[]): void {
  for (let left = [...holdings]; left.length > 0;) {
    const holder = left.find(({ current }) => current?.valid());
    expect(holder).toBeDefined();
    holder?.subscription.unsubscribe();
    left = left.filter((one) => one !== holder);
    world.time.advanceBy(4000);
  }
  expect(world.leftovers(expiryMs)).toEqual(nothing);
}

describe.each(rows)('%s', (_name, held) => {
  // Whoever removes it does so znode by znode, while others make theirs.
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'goes on when all its znodes are removed, %i ms after the last has come',
    (ms) => {
      const { world, first, second } = contended(held);
      const third = world.hold(behind(held, 'c'), held.second(world.join().zk).pipe(retryLost()));
      world.time.advanceBy(ms);
      world.join().zk.delete('/held', { recursive: true }).subscribe();
      world.time.advanceBy(4000);
      passesOn(world, [first, second, third]);
    },
  );

  it.each(Array.from({ length: 15 }, (_, i) => i * 150))(
    'counts afresh when its parents were unused and removed; the next comes after %i ms',
    (ms) => {
      const world = new World({ mayHold: held.mayHold });
      for (let round = 0; round < 3; round++) {
        const one = world.hold('a', held.second(world.join().zk));
        world.time.advanceBy(100);
        expect(one.log).toEqual(['h']);
        one.subscription.unsubscribe();
        world.time.advanceBy(ms);
      }
      const first = world.hold('a', held.first(world.join().zk));
      const second = world.hold(behind(held, 'b'), held.second(world.join().zk));
      world.time.advanceBy(200);
      expect([first.log, second.log]).toEqual([['h'], []]);
      passesOn(world, [first, second]);
    },
  );

  it('is over for one whose clock has jumped, and goes to the one behind', () => {
    const { world, a, first, second } = contended(held);
    const lease = first.current;
    a.pausedMs += 60_000;
    expect(lease?.valid()).toBe(false);
    world.time.advanceBy(expiryMs);
    expect(lease?.signal.aborted).toBe(true);
    expect(fencesIncrease(world)).toBe(true);
    passesOn(world, [first, second]);
  });

  it('is not granted late or twice to a waiter whose clock has jumped', () => {
    const { world, b, first, second } = contended(held);
    b.pausedMs += 60_000;
    world.time.advanceBy(20);
    first.subscription.unsubscribe();
    world.time.advanceBy(expiryMs);
    passesOn(world, [second]);
  });
});
