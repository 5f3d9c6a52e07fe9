/** Tries again what was lost, and nothing else. */

import { type MonoTypeOperatorFunction, of, retry, throwError } from 'rxjs';
import { LockLostError } from '../../errors/client-errors.js';

/**
 * Subscribes again when a lock was lost, so that it is acquired anew and the work under it starts anew.
 *
 * Unlike a bare `retry()` it lets every other error pass: an error of the work itself, a refused login, a malformed path
 * would be no better the next time, and retrying them without a pause would never end.
 *
 * @emits what the source emits, attempt after attempt
 * @completes when the source completes
 * @errors with every error of the source but `LockLostError`
 * @sharing nothing is shared: each subscription retries for itself
 * @example
 * report$.pipe(withLock(zk, '/locks/report'), retryLost()).subscribe();
 */
export function retryLost<T>(): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (error: unknown) =>
      error instanceof LockLostError ? of(true) : throwError(() => error),
  });
}
