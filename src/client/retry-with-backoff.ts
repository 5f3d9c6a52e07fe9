/** Tries again after a pause, where that is safe: the policies of kazoo and Curator as one operator. */

import {
  asyncScheduler,
  defer,
  type MonoTypeOperatorFunction,
  type Observable,
  retry,
  type SchedulerLike,
  throwError,
  timer,
} from 'rxjs';
import { type Platform, realPlatform } from '../platform.js';
import { maxTimerMs } from '../rx/alarm.js';
import { type Backoff, pauseMs } from '../rx/backoff.js';
import { checkBoolean, checkCallable, checkNames, checkNumber, refuse } from './checks.js';
import { isFinal, isRetryable, type RetrySafety } from './may-retry.js';

/** When to try again, how often, and after which pauses. */
export interface RetryOptions extends RetrySafety {
  /** How often to try again after the first time. Default 10; `Infinity` for ever. */
  readonly maxRetries?: number;
  /** No try starts later than this after the first. Default `Infinity`. */
  readonly maxElapsedMs?: number;
  /** The first pause. Default 100. */
  readonly initialDelayMs?: number;
  /** No pause is longer. Default 10,000, or the first pause if that is longer. */
  readonly maxDelayMs?: number;
  /** How much longer each pause is than the one before. 1 or more; default 2. */
  readonly factor?: number;
  /** The part of each pause that is left to chance, 0 to 1. Default 0.5. */
  readonly jitter?: number;
  /**
   * Decides instead of the built-in rule ({@link isRetryable}), for errors of any kind. Not asked for what will be the same next
   * time: `UsageError`, `AuthFailedError`, `SessionClosedError`.
   */
  readonly when?: (error: unknown) => boolean;
  /** What the pauses run on. Default: rxjs' `asyncScheduler`; give `zk.scheduler`. */
  readonly scheduler?: SchedulerLike;
  /** A number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
}

type Name = keyof RetryOptions;

const names: ReadonlySet<string> = new Set<Name>([
  ...(['maxRetries', 'maxElapsedMs', 'initialDelayMs', 'maxDelayMs', 'factor', 'jitter'] as const),
  ...(['when', 'scheduler', 'random', 'idempotent', 'sessionExpired'] as const),
]);
const context = { operation: 'retryWithBackoff' } as const;

/**
 * Subscribes again, after pauses that grow, when the source errs with what may pass.
 *
 * Without being told otherwise it tries again only what cannot be done twice by that: what was never sent, what the server
 * has thrown away or refused for now, and reads. A write whose answer was lost is tried again with `idempotent: true`.
 * It judges by the error alone, so put it at each request, not behind several of which the first may have been done.
 * The policies of kazoo and Curator are `{}` (exponential), `{ maxDelayMs }` (bounded), `{ maxRetries, factor: 1 }` (n times,
 * or one time), `{ maxElapsedMs, maxRetries: Infinity }` (until elapsed) and `{ maxRetries: Infinity }` (for ever).
 *
 * ```
 * source   --#                 (# = not sent)
 *             -pause--#
 *                      ---pause---a|
 * result   ------------------------a|
 * ```
 *
 * @param options - which errors, how often, and after which pauses
 * @emits what the source emits, try after try
 * @completes when the source completes
 * @errors with the source's last error, when it is not to be tried again, or has been often or long enough; `InvalidOptionError`
 * @sharing nothing is shared: each subscription counts its tries for itself
 * @example
 * zk.get('/config').pipe(retryWithBackoff({ maxElapsedMs: 60_000, scheduler: zk.scheduler }));
 * zk.set('/state', 'on').pipe(retryWithBackoff({ idempotent: true }));
 */
export function retryWithBackoff<T>(options: RetryOptions = {}): MonoTypeOperatorFunction<T> {
  return (source$) =>
    defer(() => {
      checkOptions(options);
      const tries = new Tries(options, realPlatform);
      return source$.pipe(retry({ delay: (error, count) => tries.after(error, count) }));
    });
}

/** The tries of one subscription. */
class Tries {
  private readonly scheduler: SchedulerLike;
  private readonly backoff: Backoff;
  private readonly startedMs: number;

  constructor(
    private readonly options: RetryOptions,
    private readonly platform: Platform,
  ) {
    const { initialDelayMs = 100, factor = 2, jitter = 0.5 } = options;
    const { maxDelayMs = Math.max(10_000, initialDelayMs) } = options;
    const random = options.random ?? (() => platform.random());
    this.scheduler = options.scheduler ?? asyncScheduler;
    this.backoff = { initialDelayMs, maxDelayMs, factor, jitter, random };
    this.startedMs = this.now();
  }

  /** Emits when the next try may start; errs with the error if there is to be none. */
  after(error: unknown, count: number): Observable<unknown> {
    const { maxRetries = 10, maxElapsedMs = Infinity } = this.options;
    if (count > maxRetries || !this.mayTryAgain(error)) return throwError(() => error);
    const delayMs = pauseMs(this.backoff, count);
    // Nobody should wait for a try that will not come.
    const startsMs = this.now() - this.startedMs + delayMs;
    return startsMs > maxElapsedMs ? throwError(() => error) : timer(delayMs, this.scheduler);
  }

  private mayTryAgain(error: unknown): boolean {
    const { when } = this.options;
    if (isFinal(error)) return false;
    return when === undefined ? isRetryable(error, this.options) : when(error);
  }

  /** On virtual time there is one clock only: the scheduler's. */
  private now(): number {
    const real = this.scheduler === asyncScheduler;
    return real ? this.platform.monotonicNow() : this.scheduler.now();
  }
}

function checkOptions(options: RetryOptions): void {
  checkNames({ option: '', value: options, context }, names);
  const { initialDelayMs, factor, jitter } = options;
  const check = (option: Name, range: { min: number; infinite?: boolean }): void => {
    checkNumber({ option, value: options[option], context }, { max: maxTimerMs, ...range });
  };
  check('maxRetries', { min: 0, infinite: true });
  check('maxElapsedMs', { min: 0, infinite: true });
  check('initialDelayMs', { min: 0 });
  check('maxDelayMs', { min: initialDelayMs ?? 0 });
  if (factor !== undefined && !(factor >= 1 && factor < Infinity)) {
    throw refuse({ option: 'factor', value: factor, context }, 'a number from 1');
  }
  if (jitter !== undefined && !(jitter >= 0 && jitter <= 1)) {
    throw refuse({ option: 'jitter', value: jitter, context }, 'a number from 0 to 1');
  }
  checkBoolean({ option: 'idempotent', value: options.idempotent, context });
  checkBoolean({ option: 'sessionExpired', value: options.sessionExpired, context });
  checkCallable({ option: 'when', value: options.when, context });
  checkCallable({ option: 'scheduler', value: options.scheduler, context }, 'schedule');
  checkCallable({ option: 'random', value: options.random, context });
}
