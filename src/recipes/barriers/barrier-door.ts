/** The door of a double barrier: whoever comes while a round is running waits before it, without a znode. */

import {
  defer,
  finalize,
  ignoreElements,
  type Observable,
  switchMap,
  take,
  throwError,
  throwIfEmpty,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError, TimeoutError } from '../../errors/client-errors.js';
import { firstToComplete$ } from '../../rx/first-to-complete.js';
import { type BarrierRound } from './barrier-round.js';
import { ReadyWatch } from './ready-watch.js';
import { type RecipeCall } from '../core/options.js';
import { writable$ } from '../core/persist.js';

/** How to wait, and for what. */
export interface DoorOptions<T> {
  /** Err with `TimeoutError` instead of waiting. */
  readonly once: boolean;
  readonly call: RecipeCall;
  /** What to do when no round is running; the watch lasts as long as that. */
  readonly turn$: (watch: ReadyWatch) => Observable<T>;
}

/**
 * One look at the door: the turn, if no round is running; else completes when it is time to look again. Takes away a `ready` that
 * outlived its round. kazoo deletes `ready` as soon as the first one leaves: a round that we have seen running is over when none of
 * its members is there any more.
 */
export function barrierDoor$<T>(
  zk: ZooKeeper,
  round: BarrierRound,
  { once, call, turn$ }: DoorOptions<T>,
): Observable<T> {
  let running: bigint | undefined;
  const ifOver$ = <R>(began: bigint, over$: Observable<R>, change$: Observable<never>) =>
    round.names$().pipe(
      switchMap((names) => round.firstOlder$(names, began)),
      switchMap((member): Observable<R> => {
        if (member === undefined) return over$;
        if (once) return refused$(call);
        return firstToComplete$([change$, zk.deleted$(round.pathOf(member))]);
      }),
    );
  const look$ = defer(() => {
    const watch = new ReadyWatch(zk, round.ready);
    const open$ = defer(() => {
      running = undefined;
      return turn$(watch);
    });
    // The same read as that of the watch.
    return zk.exists$(round.ready).pipe(
      take(1),
      // It ends only when the client is closed.
      throwIfEmpty(() => new SessionClosedError(call)),
      switchMap((stat) => {
        if (stat === null) {
          return running === undefined ? open$ : ifOver$(running, open$, watch.made$);
        }
        running = stat.czxid;
        const swept$ = defer(() => round.sweep$(stat.czxid)).pipe(ignoreElements());
        return ifOver$(running, swept$, zk.deleted$(round.ready));
      }),
      finalize(() => {
        watch.end();
      }),
    );
  });
  return writable$(zk, call).pipe(switchMap(() => look$));
}

/** Whoever does not want to wait for others. */
export function refused$(call: RecipeCall): Observable<never> {
  return throwError(() => new TimeoutError(0, 'not-sent', call));
}
