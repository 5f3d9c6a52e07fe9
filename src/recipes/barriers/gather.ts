/**
 * How a round begins: whoever sees that all are there makes `ready`.
 *
 * Theory of operation. It is made in a transaction that checks `count` members, so there were that many at that very moment; and that
 * makes sure that it is the first one since they came. For kazoo deletes `ready` as soon as the first member leaves, and another
 * one, made by a member that had seen all of them just before, would be counted as a member by kazoo, and waited for. A
 * `ready` made before the members were listed has been told of before the list came, by the watch. One made since shows
 * in the number of znodes ever made below the barrier, which the stat of the list tells, and which is the number of the next sequential
 * znode: the transaction makes one and removes it by the name that it must have got. Nobody ever sees it.
 */

import {
  catchError,
  EMPTY,
  map,
  type Observable,
  of,
  repeat,
  switchMap,
  take,
  throwError,
} from 'rxjs';
import { check, create, remove } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { errorCodes } from '../../errors/codes.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { type BarrierRound } from './barrier-round.js';
import { type RecipeCall } from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';

/** Who wants a round to begin. */
export interface Gathering {
  readonly round: BarrierRound;
  /** Name of the own znode. */
  readonly own: string;
  readonly count: number;
  readonly call: RecipeCall;
}

const sequenceDigits = 10;

/** Emits whether all were there, so that `ready` is made by now, by us or by somebody else. */
export function gather$(zk: ZooKeeper, gathering: Gathering): Observable<boolean> {
  const { round, own, count, call } = gathering;
  const request = () => {
    // A number that was not the next one although nothing had been made: the counter has come to its end.
    let missed: number | undefined;
    const begin$ = round.listing$().pipe(
      switchMap(({ names, made }): Observable<boolean> => {
        if (names.length < count || !names.includes(own)) return of(false);
        const others = names.filter((name) => name !== own).slice(0, count - 1);
        const checks = [own, ...others].map((name) => check(round.pathOf(name)));
        const ready = create(round.ready);
        // Behind the create, which would be the next one otherwise.
        const unchanged = made === missed ? [] : nothingMadeSince(round, made + 1);
        return zk.transaction([...checks, ready, ...unchanged], untilAnswered).pipe(
          map(() => true),
          catchError((error: unknown) => {
            if (!(error instanceof TransactionError)) return throwError(() => error);
            if (error.code === errorCodes.NodeExists) return of(true);
            if (error.code !== errorCodes.NoNode) return throwError(() => error);
            if (error.index > checks.length) missed = made;
            // Somebody has come or gone since they were listed: list again.
            return EMPTY;
          }),
        );
      }),
    );
    return begin$.pipe(repeat(), take(1));
  };
  return persist$(zk, { ...call, request });
}

/** Goes through only if the next sequential znode below the barrier has this number; leaves nothing. */
function nothingMadeSince(round: BarrierRound, next: number) {
  const path = `${round.ready}-`;
  const number = String(next).padStart(sequenceDigits, '0');
  return [create(path, null, { sequential: true }), remove(path + number)] as const;
}
