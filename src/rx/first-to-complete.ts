/** Waits for the first of several streams to complete. */

import { endWith, ignoreElements, merge, type Observable, take } from 'rxjs';

/**
 * Completes when the first of the sources completes, and leaves the others.
 *
 * ```
 * one      -----a--------|
 * other    ----------|
 * result   ----------|
 * ```
 *
 * @param sources - with none of them it completes at once
 * @emits nothing
 * @completes when the first source completes
 * @errors with the error of the first source that errs before
 * @sharing nothing is shared
 * @example
 * firstToComplete$([zk.deleted$('/a'), zk.deleted$('/b')]).subscribe({ complete: lookAgain });
 */
export function firstToComplete$(sources: readonly Observable<unknown>[]): Observable<never> {
  const completions = sources.map((source) => source.pipe(ignoreElements(), endWith(undefined)));
  return merge(...completions).pipe(take(1), ignoreElements());
}
