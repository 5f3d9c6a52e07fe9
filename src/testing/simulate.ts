/** `simulate`: a scenario under random faults that follow from a seed, so that what fails once fails again. */

import { ZkTestError } from './failure.js';
import { type Scenario } from './context.js';
import { type FaultKind, usualFaults, planFaults, strike } from './fault-plan.js';
import { settleOptions, type ZkTestOptions } from './options.js';
import { parseTime, type Time } from './time.js';
import { runTest } from './zk-test.js';

/** How a simulation is set up. */
export interface SimulateOptions extends Omit<ZkTestOptions, 'seed'> {
  /** Random faults; `false` for none. */
  readonly faults?: false | RandomFaultsOptions;
}

/** Which faults there are, and when. */
export interface RandomFaultsOptions {
  /**
   * Default: all kinds but `expireSession`. A session that is ended before its time, as an operator can do, takes its
   * leases from a client that has every right to believe in them: then there can be two holders.
   */
  readonly kinds?: readonly FaultKind[];
  /** Mean time from one to the next. Default `'2s'`. */
  readonly every?: Time;
  /** When they begin. Default 0. */
  readonly from?: Time;
  /** When all is well again, so that what should come right in the end can. Default: two thirds of the test. */
  readonly to?: Time;
}

const shownFaults = 12;

/**
 * Runs a scenario as `zkTest` does, with random faults: the same seed, options and scenario give the same run, step by
 * step. Fails with the seed in the message, and the faults up to then. Returns nothing, so that a test can be one
 * expression.
 *
 * @example
 * it.each(seeds)('never has two leaders, seed %i', (seed) =>
 *   simulate(seed, { until: '1m' }, ({ client, always }) => { … }));
 */
export function simulate(seed: number, options: SimulateOptions, scenario: Scenario): void {
  const { faults: random = {}, ...rest } = options;
  const settled = settleOptions({ ...rest, seed });
  let struck: readonly string[] = [];
  try {
    runTest(settled, scenario, (world, { faults }) => {
      struck = world.journal.faults;
      if (random === false) return;
      const endMs = parseTime(random.to ?? (settled.untilMs * 2) / 3, 'faults.to');
      const toMs = Math.min(endMs, settled.untilMs);
      const scheduler = world.clock.schedulerOf({ name: 'faults' });
      const plan = planFaults(world, {
        kinds: random.kinds ?? usualFaults,
        everyMs: parseTime(random.every ?? '2s', 'faults.every'),
        fromMs: parseTime(random.from ?? 0, 'faults.from'),
        toMs,
      });
      for (const fault of plan) {
        scheduler.schedule(() => {
          strike(world, faults, fault);
        }, fault.atMs);
      }
      scheduler.schedule(() => {
        faults.calm();
      }, toMs);
    });
  } catch (error) {
    throw seeded(seed, error, struck);
  }
}

/** The error again, with the seed in front. */
function seeded(seed: number, error: unknown, struck: readonly string[]): ZkTestError {
  const message = error instanceof Error ? error.message : String(error);
  const last = struck.slice(-shownFaults);
  const list = last.length === 0 ? 'none' : last.join('; ');
  const failure = new ZkTestError(
    `seed ${String(seed)}: ${message}\n\n  last faults: ${list}\n  again: simulate(${String(seed)}, …)`,
    { cause: error },
  );
  const frames =
    error instanceof Error ? (error.stack ?? '').replace(`${error.message}\n`, '') : '';
  failure.stack = `${failure.name}: ${failure.message}\n${frames.split('\n').slice(1).join('\n')}`;
  return failure;
}
