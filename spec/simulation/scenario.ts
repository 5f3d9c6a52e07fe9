/** What a run is like: derived from its seed, or put together by hand. */

import { Dice } from '../../src/testing/dice.js';
import { type Fault, planFaults, type Temper } from './faults.js';

/**
 * What the processes of a run do. `ground`: write, read, and contend for locks and elections; the others: one recipe each. Each has
 * seeds of its own, so that a new one leaves the runs of all others as they are.
 */
export const families = ['ground', 'semaphore', 'readWrite', 'queue'] as const;
export type Family = (typeof families)[number];

export interface Scenario {
  readonly family: Family;
  /** What it is about: everything, or holders who are slow to notice. */
  readonly temper: Temper;
  /** Release that the servers play. */
  readonly version: string;
  readonly processes: number;
  readonly servers: number;
  readonly latencyMs: number;
  readonly sessionTimeoutMs: number;
  /** How long there are faults and work. */
  readonly stormMs: number;
  /** How long each process rests between two deeds, at most. */
  readonly maxRestMs: number;
  /** Whether leases are asked after every event, and not only when one is granted: asking is not quite without effect. */
  readonly asksOften: boolean;
  /** How the clients end: by `close()`, or by having nobody left who uses them. */
  readonly ending: 'close' | 'idle';
  readonly faults: readonly Fault[];
}

// 3.5 has neither persistent watches nor multiRead, and before 3.9 a path has one watch mode; 3.4 cannot answer a create's stat.
const versions = ['3.5.10', '3.6.4', '3.8.4', '3.9.3'] as const;

export function scenarioOf(seed: number, family: Family = 'ground'): Scenario {
  const dice =
    family === 'ground' ? new Dice(seed, 1) : new Dice(seed, 1, families.indexOf(family));
  const temper = dice.chance(0.7) ? 'mixed' : 'locks';
  const processes = dice.between(2, 4);
  const servers = dice.between(1, 3);
  const sessionTimeoutMs = dice.pick([1000, 2000, 4000]);
  const stormMs = dice.between(3000, 12_000);
  return {
    family,
    temper,
    version: dice.pick(versions),
    processes,
    servers,
    latencyMs: dice.pick([0, 1, 5, 20]),
    sessionTimeoutMs,
    stormMs,
    maxRestMs: dice.pick([80, 250, 800]) * (temper === 'locks' || family === 'queue' ? 4 : 1),
    asksOften: dice.chance(0.6),
    ending: dice.pick(['close', 'idle']),
    faults: planFaults(dice, {
      family,
      temper,
      count: dice.between(3, 30),
      fromMs: 200,
      toMs: stormMs,
      processes,
      servers,
      sessionTimeoutMs,
    }),
  };
}
