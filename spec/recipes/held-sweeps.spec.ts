/** Everything that can be held, with every step struck in turn: each chunk's connection cut, and each moment the one to leave at. */

import { retry } from 'rxjs';
import { type Cut, cutOnce, cutsOf } from './cuts.js';
import { type Held, heldRecipes } from './recipe-table.js';
import { expiryMs, fencesIncrease, nothing, World } from './world.js';

/** The children of all znodes that the recipe uses. */
function left(world: World, { roots }: Held): readonly string[] {
  return roots.flatMap((root) => world.names(root) ?? []);
}

/** Where everything goes wrong at one place after the other. */
interface Place extends Held {
  readonly cut: Cut;
}

const places: readonly Place[] = heldRecipes.flatMap((held) =>
  cutsOf(held.chunks).map((cut) => ({ ...held, cut })),
);

function title({ name, cut }: Place): string {
  return `${name}, ${cut.when} chunk ${String(cut.chunk)} ${cut.direction}`;
}

describe('what is held, with the connection of the second cut', () => {
  it.each(places.map((place) => [title(place), place] as const))(
    '%s: is held by one at a time, and by the second at last',
    (_title, place) => {
      const world = new World({ mayHold: place.mayHold });
      const first = world.hold('a', place.first(world.join().zk).pipe(retry()));
      world.time.advanceBy(100);
      const struck = world.join();
      cutOnce(world, struck, place.cut);
      const second = world.hold('b', place.second(struck.zk).pipe(retry()));
      world.time.advanceBy(4000);
      expect([first.log, second.log]).toEqual([['h'], []]);
      first.subscription.unsubscribe();
      world.time.advanceBy(4000);
      expect(second.log.at(-1)).toBe('h');
      expect(second.current?.valid()).toBe(true);
      expect(fencesIncrease(world)).toBe(true);
      second.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(left(world, place).filter((name) => name !== 'locks' && name !== 'leases')).toEqual(
        [],
      );
    },
  );

  it.each(places.map((place) => [title(place), place] as const))(
    '%s: nothing stays when it is left right then',
    (_title, place) => {
      const world = new World({ mayHold: place.mayHold });
      const member = world.join();
      const b = world.hold('b', place.second(member.zk));
      cutOnce(world, member, place.cut, () => {
        b.subscription.unsubscribe();
      });
      world.time.advanceBy(10_000);
      b.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(left(world, place)).toEqual([]);
    },
  );
});

describe('what is held, left at any moment', () => {
  const moments = heldRecipes.flatMap((held) =>
    Array.from({ length: 20 }, (_, i) => ({ ...held, ms: 2 * i })),
  );

  it.each(moments)('$name after $ms ms in the queue: the one behind has it', (held) => {
    const world = new World({ mayHold: held.mayHold });
    const a = world.hold('a', held.first(world.join().zk));
    world.time.advanceBy(50);
    const b = world.hold('b', held.second(world.join().zk));
    const c = world.hold('c', held.second(world.join().zk));
    world.time.advanceBy(held.ms);
    b.subscription.unsubscribe();
    world.time.advanceBy(30);
    a.subscription.unsubscribe();
    world.time.advanceBy(200);
    expect(c.log).toEqual(['h']);
    c.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
    expect(left(world, held)).toEqual([]);
  });

  it.each(moments)('$name after $ms ms alone: nothing stays', (held) => {
    const world = new World({ mayHold: held.mayHold });
    const { subscription } = world.hold('a', held.second(world.join().zk));
    world.time.advanceBy(held.ms);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
    expect(left(world, held)).toEqual([]);
  });
});
