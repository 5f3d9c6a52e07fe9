/** What a handover costs, however many contend: one wakes, and the others hear nothing. */

import { type Observable } from 'rxjs';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { leaderElection$ } from '../../src/recipes/locks/election.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { readLock$, writeLock$ } from '../../src/recipes/locks/read-write-lock.js';
import { semaphore$ } from '../../src/recipes/locks/semaphore.js';
import { type Member, nothing, World } from './world.js';

const path = '/queue';
const crowds = [10, 100, 300];
/** So many are looked at; all of them would cost the same. */
const handovers = 5;
const maxLeases = 3;

interface Contended {
  readonly name: string;
  readonly contend: (zk: ZooKeeper) => Observable<unknown>;
  /** How many hold at a time. */
  readonly holders: number;
  /** The requests of all clients for one release and the grant that follows. */
  readonly handover: Record<string, number>;
  /** How many clients send one of them. */
  readonly awake: number;
}

/** The one who goes deletes; the next lists, and watches its own znode from then on. */
const lockHandover = { delete: 1, getChildren: 1, getData: 1 };

/**
 * The one who goes deletes; the one at the gate learns of it (getChildren2), makes its lease's znode (multi),
 * watches it (getData), and leaves the gate (delete, and removeWatches for the list); the next at the gate is as with a lock
 * (getChildren, getData), counts (getChildren) and watches the leases (getChildren2).
 */
const semaphoreHandover = {
  delete: 2,
  multi: 1,
  getChildren: 2,
  getChildren2: 2,
  getData: 2,
  removeWatches: 1,
};

const contended: readonly Contended[] = [
  {
    name: 'lock',
    contend: (zk) => lock$(zk, path),
    holders: 1,
    handover: lockHandover,
    awake: 2,
  },
  {
    name: 'write lock',
    contend: (zk) => writeLock$(zk, path),
    holders: 1,
    handover: lockHandover,
    awake: 2,
  },
  {
    name: 'election',
    contend: (zk) => leaderElection$(zk, path),
    holders: 1,
    handover: lockHandover,
    awake: 2,
  },
  {
    name: 'semaphore',
    contend: (zk) => semaphore$(zk, path, { maxLeases }),
    holders: maxLeases,
    handover: semaphoreHandover,
    awake: 3,
  },
];

const layout = 'curator';

/** The same in Curator's layout: what is waited for differs, what it costs does not. */
const contendedAsCurator: readonly Contended[] = [
  {
    name: 'lock (curator)',
    contend: (zk) => lock$(zk, path, { layout }),
    holders: 1,
    handover: lockHandover,
    awake: 2,
  },
  {
    name: 'write lock (curator)',
    contend: (zk) => writeLock$(zk, path, { layout }),
    holders: 1,
    handover: lockHandover,
    awake: 2,
  },
  {
    name: 'election (curator)',
    contend: (zk) => leaderElection$(zk, path, { layout }),
    holders: 1,
    handover: lockHandover,
    awake: 2,
  },
  {
    name: 'semaphore (curator)',
    contend: (zk) => semaphore$(zk, path, { layout, maxLeases }),
    holders: maxLeases,
    handover: semaphoreHandover,
    awake: 3,
  },
];

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

/** Everybody in line, one after the other, each in a session of its own that stays. */
function crowd(size: number, contend: Contended['contend']) {
  const world = new World();
  const members: Member[] = [];
  const contenders = Array.from({ length: size }, () => {
    const member = world.join({ idleGraceMs: Infinity });
    members.push(member);
    const contender = contend(member.zk).subscribe();
    world.time.advanceBy(20);
    return contender;
  });
  return { world, members, contenders };
}

/** How many members sent anything but heartbeats since. */
function countAwake(world: World, members: readonly Member[]): () => number {
  const awake = new Set<string>();
  const heartbeatBytes = 12;
  for (const { address } of members) {
    world.network.at(address).intercept((direction, chunk) => {
      if (direction === 'toServer' && chunk.length > heartbeatBytes) awake.add(address.host);
      return chunk;
    });
  }
  return () => {
    const { size } = awake;
    awake.clear();
    return size;
  };
}

describe.each([...contended, ...contendedAsCurator])(
  'a handover of a $name',
  ({ contend, holders, handover, awake }) => {
    it.each(crowds)('among %i costs the same', (size) => {
      const { world, members, contenders } = crowd(size, contend);
      const awakened = countAwake(world, members);
      for (let i = 0; i < handovers; i++) {
        const before = requests(world);
        // Each is the one that has held for the longest time.
        contenders[i]?.unsubscribe();
        world.time.advanceBy(40);
        expect(increase(before, requests(world))).toEqual(handover);
        expect(awakened()).toBe(awake);
      }
      expect(holders).toBeLessThan(size);
      for (const contender of contenders) contender.unsubscribe();
      for (const { zk } of members) void zk.close();
      expect(world.leftovers()).toEqual(nothing);
    });
  },
);

describe('a writer that goes', () => {
  it('wakes the readers right behind it, who all hold then, and nobody else', () => {
    const { world, members, contenders } = crowd(
      30,
      (() => {
        let count = 0;
        // A writer, ten readers, writers.
        return (zk) => (count++ % 30 > 0 && count <= 11 ? readLock$ : writeLock$)(zk, path);
      })(),
    );
    const awakened = countAwake(world, members);
    contenders[0]?.unsubscribe();
    world.time.advanceBy(40);
    expect(awakened()).toBe(1 + 10);
    // A reader that goes wakes nobody but the writer that watches it, if it is the last before it.
    contenders[1]?.unsubscribe();
    world.time.advanceBy(40);
    expect(awakened()).toBe(1);
  });
});

describe('a contender in the middle that gives up', () => {
  it.each([10, 100])('of %i wakes only the one behind', (size) => {
    const { world, members, contenders } = crowd(size, (zk) => lock$(zk, path));
    const awakened = countAwake(world, members);
    const before = requests(world);
    contenders[Math.floor(size / 2)]?.unsubscribe();
    world.time.advanceBy(40);
    // It takes back its watch on the one ahead; the one behind looks, and watches that one.
    expect(increase(before, requests(world))).toEqual({
      delete: 1,
      removeWatches: 1,
      getChildren: 1,
      getData: 1,
    });
    expect(awakened()).toBe(2);
  });
});
