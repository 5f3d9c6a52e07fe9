/** Random faults, planned ahead from a seed as plain data, and set off when their time has come. */

import { type ZooKeeper } from '../client/zookeeper.js';
import { type Direction } from '../transport/memory-faults.js';
import { Dice } from './dice.js';
import { type TestFaults } from './faults.js';
import { type Member, type World } from './world.js';

/** A kind of random fault. Those that last end after a random while. */
export type FaultKind =
  | 'partition'
  | 'oneWay'
  | 'reset'
  | 'loseRequest'
  | 'loseReply'
  | 'slow'
  | 'split'
  | 'garbage'
  | 'pause'
  | 'clockJump'
  | 'expireSession'
  | 'stopServer';

/** How often each is picked, compared with the others. */
const weights: Readonly<Record<FaultKind, number>> = {
  partition: 5,
  oneWay: 4,
  reset: 4,
  loseRequest: 4,
  loseReply: 5,
  slow: 4,
  split: 2,
  garbage: 1,
  pause: 5,
  clockJump: 3,
  expireSession: 2,
  stopServer: 3,
};

/**
 * All kinds but one: no server ends a session before its time by itself, and one that is made to breaks the ground that
 * leases stand on.
 */
export const usualFaults = Object.keys(weights).filter(
  (kind) => kind !== 'expireSession',
  // The keys of a literal object are its names.
) as readonly FaultKind[];

export interface FaultPlanOptions {
  readonly kinds: readonly FaultKind[];
  /** Mean time from one fault to the next. */
  readonly everyMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** One fault: `who`, `share` and `where` are shares of one, of what there is when it strikes. */
interface PlannedFault {
  readonly atMs: number;
  readonly kind: FaultKind;
  readonly who: number;
  readonly forMs: number;
  readonly share: number;
}

/** The faults of a seed, in the order of time. */
export function planFaults(world: World, options: FaultPlanOptions): readonly PlannedFault[] {
  const { kinds, everyMs, fromMs, toMs } = options;
  const { seed, sessionTimeoutMs } = world.options;
  const dice = new Dice(seed, 0xfa);
  const bag = kinds.flatMap((kind) => Array<FaultKind>(weights[kind]).fill(kind));
  const faults: PlannedFault[] = [];
  if (bag.length === 0) return faults;
  for (let atMs = fromMs; ;) {
    atMs += dice.between(1, 2 * everyMs);
    const kind = dice.pick(bag);
    if (atMs > toMs) return faults;
    const longestMs = dice.next() < 0.5 ? 2 * sessionTimeoutMs : 300;
    const fault = { atMs, kind, who: dice.next(), share: dice.next() };
    faults.push({ ...fault, forMs: Math.min(dice.between(1, longestMs), toMs - atMs) });
  }
}

/** Sets a fault off. A test that has no client yet has nobody to strike. */
export function strike(world: World, faults: TestFaults, fault: PlannedFault): void {
  const { members } = world;
  const member = members[Math.floor(fault.who * members.length)];
  if (member === undefined) return;
  const end = strikes[fault.kind]({ world, faults, member, zk: member.zk }, fault);
  if (end !== undefined) world.clock.schedulerOf({ name: 'faults' }).schedule(end, fault.forMs);
}

interface Place {
  readonly world: World;
  readonly faults: TestFaults;
  readonly member: Member;
  readonly zk: ZooKeeper;
}

/** Sets it off; gives what ends it, if it lasts. */
type Strike = (place: Place, fault: PlannedFault) => (() => void) | undefined;

const strikes: Readonly<Record<FaultKind, Strike>> = {
  partition: (place) => partition(place),
  oneWay: (place, { share }) => partition(place, share < 0.5 ? 'toServer' : 'toClient'),
  reset: ({ faults, zk }) => {
    faults.reset(zk);
    return undefined;
  },
  loseRequest: ({ faults, zk }) => {
    faults.loseRequest({ client: zk });
    return undefined;
  },
  loseReply: ({ faults, zk }) => {
    faults.loseReply({ client: zk });
    return undefined;
  },
  slow: ({ faults, zk, world }, { share }) => {
    faults.slow(Math.floor(share * share * 1200), zk);
    return () => {
      faults.slow(world.options.latencyMs, zk);
    };
  },
  split: ({ faults, zk }, { share }) => {
    faults.split(1 + Math.floor(share * 20), zk);
    return () => {
      faults.split(Infinity, zk);
    };
  },
  garbage: ({ faults, zk }) => {
    faults.garbage(zk);
    return undefined;
  },
  pause: ({ faults, zk, member }, { share }) => {
    if (member.time.isPaused) return undefined;
    faults.pause(zk);
    return () => {
      faults.resume(zk, share < 0.5 ? 'timers' : 'arrivals');
    };
  },
  clockJump: ({ faults, zk }, { share }) => {
    faults.clockJump(zk, Math.floor((share - 0.5) * 20_000));
    return undefined;
  },
  expireSession: ({ faults, zk }) => {
    faults.expireSession(zk);
    return undefined;
  },
  stopServer: ({ world }, { share }) => {
    const index = Math.floor(share * world.options.hosts);
    world.journal.fault(`stop zk${String(index + 1)}`);
    world.server.stop(index);
    return () => {
      world.journal.fault(`start zk${String(index + 1)}`);
      world.server.start(index);
    };
  },
};

function partition({ faults, zk }: Place, direction?: Direction): () => void {
  faults.partition(zk, direction);
  return () => {
    faults.heal(zk, direction);
  };
}
