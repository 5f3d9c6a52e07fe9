/** What a stream did between two points in time. */

import { type Observable, Subscription } from 'rxjs';
import {
  describeError,
  type ExpectedError,
  describeExpectedError,
  sameError,
} from './same-error.js';
import { sameValue, type ValueMatcher } from './same-value.js';
import { show } from './show.js';
import { type VirtualClock } from './virtual-clock.js';

/** One thing that a stream did, or should do. */
export type Message =
  | { readonly atMs: number; readonly kind: 'next'; readonly value: unknown }
  | { readonly atMs: number; readonly kind: 'error'; readonly error: unknown }
  | { readonly atMs: number; readonly kind: 'complete' };

/** In a timeline, in the place of a value: the stream completes then. */
export const completes = Object.freeze({ toString: () => 'completes' });

/** In a timeline, in the place of a value: the stream errs then; anywhere else, a matcher for an error. */
export class ErrorMatcher implements ValueMatcher {
  constructor(private readonly expected: ExpectedError | undefined) {}

  asymmetricMatch(actual: unknown): boolean {
    return this.expected === undefined || sameError(actual, this.expected);
  }

  toString(): string {
    return `errs(${this.expected === undefined ? '' : describeExpectedError(this.expected)})`;
  }
}

/**
 * What a stream errs with, in a timeline: a class, the name of one, fields (`{ class, code, path }`), or an error that is
 * like it; without anything, any error.
 *
 * @example
 * expectTimeline(zk.data$('/a'), { '4ms': null, '2s': errs(NoAuthError) });
 */
export function errs(expected?: ExpectedError): ErrorMatcher {
  return new ErrorMatcher(expected);
}

export interface RecordOptions<T> {
  readonly clock: VirtualClock;
  /** When it is subscribed to. */
  readonly fromMs: number;
  /** When it is unsubscribed from, if that is before the end of the test. */
  readonly toMs?: number | undefined;
  /** What is kept of a value, asked when it is emitted. Default: the value itself. */
  readonly by?: ((value: T) => unknown) | undefined;
}

const recorder = { name: 'an expectation' };

export class Recording<T> {
  readonly messages: Message[] = [];
  private readonly subscription = new Subscription();

  constructor(source$: Observable<T>, options: RecordOptions<T>) {
    const { clock, fromMs, toMs = Infinity } = options;
    const scheduler = clock.schedulerOf(recorder);
    const delayMs = Math.max(0, fromMs - clock.frame);
    this.subscription.add(
      scheduler.schedule(() => {
        this.listen(source$, options);
      }, delayMs),
    );
    if (toMs === Infinity) return;
    const end = scheduler.schedule(
      () => {
        this.end();
      },
      Math.max(0, toMs - clock.frame),
    );
    this.subscription.add(end);
  }

  end(): void {
    this.subscription.unsubscribe();
  }

  private listen(source$: Observable<T>, { clock, by }: RecordOptions<T>): void {
    const { messages } = this;
    this.subscription.add(
      source$.subscribe({
        next: (value) => {
          const kept = by === undefined ? value : by(value);
          messages.push({ atMs: clock.frame, kind: 'next', value: kept });
        },
        error: (error: unknown) => {
          messages.push({ atMs: clock.frame, kind: 'error', error });
        },
        complete: () => {
          messages.push({ atMs: clock.frame, kind: 'complete' });
        },
      }),
    );
  }
}

/** Whether what happened is what should have, up to `withinMs` late. */
export function sameMessage(got: Message, expected: Message, withinMs = 0): boolean {
  const lateMs = got.atMs - expected.atMs;
  if (lateMs < 0 || lateMs > withinMs) return false;
  if (got.kind === 'next') return expected.kind === 'next' && sameValue(got.value, expected.value);
  if (got.kind === 'error') {
    return expected.kind === 'error' && sameValue(got.error, expected.error);
  }
  return expected.kind === 'complete';
}

/** The first place where two differ; `undefined` if they do not. */
export function firstDifference(
  got: readonly Message[],
  expected: readonly Message[],
  withinMs = 0,
): number | undefined {
  for (let i = 0; i < Math.max(got.length, expected.length); i++) {
    const [actual, wanted] = [got[i], expected[i]];
    if (actual === undefined || wanted === undefined) return i;
    if (!sameMessage(actual, wanted, withinMs)) return i;
  }
  return undefined;
}

/** A message's content as a timeline has it. */
export function showMessage(message: Message): string {
  if (message.kind === 'next') return show(message.value);
  if (message.kind === 'complete') return 'completes';
  const { error } = message;
  if (error instanceof ErrorMatcher) return String(error);
  return `errs(${error instanceof Error ? describeError(error) : show(error)})`;
}
