/**
 * A persistent znode that says what it is told to, for as long as it is wanted.
 *
 * Writing it again is writing it: after a lost reply that is what is done, and whoever stands there is written over (an
 * ephemeral znode, which would not stay, is replaced). It is not watched: an operator who deletes it wants it to be gone.
 */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  endWith,
  finalize,
  ignoreElements,
  NEVER,
  type Observable,
  of,
  retry,
  switchMap,
  take,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { create, remove } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LimitExceededError, SessionClosedError } from '../../errors/client-errors.js';
import { BadVersionError, NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { parentPath } from '../../path.js';
import { latestMap } from '../../rx/latest-map.js';
import { type RecipeCall } from '../core/options.js';
import { type AncestorMode } from '../../client/znode.js';
import { makeParents$ } from '../core/parents.js';
import { persist$, refusalPauseMs, untilAnswered } from '../core/persist.js';

/** What is kept, and how. */
export interface StaticEntryOptions {
  /** What it says: made with the first; the newest is written. */
  readonly data$: Observable<Uint8Array>;
  /** Whether it stays when the subscription ends. */
  readonly leave: boolean;
  readonly parents: AncestorMode;
  /** The path is that of the znode. */
  readonly call: RecipeCall;
}

/**
 * Emits each time the znode has been written. Completes when the client is closed; errs when a request is refused, or with the
 * error of `data$`. Unsubscribing deletes the znode in the background, if it is not to be left.
 */
export function staticEntry$(zk: ZooKeeper, options: StaticEntryOptions): Observable<unknown> {
  return defer(() => {
    const { data$, leave, call } = options;
    let wasSent = false;
    const write$ = (data: Uint8Array) => {
      wasSent = true;
      return persist$(zk, { ...call, request: () => put$(zk, options, data) });
    };
    const closed$ = zk.state$.pipe(ignoreElements(), endWith(true));
    // When there is nothing more to say, the entry stays.
    return concat(data$, NEVER).pipe(
      latestMap(write$),
      catchError(endWithClient),
      finalize(() => {
        if (wasSent && !leave) deleteFor(zk, call);
      }),
      takeUntil(closed$),
    );
  });
}

function endWithClient(error: unknown): Observable<never> {
  return error instanceof SessionClosedError ? EMPTY : throwError(() => error);
}

function put$(zk: ZooKeeper, options: StaticEntryOptions, data: Uint8Array): Observable<unknown> {
  const { parents, call } = options;
  const { path } = call;
  const again$ = () => put$(zk, options, data);
  return zk.set(path, data, untilAnswered).pipe(
    switchMap(({ ephemeralOwner, version }) => {
      if (ephemeralOwner === 0n) return of(true);
      const instead = [remove(path, { version }), create(path, data)] as const;
      return zk.transaction(instead, untilAnswered);
    }),
    catchError((error: unknown) => {
      const plain = error instanceof TransactionError ? error.errors[error.index] : error;
      if (plain instanceof BadVersionError) return again$();
      if (!(plain instanceof NoNodeError)) return throwError(() => plain ?? error);
      return zk.create(path, data, untilAnswered).pipe(
        catchError((refused: unknown) => {
          if (refused instanceof NodeExistsError) return again$();
          if (!(refused instanceof NoNodeError)) return throwError(() => refused);
          const parents$ = makeParents$(zk, parentPath(path), { parents, call });
          return parents$.pipe(take(1), switchMap(again$));
        }),
      );
    }),
  );
}

function deleteFor(zk: ZooKeeper, call: RecipeCall): void {
  persist$(zk, { ...call, request: () => zk.delete(call.path, untilAnswered) })
    .pipe(
      retry({
        delay: (error: unknown) =>
          // The client's queue is full: that passes.
          error instanceof LimitExceededError
            ? timer(refusalPauseMs, zk.scheduler)
            : throwError(() => error),
      }),
    )
    // Gone, or nothing that this client could do about it.
    .subscribe({ error: () => undefined });
}
