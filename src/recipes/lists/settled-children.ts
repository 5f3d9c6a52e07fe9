/** A list of children that has come to rest: for those who must not act while others are still arriving. */

import {
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  endWith,
  ignoreElements,
  map,
  type Observable,
  switchMap,
  takeUntil,
  timer,
} from 'rxjs';
import { refuse } from '../../client/checks.js';
import { type Live, type ZooKeeper } from '../../client/zookeeper.js';
import { abortable } from '../../rx/abortable.js';
import { maxTimerMs } from '../../rx/alarm.js';
import { checkCall, optionNames, type RecipeOptions } from '../core/options.js';

type Names = readonly string[] | null;

const noOptions = optionNames();

/**
 * Emits the names of a znode's children once they have not changed for some time, and again whenever they have come to rest
 * after a change.
 *
 * ```
 * children   a-ab-abc-----------------ab-abc-----      quietMs: 4 dashes
 * result     ------------abc---------------------      the same list again is no news
 * ```
 *
 * It is kazoo's `PatientChildrenWatch`, which goes on. The time starts again with each change that is seen, and after each lost connection:
 * nobody knows meanwhile whether the list is at rest. What is not promised: that it still is when you are told.
 *
 * @param path - the parent
 * @param quietMs - how long the list must not have changed, while connected; at least 0
 * @emits the names, in no particular order; `null` if there is no such znode, and that has been so for long enough
 * @completes when the client is closed, at once
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is
 *   no error
 * @sharing the watch and the list with all who look at the children of this path; the time is each subscription's own
 * @example
 * settledChildren$(zk, '/workers', 5_000).subscribe((workers) => divideAmong(workers ?? []));
 */
export function settledChildren$(
  zk: ZooKeeper,
  path: string,
  // Not among the options: without it the recipe would be `children$`.
  ...[quietMs, options = {}]: [quietMs: number, options?: RecipeOptions]
): Observable<Names> {
  return defer(() => {
    const call = { operation: 'settledChildren$', path };
    checkCall(options, call, noOptions);
    if (!(typeof quietMs === 'number' && quietMs >= 0 && quietMs <= maxTimerMs))
      throw refuse(
        { option: 'quietMs', value: quietMs, context: call },
        `a number from 0 to ${String(maxTimerMs)}`,
      );
    const rest = ({ value, fresh }: Live<Names>): Observable<Names> =>
      fresh ? timer(quietMs, zk.scheduler).pipe(map(() => value)) : EMPTY;
    return zk.children$(path, { meta: true }).pipe(
      // Its end ends the waiting too.
      connect((list$) =>
        list$.pipe(switchMap(rest), takeUntil(list$.pipe(ignoreElements(), endWith(undefined)))),
      ),
      distinctUntilChanged(isSame),
      abortable(options.signal),
    );
  });
}

/** Whether they are the same names, in whatever order the server lists them. */
function isSame(before: Names, after: Names): boolean {
  if (before === null || after === null) return before === after;
  const known = new Set(before);
  return before.length === after.length && after.every((name) => known.has(name));
}
