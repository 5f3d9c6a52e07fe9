/** What a scenario is given: servers, clients, faults, time, and ways to say what is expected. */

import { type Observable, type SchedulerLike } from 'rxjs';
import { type RunHelpers } from 'rxjs/testing';
import { type ZooKeeper } from '../client/zookeeper.js';
import { type SubscriptionFrames, type TimelineOptions } from './expectations.js';
import { type TestFaults } from './faults.js';
import { type MarbleValues } from './marbles.js';
import { type Znodes } from './operator.js';
import { type TestClientOptions } from './options.js';
import { type TestServer } from './test-server.js';
import { type Time } from './time.js';
import { type Timeline } from './timeline.js';

/** The test's clock. */
export interface TestTime {
  /** Milliseconds since the start of the test. */
  now(): number;
  /** For code that is given its scheduler. What RxJS does on its own scheduler is on virtual time as well. */
  readonly scheduler: SchedulerLike;
}

/**
 * The world of one test. All of it can be taken out: `({ client, at, expectTimeline }) => …`.
 *
 * A scenario is set up before time begins, and is not asynchronous: nothing in it can be awaited, as Promises do not know
 * of virtual time. One-shots are subscribed to, or are what is expected.
 */
export interface ZkTestContext {
  /** The servers: one tree. */
  readonly server: TestServer;
  /** Makes a client with a network and clocks of its own. It is closed when the test is over. */
  readonly client: (options?: TestClientOptions) => ZooKeeper;
  /** Does something at a time since the start of the test. What it throws fails the test. */
  readonly at: (time: Time, work: () => void) => void;
  readonly faults: TestFaults;
  readonly time: TestTime;
  /** The same as `server.seed`. */
  readonly seed: (znodes: Znodes) => void;
  /** Numbers in [0, 1) that follow from the test's `seed`. */
  readonly random: () => number;
  /** Something that must be true after every single step of the test, in `what` as words. */
  readonly always: (what: string, holds: () => boolean) => void;
  /**
   * Says what a stream does, by the time since the start of the test.
   *
   * @example
   * expectTimeline(leaderElection$(zk, '/e'), { '0ms': 'follower', '6ms': 'leader' }, { by: ({ role }) => role });
   */
  readonly expectTimeline: <T>(
    source$: Observable<T>,
    timeline: Timeline,
    options?: TimelineOptions<T>,
  ) => void;
  /**
   * Says what a stream does as marbles, a millisecond a character, since the start of the test: as in RxJS'
   * `TestScheduler.run`, with its time progression (`--a 2s (b|)`) and subscription marbles.
   */
  readonly expectObservable: <T>(
    source$: Observable<T>,
    subscription?: string,
  ) => { toBe(marbles: string, values?: MarbleValues, error?: unknown): void };
  /** Says when a `cold` or `hot` observable is subscribed to and unsubscribed from, as marbles. */
  readonly expectSubscriptions: (logs: readonly SubscriptionFrames[]) => {
    toBe(marbles: string | readonly string[]): void;
  };
  /**
   * A stream that plays its marbles from each subscription on, as in RxJS' `TestScheduler.run`.
   *
   * @emits the values of its letters
   * @completes at `|`
   * @errors at `#`
   * @sharing nothing is shared
   */
  readonly cold: RunHelpers['cold'];
  /**
   * A stream that plays its marbles from the start of the test on, or from when it is made, if that is later.
   *
   * @emits the values of its letters
   * @completes at `|`
   * @errors at `#`
   * @sharing all subscribers see the same
   */
  readonly hot: RunHelpers['hot'];
}

/** What a test does: sets up everything at once. What it returns, if anything, is not waited for. */
export type Scenario = (context: ZkTestContext) => void;
