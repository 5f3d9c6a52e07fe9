/** Maps values one after the other, and skips those that are overtaken while they wait. */

import { defer, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';

/**
 * Projects the newest value as soon as the projection before it is done; values in between are dropped. Unlike `switchMap` it
 * finishes what it has begun, however fast values come; unlike `concatMap` it keeps one value waiting at most.
 *
 * ```
 * source    a--b-c----d--|
 * project   (takes 5)
 * result    -----A----C----D|
 * ```
 *
 * @param project - what to do with a value
 * @emits what the projections emit
 * @completes when the source and the last projection have completed
 * @errors with the first error of the source or of a projection
 * @sharing nothing is shared
 * @example
 * zk.children$('/members').pipe(latestMap((names) => readAll$(names))).subscribe(show);
 */
export function latestMap<T, R>(project: (value: T) => ObservableInput<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((out) => {
      let waiting: { readonly value: T } | undefined;
      let isRunning = false;
      let isSourceDone = false;
      let isLooping = false;
      const goOn = () => {
        // A projection that is done at once comes back here: the loop below goes on instead of nesting.
        if (isLooping) return;
        isLooping = true;
        while (waiting !== undefined && !isRunning && !out.closed) run(waiting.value);
        isLooping = false;
        if (isSourceDone && !isRunning) out.complete();
      };
      const run = (value: T) => {
        waiting = undefined;
        isRunning = true;
        const running = defer(() => project(value)).subscribe({
          next: (result) => {
            out.next(result);
          },
          error: (error: unknown) => {
            out.error(error);
          },
          complete: () => {
            isRunning = false;
            goOn();
          },
        });
        out.add(running);
      };
      out.add(
        source.subscribe({
          next: (value) => {
            waiting = { value };
            goOn();
          },
          error: (error: unknown) => {
            out.error(error);
          },
          complete: () => {
            isSourceDone = true;
            goOn();
          },
        }),
      );
    });
}
