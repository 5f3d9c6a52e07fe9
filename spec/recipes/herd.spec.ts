/** What a handover costs with many contenders: one wakes, and the others hear nothing. */

import { type Subscription } from 'rxjs';
import { leaderElection$ } from '../../src/recipes/election.js';
import { lock$ } from '../../src/recipes/lock.js';
import { nothing, World } from './world.js';

const contenders = 30;
const path = '/queue';
/** The one who goes deletes; the next lists, and watches its own znode from then on. */
const handover = { delete: 1, getChildren: 1, getData: 1 };

/** Requests by name, without the heartbeat. */
function requests(world: World): Record<string, number> {
  return Object.fromEntries(
    Object.entries(world.server.requestCounts()).filter(([name]) => name !== 'ping'),
  );
}

function increase(before: Record<string, number>, after: Record<string, number>) {
  const entries = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0)) as Record<string, number>;
}

describe('a handover among 30 contenders', () => {
  it('of a lock is one delete, one list, one read', () => {
    const world = new World();
    const holdings: Subscription[] = [];
    for (let i = 0; i < contenders; i++) {
      holdings.push(
        world.hold(String(i), lock$(world.join({ idleGraceMs: Infinity }).zk, path)).subscription,
      );
      world.time.advanceBy(20);
    }
    for (let i = 0; i < contenders - 1; i++) {
      const before = requests(world);
      holdings[i]?.unsubscribe();
      world.time.advanceBy(20);
      expect(world.grants).toHaveLength(i + 2);
      const cost = increase(before, requests(world));
      expect(cost).toEqual(handover);
    }
    expect(world.grants.map(({ who }) => Number(who))).toEqual(holdings.map((_, i) => i));
    holdings.at(-1)?.unsubscribe();
    for (const { zk } of world.members) void zk.close();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('of an election costs the same', () => {
    const world = new World();
    const leaders: number[] = [];
    const candidates: Subscription[] = [];
    for (let i = 0; i < contenders; i++) {
      const { zk } = world.join({ idleGraceMs: Infinity });
      const election$ = leaderElection$(zk, path, { identifier: String(i) });
      candidates.push(
        election$.subscribe(({ role }) => {
          if (role === 'leader') leaders.push(i);
        }),
      );
      world.time.advanceBy(20);
    }
    for (let i = 0; i < contenders - 1; i++) {
      const before = requests(world);
      candidates[i]?.unsubscribe();
      world.time.advanceBy(20);
      expect(increase(before, requests(world))).toEqual(handover);
    }
    expect(leaders).toEqual(candidates.map((_, i) => i));
  });
});
