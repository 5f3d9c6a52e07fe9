/** Several clients that want the same thing while their links break, their clocks jump and they come and go, as a seed decides. */

import { type Observable, retry } from 'rxjs';
import { type GiveUp, type Lease } from '../../src/client/lease.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { multiLock$ } from '../../src/recipes/locks/multi-lock.js';
import { type Layout } from '../../src/recipes/core/options.js';
import { readLock$, writeLock$ } from '../../src/recipes/locks/read-write-lock.js';
import { semaphore$ } from '../../src/recipes/locks/semaphore.js';
import {
  alone,
  atMost,
  expiryMs,
  fencesIncrease,
  type Holding,
  type MayHold,
  type Member,
  nothing,
  readersTogether,
  World,
} from './world.js';
import { dice } from '../support/dice.js';

const path = '/held/here';

/** What they want. */
interface Wanted {
  readonly name: string;
  readonly mayHold: MayHold;
  readonly acquire: (zk: ZooKeeper, terms: { who: string; giveUp: GiveUp }) => Observable<Lease>;
  /** How many znodes of leases there may be, and where. */
  readonly bound?: readonly [root: string, count: number];
  /** Whether each grant has a greater fence than all before it. */
  readonly inOrder: boolean;
  readonly roots: readonly string[];
}

const pairs = [
  ['/one', '/two'],
  ['/two', '/three'],
  ['/three', '/one'],
];

function wanted(layout: Layout): readonly Wanted[] {
  const curator = layout === 'curator';
  const leases = curator ? `${path}/leases` : path;
  return [
    {
      name: `lock (${layout})`,
      mayHold: alone,
      acquire: (zk, { giveUp }) => lock$(zk, path, { layout, giveUp }),
      inOrder: true,
      roots: [path],
    },
    {
      name: `read/write lock (${layout})`,
      mayHold: readersTogether,
      acquire: (zk, { who, giveUp }) =>
        (who.startsWith('r') ? readLock$ : writeLock$)(zk, path, { layout, giveUp }),
      inOrder: false,
      roots: [path],
    },
    {
      name: `semaphore of two (${layout})`,
      mayHold: atMost(2),
      acquire: (zk, { giveUp }) => semaphore$(zk, path, { layout, giveUp, maxLeases: 2 }),
      bound: [leases, 2],
      inOrder: true,
      roots: [leases, curator ? `${path}/locks` : `${path}-__lock__`],
    },
  ];
}

const everything: readonly Wanted[] = [
  ...wanted('kazoo'),
  ...wanted('curator'),
  {
    name: 'two of three locks',
    mayHold: alone,
    acquire: (zk, { who, giveUp }) =>
      multiLock$(zk, pairs[who.charCodeAt(1) % 3] ?? [], { giveUp }),
    inOrder: false,
    roots: ['/one', '/two', '/three'],
  },
];

const runs = everything.flatMap((what) =>
  Array.from({ length: 12 }, (_, i) => ({ ...what, seed: i + 1 })),
);

describe('what many want while everything breaks', () => {
  it.each(runs)('$name is held as it may be, and free at the end (seed $seed)', (what) => {
    const random = dice(what.seed);
    const world = new World({ mayHold: what.mayHold });
    const play = new Play(world, { what, random });
    const members = ['r0', 'r1', 'w2', 'w3'].map((who) => play.begin(who, world.join()));
    for (let step = 0; step < 60; step++) {
      const member = members[Math.floor(random() * members.length)];
      if (member !== undefined) play.strike(member);
      play.pass(Math.floor(random() * 1500));
    }
    for (const { member, holding } of members) {
      world.network.at(member.address).heal();
      world.network.at(member.address).reset();
      holding.subscription.unsubscribe();
    }
    expect(play.over).toEqual([]);
    expect(world.grants.length).toBeGreaterThan(1);
    if (what.inOrder) expect(fencesIncrease(world)).toBe(true);
    expect(world.leftovers(2 * expiryMs)).toEqual(nothing);
    expect(what.roots.flatMap((root) => world.names(root) ?? [])).toEqual([]);
  });
});

interface Player {
  readonly who: string;
  readonly member: Member;
  readonly lease$: Observable<Lease>;
  holding: Holding;
}

class Play {
  /** When there were more znodes of leases than there may be. */
  readonly over: number[] = [];

  constructor(
    private readonly world: World,
    private readonly script: { readonly what: Wanted; readonly random: () => number },
  ) {}

  begin(who: string, member: Member): Player {
    const { what, random } = this.script;
    const giveUp = random() < 0.5 ? 'suspended' : 'lease';
    const lease$ = what.acquire(member.zk, { who, giveUp }).pipe(retry());
    return { who, member, lease$, holding: this.world.hold(who, lease$) };
  }

  strike(player: Player): void {
    const { random } = this.script;
    const faults = this.world.network.at(player.member.address);
    const dice = random();
    if (dice < 0.25) faults.reset();
    else if (dice < 0.45) faults.partition();
    else if (dice < 0.75) faults.heal();
    else if (dice < 0.85) player.member.pausedMs += Math.floor(random() * 8000);
    else {
      player.holding.subscription.unsubscribe();
      player.holding = this.world.hold(player.who, player.lease$);
    }
  }

  /** Lets time pass, looking at the znodes again and again. */
  pass(durationMs: number): void {
    const { bound } = this.script.what;
    const stepMs = bound === undefined ? durationMs : 25;
    for (let ms = 0; ms < durationMs; ms += stepMs) {
      this.world.time.advanceBy(stepMs);
      if (bound === undefined) continue;
      const [root, count] = bound;
      if ((this.world.names(root)?.length ?? 0) > count) this.over.push(this.world.time.now());
    }
  }
}
