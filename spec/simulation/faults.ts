/** The faults of a run: planned ahead from the seed as plain data, so that a run can be repeated with fewer of them. */

import { type Dice } from '../../src/testing/dice.js';
import { ambush, sweepGates } from './ambush.js';
import { type Family } from './scenario.js';
import { type World } from './world.js';

/** One fault. What `share` (from 0 to 1) means depends on the kind. */
export interface Fault {
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Which process it strikes. */
  readonly who: number;
  /** Which server it is about; `undefined` = all. */
  readonly server: number | undefined;
  readonly forMs: number;
  readonly share: number;
}

const weights = {
  cutOff: 4,
  cutOneWay: 4,
  reset: 3,
  loseRequest: 4,
  loseReply: 5,
  loseAnswer: 3,
  slow: 4,
  split: 2,
  stop: 5,
  sleep: 3,
  jump: 3,
  drop: 2,
  stopServer: 3,
  unplugServer: 2,
  stopAll: 1,
  ambush: 3,
  expire: 2,
  sweep: 1,
  kill: 1,
  // Of the family with gates only.
  sweepGates: 0,
} as const;

export type FaultKind = keyof typeof weights;

/** `mixed`: anything may happen. `locks`: mostly what keeps a holder from noticing that its time is up. */
export type Temper = 'mixed' | 'locks';

// The keys of a literal object are its names.
const kinds = Object.keys(weights) as FaultKind[];
const mixed = kinds.flatMap((kind) => Array<FaultKind>(weights[kind]).fill(kind));
const bags: Readonly<Record<Temper, readonly FaultKind[]>> = {
  mixed,
  locks: [
    'ambush',
    'ambush',
    'ambush',
    'cutOff',
    'cutOneWay',
    'slow',
    'stop',
    'sleep',
    'jump',
    'reset',
  ],
};

/** What happens besides in a family. */
const more: Readonly<Partial<Record<Family, readonly FaultKind[]>>> = {
  semaphore: Array<FaultKind>(8).fill('sweepGates'),
};

export interface FaultPlan {
  readonly family: Family;
  readonly temper: Temper;
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly processes: number;
  readonly servers: number;
  readonly sessionTimeoutMs: number;
}

export function planFaults(dice: Dice, plan: FaultPlan): Fault[] {
  const bag = [...bags[plan.temper], ...(more[plan.family] ?? [])];
  const faults = Array.from({ length: plan.count }, (): Fault => {
    const long = dice.chance(0.5);
    return {
      atMs: dice.between(plan.fromMs, plan.toMs),
      kind: dice.pick(bag),
      who: dice.below(plan.processes),
      server: dice.chance(0.4) ? dice.below(plan.servers) : undefined,
      forMs: dice.between(1, long ? 2 * plan.sessionTimeoutMs : 300),
      share: dice.next(),
    };
  });
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** Does it now. */
export function strike(world: World, fault: Fault): void {
  const { kind, who, server, forMs } = fault;
  const where = server === undefined ? '' : ` s${server}`;
  world.journal.note('***', `${kind} p${who}${where} ${forMs} ms`);
  strikes[kind](world, fault);
}

type Strike = (world: World, fault: Fault) => void;

const cutOneWay: Strike = (world, { who, server, forMs, share }) => {
  const direction = share < 0.5 ? 'toServer' : 'toClient';
  for (const one of world.linesOf(who, server)) {
    one.partition(direction);
    world.later(forMs, () => {
      one.heal(direction);
    });
  }
};

const strikes: Readonly<Record<FaultKind, Strike>> = {
  cutOff: (world, { who, server, forMs }) => {
    for (const one of world.linesOf(who, server)) {
      one.partition();
      world.later(forMs, () => {
        one.heal();
      });
    }
  },
  cutOneWay,
  reset: (world, { who, server }) => {
    for (const one of world.linesOf(who, server)) one.reset();
  },
  loseRequest: (world, fault) => {
    loseChunk(world, fault, { direction: 'toServer', when: 'before' });
  },
  loseReply: (world, fault) => {
    loseChunk(world, fault, { direction: 'toServer', when: 'after' });
  },
  loseAnswer: (world, fault) => {
    loseChunk(world, fault, { direction: 'toClient', when: 'before' });
  },
  slow: (world, { who, server, forMs, share }) => {
    for (const one of world.linesOf(who, server)) {
      one.latencyMs = Math.floor(share * share * world.scenario.sessionTimeoutMs);
      world.later(forMs, () => {
        one.latencyMs = world.latencyMs;
      });
    }
  },
  split: (world, { who, server, forMs, share }) => {
    for (const one of world.linesOf(who, server)) {
      one.splitAt(1 + Math.floor(share * 20));
      world.later(forMs, () => {
        one.splitAt(Infinity);
      });
    }
  },
  stop: (world, { who, forMs }) => {
    world.pause(who, 'stop', forMs);
  },
  sleep: (world, { who, forMs }) => {
    world.pause(who, 'sleep', forMs);
  },
  jump: (world, { who, share }) => {
    world.jump(who, Math.floor((share - 0.5) * 20_000));
  },
  drop: (world, { who, server }) => {
    world.server.dropConnections(server === undefined ? undefined : world.sessionOf(who));
  },
  stopServer: (world, { server = 0, forMs }) => {
    world.server.stop(server);
    world.later(forMs, () => {
      world.server.start(server);
    });
  },
  unplugServer: (world, { server = 0, forMs }) => {
    world.unplug(server);
    world.later(forMs, () => {
      world.plug(server);
    });
  },
  stopAll: (world, { forMs }) => {
    world.server.stop();
    world.later(forMs, () => {
      world.server.start();
    });
  },
  ambush,
  expire: (world, { who }) => {
    world.expire(who);
  },
  sweep: (world, { share }) => {
    world.sweep(share);
  },
  sweepGates,
  kill: (world, { who }) => {
    world.kill(who);
  },
};

function loseChunk(
  world: World,
  { who, server, forMs }: Fault,
  what: {
    readonly direction: 'toServer' | 'toClient';
    readonly when: 'before' | 'after';
  },
): void {
  const untilMs = world.time.now() + forMs;
  for (const one of world.linesOf(who, server)) {
    one.resetOnce({ ...what, matching: () => world.time.now() < untilMs });
  }
}
