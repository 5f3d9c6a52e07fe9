/**
 * One run: a storm of faults and work, then calm, then everybody goes home; promises are checked all along.
 *
 * Everything follows from the seed and the scenario, so the same two give the same run, event by event.
 */

import { Dice } from '../../src/testing/dice.js';
import { strike } from './faults.js';
import { PromiseBroken } from './journal.js';
import { type Scenario, scenarioOf } from './scenario.js';
import { calmVerdict, finalVerdict } from './verdict.js';
import { act } from './workload.js';
import { World } from './world.js';

/** What came of a run. */
export interface Outcome {
  /** The first promise that was broken. */
  readonly broken: string | undefined;
  /** Everything that happened, in order. */
  readonly lines: readonly string[];
  readonly steps: number;
  readonly grants: number;
  /** How many entries of the queue were done. */
  readonly done: number;
  readonly answers: number;
  /** How many clients were closed and have not said so; true only when Promises have had their turn. */
  unclosed(): number;
}

// Sessions have ended, backoff is over, and everybody in a queue has had a turn.
const calmMs = 40_000;
const homeMs = 20_000;
const lastDeeds = 6;
const wallJumpMs = 3_600_000;

export function simulate(seed: number, scenario: Scenario = scenarioOf(seed)): Outcome {
  const world = new World(seed, scenario);
  try {
    storm(world, seed);
    calm(world);
    home(world, seed);
  } catch (error) {
    if (!(error instanceof PromiseBroken)) world.journal.violate(crash(error));
  }
  return {
    broken: world.journal.broken,
    lines: world.journal.lines,
    steps: world.time.steps,
    grants: world.leases.grants,
    done: world.ledger.standing.done,
    answers: world.processes.reduce((sum, { oneShots }) => sum + oneShots.answered, 0),
    unclosed: () => world.processes.filter(({ unclosed }) => unclosed).length,
  };
}

function storm(world: World, seed: number): void {
  const { scenario, time } = world;
  strikeFrom(world, 0);
  for (const [index, process] of world.processes.entries()) {
    const rests = new Dice(seed, 2, index);
    let deed = 0;
    // Dice for each deed, so that what is done does not depend on what was done before.
    const goOn = (): void => {
      if (process.isRunning) act(process, new Dice(seed, 3, index, ++deed));
      const restMs = rests.between(1, scenario.maxRestMs);
      if (time.now() + restMs < scenario.stormMs) world.later(restMs, goOn);
    };
    world.later(0, goOn);
  }
  time.advanceTo(scenario.stormMs);
}

/** One after the other, not all put down ahead: the longer its queue, the slower is virtual time. */
function strikeFrom(world: World, index: number): void {
  const fault = world.scenario.faults[index];
  if (fault === undefined) return;
  world.later(fault.atMs - world.time.now(), () => {
    strike(world, fault);
    strikeFrom(world, index + 1);
  });
}

function calm(world: World): void {
  world.calm = true;
  world.journal.note('***', 'calm');
  for (const [index, { time, contenders }] of world.processes.entries()) {
    for (const line of world.linesOf(index, undefined)) {
      line.heal();
      line.splitAt(Infinity);
      line.latencyMs = world.latencyMs;
    }
    time.resume();
    for (const contender of contenders) {
      if (contender.lease !== undefined) world.processes[index]?.leaveSoon(contender);
    }
  }
  for (let server = 0; server < world.scenario.servers; server++) world.plug(server);
  world.server.start();
  if (world.scenario.family === 'queue') consumeAll(world);
  world.time.advanceBy(calmMs);
  calmVerdict(world);
}

/** Somebody is there for what is left. */
function consumeAll({ processes }: World): void {
  const terms = { giveUp: 'lease', retryDelayMs: 50, maxWorkMs: 50, failing: 0 } as const;
  for (const process of processes) {
    if (process.isRunning) process.consume({ ...terms, concurrency: 1 });
  }
}

function home(world: World, seed: number): void {
  let count = 0;
  world.journal.note('***', 'everybody goes home');
  for (const process of world.processes) {
    if (!process.isRunning) continue;
    // Some things are under way when it goes.
    for (let deed = 0; deed < lastDeeds; deed++) act(process, new Dice(seed, 4, ++count));
    process.quit(world.scenario.ending);
    // What they wait for now is a delay, not a time of day.
    if (!process.sleeps) process.time.jump(-wallJumpMs);
  }
  world.time.advanceBy(homeMs);
  finalVerdict(world);
}

function crash(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
