/**
 * Who came first of those with the same number.
 *
 * Since 3.6 the counter of a znode that has given out 2147483647 stays there: all who come after that get the same number
 * (ids make their names differ), and only the zxid that made each znode tells their order. So those are looked at one by one,
 * each time; the price of going on in the right order until the znode above them is removed and its counter starts again.
 */

import { from, map, mergeMap, type Observable, of, toArray } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { joinPath } from '../../path.js';
import { type RecipeCall } from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';

/** How many znodes are read at the same time. */
const maxReads = 100;

/** A znode, and the zxid that made it. */
export interface Aged {
  readonly name: string;
  readonly czxid: bigint;
}

/** Emits those of the children that still exist, the oldest first; without a request if there are none. */
export function byAge$(
  zk: ZooKeeper,
  { names, ...call }: RecipeCall & { readonly names: readonly string[] },
): Observable<readonly Aged[]> {
  if (names.length === 0) return of([]);
  const lookAt$ = (name: string) => {
    const path = joinPath(call.path, name);
    return persist$(zk, {
      operation: call.operation,
      path,
      request: () => zk.exists(path, untilAnswered),
    }).pipe(map((stat) => (stat === null ? [] : [{ name, czxid: stat.czxid }])));
  };
  return from(names).pipe(
    mergeMap(lookAt$, maxReads),
    toArray(),
    map((aged) => aged.flat().sort(olderFirst)),
  );
}

/** The order of creation. */
export function olderFirst(a: { readonly czxid: bigint }, b: { readonly czxid: bigint }): number {
  return a.czxid < b.czxid ? -1 : 1;
}
