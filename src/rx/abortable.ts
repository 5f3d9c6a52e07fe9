/** Lets an AbortSignal end a stream. */

import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

/**
 * Errs with the signal's reason when the signal is aborted, at once if it has been already.
 *
 * ```
 * source   --a--b--c--
 * signal   -------!
 * result   --a--b-#        (# = signal.reason)
 * ```
 *
 * @param signal - `undefined` leaves the source as it is
 * @emits what the source emits
 * @completes when the source completes
 * @errors with `signal.reason`; with the source's error
 * @sharing nothing is shared; the listener on the signal goes with the subscription
 * @example
 * ticks$.pipe(abortable(controller.signal)).subscribe(render);
 */
export function abortable<T>(signal: AbortSignal | undefined): MonoTypeOperatorFunction<T> {
  if (signal === undefined) return (source) => source;
  return (source) =>
    new Observable<T>((subscriber) => {
      const abort = () => {
        subscriber.error(signal.reason);
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort, { once: true });
      subscriber.add(() => {
        signal.removeEventListener('abort', abort);
      });
      source.subscribe(subscriber);
    });
}
