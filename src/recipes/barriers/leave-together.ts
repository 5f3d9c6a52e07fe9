/**
 * How the members of a double barrier leave together.
 *
 * Theory of operation. As kazoo and Curator do it: the member whose name is the lowest stays until the others are gone,
 * waiting for the highest; each of the others deletes its znode and waits for the lowest. So one departure wakes one member, and the
 * last one all. Only members of the round count: those of the next may be there already. The last one deletes `ready` together
 * with its own znode. Should the lowest die, the next lowest takes its place; should that have been all, somebody else takes
 * `ready` away.
 */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  repeat,
  switchMap,
  take,
  throwError,
} from 'rxjs';
import { remove } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { firstToComplete$ } from '../../rx/first-to-complete.js';
import { type BarrierRound } from './barrier-round.js';
import { type RecipeCall } from '../core/options.js';
import { type OwnNode } from '../core/own-node.js';
import { persist$, sessionOver$, untilAnswered } from '../core/persist.js';
import { type ProtectedNode } from '../core/protected-node.js';

/** A member that leaves. */
export interface Leaving {
  readonly zk: ZooKeeper;
  readonly round: BarrierRound;
  readonly node: ProtectedNode;
  readonly own: OwnNode;
  /** Members of the round are older than this. */
  readonly began: bigint;
  readonly call: RecipeCall;
}

/** Completes when all of the round have left. Unsubscribing before leaves at once, alone. */
export function leaveTogether$(leaving: Leaving): Observable<never> {
  const { round, node, own } = leaving;
  return defer(() => {
    // Once given up it counts as gone, even if the server should forbid the delete.
    let present = true;
    const step$ = round.names$().pipe(
      switchMap((names) => {
        present &&= names.includes(own.name);
        if (!present) return afterOthers$(leaving, names);
        return isLowest$(leaving, names).pipe(
          switchMap((lowest) => {
            if (lowest) return lastOfAll$(leaving, names);
            present = false;
            node.release();
            return node.released$;
          }),
        );
      }),
    );
    return step$.pipe(repeat(), take(1), ignoreElements());
  }).pipe(
    untilClosed(),
    finalize(() => {
      node.release();
    }),
  );
}

/** Completes when the client is closed: then there is nothing to wait for. */
export function untilClosed<T>(): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) =>
    error instanceof SessionClosedError ? EMPTY : throwError(() => error),
  );
}

function isLowest$({ round, own, began }: Leaving, names: readonly string[]): Observable<boolean> {
  const lower = names.slice(0, names.indexOf(own.name));
  return round.firstOlder$(lower, began).pipe(map((name) => name === undefined));
}

/** The lowest: completes when it is time to look again. */
function lastOfAll$(leaving: Leaving, names: readonly string[]): Observable<never> {
  const { zk, round, node, own, began, call } = leaving;
  const others = names.filter((name) => name !== own.name).reverse();
  return round.firstOlder$(others, began).pipe(
    switchMap((highest) => {
      if (highest !== undefined) {
        return firstToComplete$([
          zk.deleted$(round.pathOf(highest)),
          node.gone$(),
          sessionOver$(zk, own.sessionId),
        ]);
      }
      const request = () =>
        zk.transaction([remove(round.pathOf(own.name)), remove(round.ready)], untilAnswered);
      const together$ = persist$<unknown>(zk, { ...call, request }).pipe(
        // One of the two was not there: ours after a lost reply, `ready` if kazoo has deleted it.
        catchError((error: unknown) =>
          error instanceof TransactionError ? EMPTY : throwError(() => error),
        ),
        ignoreElements(),
      );
      return concat(
        together$,
        defer(() => {
          node.release();
          return node.released$;
        }),
      );
    }),
  );
}

/** Emits when nobody of the round is there any more; else completes when it is time to look again. */
function afterOthers$(
  { zk, round, own, began }: Leaving,
  names: readonly string[],
): Observable<unknown> {
  const others = names.filter((name) => name !== own.name);
  return round.firstOlder$(others, began).pipe(
    switchMap((lowest) => {
      if (lowest !== undefined) return zk.deleted$(round.pathOf(lowest));
      return round
        .began$()
        .pipe(
          switchMap((now) => (now !== undefined && now <= began ? round.sweep$(now) : of(true))),
        );
    }),
  );
}
