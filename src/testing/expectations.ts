/** What a test expects of streams: subscribed to when it says so, compared when it has ended. */

import { type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { Site, type ZkTestError } from './failure.js';
import { drawMarbles, drawSubscription, type MarbleValues, messagesOfMarbles } from './marbles.js';
import { firstDifference, type Message, Recording } from './recording.js';
import { parseTime, type Time, formatTime } from './time.js';
import { checkEnd, compareTimelines, messagesOf, type Timeline } from './timeline.js';
import { type VirtualClock } from './virtual-clock.js';

/** How a stream is compared with a timeline. */
export interface TimelineOptions<T> {
  /** What of a value is compared, asked when it is emitted. Default: all of it. */
  readonly by?: (value: T) => unknown;
  /** When to subscribe. Default: now. */
  readonly from?: Time;
  /** When to unsubscribe. Default: at the end of the test. */
  readonly to?: Time;
  /** How late each thing may come. Default: not at all. */
  readonly within?: Time;
}

/** The frames of one subscription to a `cold` or `hot` observable. */
export interface SubscriptionFrames {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

// A diagram of more than this cannot be read; a timeline shows what is around the place that matters.
const maxDrawn = 40;

interface Expectation {
  /** Time is up: what happens from now on does not count. */
  end(): void;
  /** What was not met. */
  verdict(): ZkTestError | undefined;
}

export class Expectations {
  private readonly all: Expectation[] = [];
  /** What has to be noted before anything is unsubscribed. */
  private readonly snapshots: (() => void)[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly untilMs: number,
  ) {}

  readonly expectTimeline = <T>(
    source$: Observable<T>,
    timeline: Timeline,
    options: TimelineOptions<T> = {},
  ): void => {
    const site = new Site(this.expectTimeline);
    const { clock } = this;
    const expected = messagesOf(timeline);
    checkEnd(expected, this.untilMs);
    const withinMs = parseTime(options.within ?? 0, 'within');
    const recording = new Recording(source$, {
      clock,
      fromMs: options.from === undefined ? clock.frame : parseTime(options.from, 'from'),
      toMs: options.to === undefined ? undefined : parseTime(options.to, 'to'),
      by: options.by,
    });
    this.add(recording, () => {
      const at = firstDifference(recording.messages, expected, withinMs);
      if (at === undefined) return undefined;
      const got = recording.messages;
      const comparison = compareTimelines(expected, got, at);
      return site.failure(`the timeline differs${whenOf(expected, got, at)}\n\n${comparison}`);
    });
  };

  readonly expectObservable = <T>(
    source$: Observable<T>,
    subscription?: string,
  ): { toBe(marbles: string, values?: MarbleValues, error?: unknown): void } => {
    const site = new Site(this.expectObservable);
    const { clock } = this;
    const frames = TestScheduler.parseMarblesAsSubscriptions(subscription ?? null, true);
    const { subscribedFrame, unsubscribedFrame } = frames;
    const recording = new Recording(source$, {
      clock,
      fromMs: subscribedFrame === Infinity ? clock.frame : subscribedFrame,
      toMs: unsubscribedFrame,
    });
    let judge = (): ZkTestError | undefined =>
      site.failure('expectObservable(…) without toBe(…) expects nothing');
    this.add(recording, () => judge());
    return {
      toBe: (marbles, values, error) => {
        const expected = messagesOfMarbles(marbles, values, error);
        checkEnd(expected, this.untilMs);
        judge = () => {
          const got = recording.messages;
          const at = firstDifference(got, expected);
          if (at === undefined) return undefined;
          const when = whenOf(expected, got, at);
          const drawn = at < maxDrawn ? compareMarbles(marbles, got, values) : undefined;
          const shown = drawn ?? compareTimelines(expected, got, at);
          return site.failure(`the marbles differ${when}\n\n${shown}`);
        };
      },
    };
  };

  readonly expectSubscriptions = (
    logs: readonly SubscriptionFrames[],
  ): { toBe(marbles: string | readonly string[]): void } => {
    const site = new Site(this.expectSubscriptions);
    return {
      toBe: (marbles) => {
        const diagrams = typeof marbles === 'string' ? [marbles] : marbles;
        const expected = diagrams.map((one) =>
          TestScheduler.parseMarblesAsSubscriptions(one, true),
        );
        let got: readonly SubscriptionFrames[] = [];
        this.snapshots.push(() => {
          got = logs.map((frames) => ({ ...frames }));
        });
        this.add({ end: () => undefined }, () => {
          const below = drawAll(got);
          if (drawAll(expected) === below) return undefined;
          const lines = [`  expected  ${diagrams.join(', ')}`, `  got       ${below}`];
          return site.failure(`the subscriptions differ\n\n${lines.join('\n')}`);
        });
      },
    };
  };

  /** Time is up: what `cold` and `hot` have noted is kept first, then everything is unsubscribed. */
  end(): void {
    for (const snapshot of this.snapshots) snapshot();
    for (const expectation of this.all) expectation.end();
  }

  /** Throws what was not met, all of it. */
  verify(): void {
    const failures = this.all.flatMap((expectation) => expectation.verdict() ?? []);
    const [first, ...others] = failures;
    if (first === undefined) return;
    for (const other of others) {
      first.message += `\n\n${other.message}`;
      first.stack = (first.stack ?? '') + `\n\n${other.stack ?? ''}`;
    }
    throw first;
  }

  private add(recording: { end(): void }, verdict: Expectation['verdict']): void {
    this.all.push({
      end: () => {
        recording.end();
      },
      verdict,
    });
  }
}

function compareMarbles(
  expected: string,
  got: readonly Message[],
  values: MarbleValues | undefined,
): string | undefined {
  const drawing = drawMarbles(got.slice(0, 2 * maxDrawn), values);
  if (drawing === undefined) return undefined;
  const more = got.length > 2 * maxDrawn ? ' …' : '';
  const lines = [`  expected  ${expected.trim()}`, `  got       ${drawing.diagram}${more}`];
  if (drawing.legend.length > 0) lines.push('', ...drawing.legend.map((line) => `  ${line}`));
  return lines.join('\n');
}

function drawAll(logs: readonly SubscriptionFrames[]): string {
  const drawn = logs.map((log) => drawSubscription(log.subscribedFrame, log.unsubscribedFrame));
  return drawn.length === 0 ? '(none)' : drawn.join(', ');
}

function whenOf(expected: readonly Message[], got: readonly Message[], at: number): string {
  const times = [expected[at]?.atMs, got[at]?.atMs].filter((time) => time !== undefined);
  return times.length === 0 ? '' : ` at ${formatTime(Math.min(...times))}`;
}
