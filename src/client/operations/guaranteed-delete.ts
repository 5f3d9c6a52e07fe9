/**
 * `guaranteed: true`: a delete that goes on until the server has confirmed it, whether anybody still waits for it or not.
 *
 * It waits for connections, outlives sessions, and is sent again when its answer was lost; then NoNode means that the
 * first one came through. It ends with the answer of the server, or with the client.
 */

import {
  catchError,
  defer,
  type Observable,
  of,
  ReplaySubject,
  retry,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { ZooKeeperError } from '../../errors/base.js';
import {
  ConnectionLossError,
  InvalidOptionError,
  LimitExceededError,
  TimeoutError,
} from '../../errors/client-errors.js';
import { errorCodes } from '../../errors/codes.js';
import { NoNodeError, ServerError } from '../../errors/server-error.js';
import { abortable } from '../../rx/abortable.js';
import { OneShot } from '../one-shot.js';
import { type Shot } from '../request-kind.js';
import { checkRequestOptions } from '../request-options.js';
import { type DeleteInput, deleteKind } from './writes.js';

const untilAnswered = { timeoutMs: Infinity } as const;
// After a connected server, or a full queue, has said "not now".
const refusalPauseMs = 1000;

const refusedForNow: ReadonlySet<number> = new Set([
  errorCodes.ConnectionLoss,
  errorCodes.OperationTimeout,
  errorCodes.SessionExpired,
  errorCodes.SessionMoved,
  errorCodes.NotReadOnly,
  errorCodes.RequestTimeout,
  errorCodes.ThrottledOp,
]);

/** Emits once, when the server has confirmed. Unsubscribed, aborted or out of time before that, it goes on. */
export function guaranteedDelete(shot: Shot<DeleteInput>): Observable<void> {
  return defer(() => {
    const { host, options } = shot;
    const context = { operation: 'delete', path: shot.path };
    checkRequestOptions(deleteKind, shot);
    deleteKind.encode(shot);
    if (shot.input.recursive === true) {
      throw new InvalidOptionError('guaranteed', 'is not possible with recursive', context);
    }
    const signal = options?.signal;
    if (signal?.aborted === true) return throwError((): unknown => signal.reason);
    const outcome$ = new ReplaySubject<void>(1);
    untilConfirmed(shot).subscribe({
      next: () => {
        outcome$.next();
      },
      error: (error: unknown) => {
        if (!outcome$.observed && error instanceof ZooKeeperError) host.report(error);
        outcome$.error(error);
      },
      complete: () => {
        outcome$.complete();
      },
    });
    return inTime(outcome$, shot).pipe(abortable(signal));
  });
}

/** Errs with the refusal of a connected server, or when the client is closed. */
function untilConfirmed(shot: Shot<DeleteInput>): Observable<void> {
  return defer(() => {
    let again = shot.input.idempotent === true;
    const request = new OneShot(deleteKind, { ...shot, options: untilAnswered });
    return request.pipe(
      retry({
        delay: (error: unknown) => {
          const wait$ = beforeRetry(error, shot);
          again = true;
          return wait$;
        },
      }),
      catchError((error: unknown) => {
        if (again && error instanceof NoNodeError) return of(undefined);
        throw error;
      }),
    );
  });
}

/** Emits when it may be sent again. Throws the error if it must not be. */
function beforeRetry(error: unknown, { host }: Shot<DeleteInput>): Observable<unknown> {
  // The next one waits for the connection.
  if (error instanceof ConnectionLossError) return of(true);
  const notNow =
    error instanceof LimitExceededError ||
    (error instanceof ServerError && refusedForNow.has(error.code));
  if (!notNow) throw error;
  return timer(refusalPauseMs, host.scheduler);
}

function inTime(
  outcome$: Observable<void>,
  { host, options, path }: Shot<DeleteInput>,
): Observable<void> {
  const timeoutMs = options?.timeoutMs ?? host.requestTimeoutMs;
  if (timeoutMs === Infinity) return outcome$;
  const late = () => new TimeoutError(timeoutMs, 'unknown', { operation: 'delete', path });
  return outcome$.pipe(
    timeout({ first: timeoutMs, scheduler: host.scheduler, with: () => throwError(late) }),
  );
}
