/**
 * `zkTest`: the whole client on virtual time, against embedded servers, through real wire bytes.
 *
 * Theory of operation. A test has four parts, and not a millisecond of real time in any: the scenario is set up at 0; time
 * runs to `until`; everything that the kit has subscribed to is unsubscribed and compared; then faults end, clients
 * close, time runs on, and whatever is left is a failure. Nothing of any test runner is used: a failure is a thrown
 * error.
 */

import { type RunHelpers } from 'rxjs/testing';
import { InvalidOptionError } from '../errors/client-errors.js';
import { type Scenario, type ZkTestContext } from './context.js';
import { Expectations } from './expectations.js';
import { Site, ZkTestError } from './failure.js';
import { FaultControl } from './fault-control.js';
import { HotStreams } from './hot.js';
import { checkLeaks, goHome } from './leaks.js';
import { type SettledOptions, settleOptions, type ZkTestOptions } from './options.js';
import { formatTime, parseTime } from './time.js';
import { World } from './world.js';

/**
 * Runs a scenario on virtual time: in a few milliseconds, and the same way each time.
 *
 * Time starts at 0 and has a millisecond for each character of a marble diagram; `timer(5_000)` and its like are on it
 * without being told. Throws `ZkTestError` for what was not as expected, with what came under what was expected, and
 * for whatever is left behind. Returns nothing, so that a test can be one expression.
 *
 * @example
 * it('elects a leader', () =>
 *   zkTest({ until: '1s' }, ({ client, expectTimeline }) => {
 *     const leadership$ = leaderElection$(client(), '/election');
 *     expectTimeline(leadership$, { '0ms': 'follower', '12ms': 'leader' }, { by: ({ role }) => role });
 *   }));
 */
export function zkTest(options: ZkTestOptions, scenario: Scenario): void {
  runTest(settleOptions(options), scenario);
}

/** As {@link zkTest}; `prepare` has the world before the scenario. */
export function runTest(
  options: SettledOptions,
  scenario: Scenario,
  prepare: (world: World, context: ZkTestContext) => void = () => undefined,
): void {
  const world = new World(options);
  const { clock } = world;
  clock.run((helpers) => {
    const expectations = new Expectations(clock, options.untilMs);
    const faults = new FaultControl(world);
    const hot = new HotStreams(clock, helpers.hot);
    const context = contextOf(world, { helpers, hot, expectations, faults });
    prepare(world, context);
    refuseAsync(scenario, context);
    hot.start();
    clock.runTo(options.untilMs);
    clock.afterStep = undefined;
    expectations.end();
    expectations.verify();
    faults.calm();
    goHome(world);
    checkLeaks(world);
  });
}

interface Parts {
  readonly helpers: RunHelpers;
  readonly hot: HotStreams;
  readonly expectations: Expectations;
  readonly faults: FaultControl;
}

function contextOf(world: World, { helpers, hot, expectations, faults }: Parts): ZkTestContext {
  const { clock, server, dice } = world;
  const { expectTimeline, expectObservable, expectSubscriptions } = expectations;
  return {
    server,
    faults,
    client: (options) => world.join(options).zk,
    at: atOf(world),
    time: { now: () => clock.frame, scheduler: clock },
    seed: (znodes) => {
      server.seed(znodes);
    },
    random: dice.next,
    always: alwaysOf(world),
    expectTimeline,
    expectObservable,
    expectSubscriptions,
    cold: helpers.cold,
    hot: hot.hot,
  };
}

function atOf({ clock, options }: World): ZkTestContext['at'] {
  const scheduler = clock.schedulerOf({ name: 'at' });
  return (time, work) => {
    const atMs = parseTime(time, 'at');
    const end = options.untilMs;
    if (atMs < clock.frame || atMs > end) {
      const range = `${formatTime(clock.frame)} and the end of the test, ${formatTime(end)}`;
      throw new InvalidOptionError('at', `${formatTime(atMs)} is not between now, ${range}`);
    }
    scheduler.schedule(work, atMs - clock.frame);
  };
}

function alwaysOf(world: World): ZkTestContext['always'] {
  const { clock } = world;
  const always: ZkTestContext['always'] = (what, holds) => {
    const site = new Site(always);
    const before = clock.afterStep;
    clock.afterStep = () => {
      before?.();
      if (!holds()) throw site.failure(`not always ${what}: not at ${formatTime(clock.frame)}`);
    };
  };
  return always;
}

/** A scenario that is asynchronous would be over before it began. */
function refuseAsync(scenario: (context: ZkTestContext) => unknown, context: ZkTestContext): void {
  const result = scenario(context);
  if (typeof result !== 'object' || result === null || !('then' in result)) return;
  throw new ZkTestError(
    'a scenario cannot be asynchronous: Promises know nothing of virtual time. Subscribe, or expect what comes',
  );
}
