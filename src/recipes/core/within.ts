/** Bounds how long something is waited for: by time and by an AbortSignal. */

import { type MonoTypeOperatorFunction, throwError, timeout } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { TimeoutError } from '../../errors/client-errors.js';
import { abortable } from '../../rx/abortable.js';
import { type RecipeCall, type WaitOptions } from './options.js';

/**
 * Errs with `TimeoutError` when the first value does not come within `waitMs`, and with the signal's reason when that is
 * aborted, also later. `waitMs: 0` is the recipe's own business ("wait for the server, but for nobody else").
 */
export function within<T>(
  zk: ZooKeeper,
  { waitMs = Infinity, signal }: WaitOptions,
  call: RecipeCall,
): MonoTypeOperatorFunction<T> {
  if (waitMs === 0 || waitMs === Infinity) return abortable(signal);
  const givenUp$ = throwError(() => new TimeoutError(waitMs, 'not-sent', call));
  return (source) =>
    source.pipe(
      timeout({ first: waitMs, scheduler: zk.scheduler, with: () => givenUp$ }),
      abortable(signal),
    );
}
