/** The door of a double barrier: whoever comes while a round is running waits before it, without a znode. */

import { ignoreElements, type Observable, of, repeat, switchMap, take, throwError } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { TimeoutError } from '../../errors/client-errors.js';
import { firstToComplete$ } from '../../rx/first-to-complete.js';
import { type BarrierRound } from './barrier-round.js';
import { type RecipeCall } from '../core/options.js';

/** How to wait. */
export interface DoorOptions {
  /** Err with `TimeoutError` instead of waiting. */
  readonly once: boolean;
  readonly call: RecipeCall;
}

/** Emits when no round is running; takes away a `ready` that outlived its round. */
export function barrierDoor$(
  zk: ZooKeeper,
  round: BarrierRound,
  { once, call }: DoorOptions,
): Observable<unknown> {
  const look$ = round.began$().pipe(
    switchMap((began) => {
      if (began === undefined) return of(true);
      return round.names$().pipe(
        switchMap((names) => round.firstOlder$(names, began)),
        switchMap((member) => {
          if (member === undefined) return round.sweep$(began).pipe(ignoreElements());
          if (once) return refused$(call);
          return firstToComplete$([zk.deleted$(round.ready), zk.deleted$(round.pathOf(member))]);
        }),
      );
    }),
  );
  return look$.pipe(repeat(), take(1));
}

/** Whoever does not want to wait for others. */
export function refused$(call: RecipeCall): Observable<never> {
  return throwError(() => new TimeoutError(0, 'not-sent', call));
}
