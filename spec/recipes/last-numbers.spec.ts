/**
 * The end of the numbers: the counter of a znode has given out 2147483647. Before 3.6 it goes on with -2147483648; since then it
 * stays, and all who come get the same number.
 */

import { contenders$, type Contender } from '../../src/recipes/locks/contenders.js';
import { leaderElection$ } from '../../src/recipes/locks/election.js';
import { leader$ } from '../../src/recipes/locks/leader.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { tell } from './queues.js';
import { type Held, heldRecipes } from './recipe-table.js';
import { expiryMs, fencesIncrease, type Holding, nothing, World } from './world.js';

const last = 2 ** 31 - 1;
const releases = ['3.5.9', '3.9.3'];
const cases = heldRecipes.flatMap((held) =>
  releases.flatMap((version) => [0, 1, 2].map((before) => ({ ...held, version, before }))),
);

/** A world in which the next numbers under all roots of the recipe are the last ones. */
function atTheEnd({ roots, mayHold }: Held, version: string, before: number): World {
  const world = new World({ mayHold, version });
  for (const root of roots) world.countFrom(root, last - before);
  return world;
}

describe('what is held, with the counter at its end', () => {
  it.each(cases)(
    '$name on $version, $before before the last number: goes from one to the next, in order',
    ({ version, before, ...held }) => {
      const world = atTheEnd(held, version, before);
      const all: Holding[] = [];
      const join = (who: string, acquire: Held['first']) => {
        all.push(world.hold(who, acquire(world.join().zk)));
        world.time.advanceBy(50);
      };
      // Readers may hold together, and are known by their first letter.
      const reads = held.name.startsWith('reader');
      const behind = ['b', 'c', 'd'].map((who) => (reads ? `r-${who}` : who));
      join('a', held.first);
      for (const who of behind) join(who, held.second);
      for (const { subscription } of all) {
        world.time.advanceBy(200);
        subscription.unsubscribe();
      }
      const grants = world.grants.map(({ who }) => who);
      expect(reads ? [...grants].sort() : grants).toEqual(['a', ...behind]);
      if (!reads) expect(fencesIncrease(world)).toBe(true);
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );
});

describe('those who look on, with the counter at its end', () => {
  it.each(releases)('contenders$ and leader$ tell the order of coming (%s)', (version) => {
    const world = new World({ version });
    const path = '/election';
    world.countFrom(path, last - 1);
    const { zk } = world.join();
    const leaders = tell(leader$(zk, path), String);
    const show = (queue: readonly Contender[]) => queue.map((one) => one.identifier).join('');
    const queues = tell(contenders$(zk, path), show);
    const candidates = ['a', 'b', 'c', 'd'].map((identifier) => {
      const told = tell(leaderElection$(world.join().zk, path, { identifier }), ({ role }) => role);
      world.time.advanceBy(100);
      return told;
    });
    for (const { subscription, log } of candidates) {
      expect(log.at(-1)).toBe('leader');
      subscription.unsubscribe();
      world.time.advanceBy(100);
    }
    expect(queues.log).toEqual(['', 'a', 'ab', 'abc', 'abcd', 'bcd', 'cd', 'd', '']);
    expect(leaders.log).toEqual(['null', 'a', 'b', 'c', 'd', 'null']);
  });
});

describe('children$ of a znode at its last number', () => {
  it('sees a child that came while there was no connection, of which the server does not tell', () => {
    const world = new World();
    world.countFrom('/jobs', last);
    const { zk, address } = world.join();
    const lists = tell(zk.children$('/jobs'), (names) => String(names?.length));
    world.time.advanceBy(50);
    const link = world.network.at(address);
    link.partition();
    link.reset();
    world.join().zk.create('/jobs/a').subscribe();
    world.time.advanceBy(50);
    link.heal();
    world.time.advanceBy(3000);
    expect(lists.log).toEqual(['0', '1']);
    lists.subscription.unsubscribe();
    expect(world.leftovers()).toMatchObject({ watches: 0 });
  });
});

describe('tree$ over a znode at its last number', () => {
  it.each([
    ['as it was first read', 0],
    ['reached by children that it saw come', 3],
  ])('sees a child that came while there was no connection (%s)', (_when, before) => {
    const world = new World();
    world.countFrom('/jobs', last - before);
    const { zk, address } = world.join();
    const sizes = tell(zk.tree$('/jobs'), ({ tree }) => String(tree.size));
    const other = world.join({ idleGraceMs: Infinity }).zk;
    world.time.advanceBy(50);
    for (let i = 0; i <= before; i++) {
      other.create('/jobs/job-', '', { sequential: true }).subscribe();
      world.time.advanceBy(50);
    }
    const link = world.network.at(address);
    link.partition();
    link.reset();
    other.create('/jobs/a').subscribe();
    world.time.advanceBy(50);
    link.heal();
    world.time.advanceBy(3000);
    expect(Number(sizes.log.at(-1))).toBe(before + 3);
    sizes.subscription.unsubscribe();
    void other.close();
    expect(world.leftovers()).toMatchObject({ watches: 0 });
  });
});

describe('a lock whose znode was removed at the end of its numbers', () => {
  it('counts from the start again, and has its order by numbers', () => {
    const world = new World();
    world.countFrom('/lock', last);
    const a = world.hold('a', lock$(world.join().zk, '/lock'));
    const b = world.hold('b', lock$(world.join().zk, '/lock'));
    world.time.advanceBy(100);
    world.join().zk.delete('/lock', { recursive: true }).subscribe();
    world.time.advanceBy(500);
    expect([a.log, b.log]).toEqual([['h', 'LockLostError'], ['h']]);
    expect(world.names('/lock')).toEqual([expect.stringMatching(/0000000000$/)]);
  });
});
