/**
 * How the recipes' own requests outlive connections and sessions: they wait for a connection that takes writes, and are
 * sent again when the answer was lost. Nothing is polled: each new try waits for the connection, and only a refusal of a
 * connected server ("not now") is followed by a pause.
 */

import {
  defer,
  endWith,
  filter,
  type Observable,
  of,
  retry,
  switchMap,
  take,
  tap,
  throwError,
  throwIfEmpty,
  timer,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { type ErrorContext } from '../../errors/base.js';
import {
  AuthFailedError,
  ConnectionLossError,
  LimitExceededError,
  SessionClosedError,
  SessionExpiredError,
  TimeoutError,
} from '../../errors/client-errors.js';
import { errorCodes } from '../../errors/codes.js';
import { ServerError } from '../../errors/server-error.js';

/** A recipe's own requests have no time limit of their own: the recipe's `waitMs` and its subscription bound them. */
export const untilAnswered = { timeoutMs: Infinity } as const;

/** Pause after a connected server has said "not now". */
export const refusalPauseMs = 1000;

const refusedForNow: ReadonlySet<number> = new Set([
  errorCodes.ConnectionLoss,
  errorCodes.OperationTimeout,
  errorCodes.SessionMoved,
  errorCodes.NotReadOnly,
  errorCodes.RequestTimeout,
  errorCodes.ThrottledOp,
]);

type State = ZooKeeper['state'];

/** Emits once as soon as there is a connection that takes writes; errs when there never will be one. */
export function writable$(zk: ZooKeeper, context: ErrorContext): Observable<unknown> {
  return defer(() => {
    if (isWritable(zk.state)) return of(true);
    return zk.state$.pipe(
      tap((state) => {
        if (state.status === 'authFailed') {
          throw new AuthFailedError(state.scheme, { ...context, cause: state.cause });
        }
      }),
      filter(isWritable),
      take(1),
      // The states end only when the client is closed.
      throwIfEmpty(() => new SessionClosedError(context)),
    );
  });
}

/** Emits once as soon as a session is not the client's current one any more (or the client is closed). */
export function sessionOver$(zk: ZooKeeper, sessionId: bigint): Observable<unknown> {
  return zk.state$.pipe(
    endWith(undefined),
    filter((state) => state === undefined || !isAlive(state, sessionId)),
    take(1),
  );
}

/** A request that may be repeated. */
export interface Repeatable<T> extends ErrorContext {
  readonly request: () => Observable<T>;
}

/** Sends a request as soon as there is a connection, and again until it is answered. */
export function persist$<T>(zk: ZooKeeper, repeatable: Repeatable<T>): Observable<T> {
  return writable$(zk, repeatable).pipe(
    switchMap(repeatable.request),
    retry({ delay: (error) => beforeRetry$(zk, error) }),
  );
}

/** As {@link persist$}, also over times in which the client takes no more requests: those pass. */
export function insist$<T>(zk: ZooKeeper, repeatable: Repeatable<T>): Observable<T> {
  return persist$(zk, repeatable).pipe(
    retry({
      delay: (error: unknown) =>
        error instanceof LimitExceededError
          ? timer(refusalPauseMs, zk.scheduler)
          : throwError(() => error),
    }),
  );
}

/** Emits when a failed request may be tried again; errs with its error if it must not be. */
export function beforeRetry$(zk: ZooKeeper, error: unknown): Observable<unknown> {
  if (
    error instanceof ConnectionLossError ||
    error instanceof SessionExpiredError ||
    error instanceof TimeoutError
  ) {
    return of(true);
  }
  if (error instanceof ServerError && refusedForNow.has(error.code)) {
    return timer(refusalPauseMs, zk.scheduler);
  }
  return throwError(() => error);
}

/** Whether a failed request may have been carried out all the same. */
export function mayHaveHappened(error: unknown): boolean {
  return (
    (error instanceof ConnectionLossError || error instanceof TimeoutError) &&
    error.outcome === 'unknown'
  );
}

/** Whether requests that change something can be sent at this moment. */
export function isWritable(state: State): boolean {
  return state.status === 'connected' && !state.readOnly;
}

function isAlive(state: State, sessionId: bigint): boolean {
  return (
    (state.status === 'connected' || state.status === 'suspended') && state.sessionId === sessionId
  );
}
