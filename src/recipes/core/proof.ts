/** The requests about a receipt: whether it is there and ours, and its delete. The theory of operation is in `receipt.ts`. */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  map,
  type Observable,
  of,
  switchMap,
  takeUntil,
  throwError,
} from 'rxjs';
import { type TransactionOperation } from '../../client/transaction.js';
import { remove } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { type RecipeCall } from './options.js';
import { insist$, sessionOver$, untilAnswered } from './persist.js';
import { isOvertaken } from './refused.js';
import { fromUtf8 } from './utf8.js';

/** Operations of one transaction. */
export type Operations = readonly TransactionOperation[];

/** A transaction that was carried out. */
export interface Proof {
  /** Session that the receipt lives with. */
  readonly sessionId: bigint;
  /** Zxid of the transaction; 0 if it was not asked for. */
  readonly fence: bigint;
  /** What the operations answered; `undefined`: that reply was lost. */
  readonly results: readonly unknown[] | undefined;
}

/** A receipt by its path and the id that is its data. */
export interface ReceiptName {
  readonly path: string;
  readonly id: string;
}

/** What is to go, and what is to be done in the same transaction. */
export interface ReceiptRemoval extends ReceiptName {
  readonly sessionId: bigint;
  readonly operations: Operations;
  readonly call: RecipeCall;
}

/** Emits the proof, or `undefined` if there is no receipt of ours. */
export function lookUpReceipt$(
  zk: ZooKeeper,
  { path, id }: ReceiptName,
): Observable<Proof | undefined> {
  return zk.sync(path, untilAnswered).pipe(
    switchMap(() => zk.get(path, untilAnswered)),
    map(({ data, stat }) =>
      fromUtf8(data) === id
        ? { sessionId: stat.ephemeralOwner, fence: stat.czxid, results: undefined }
        : undefined,
    ),
    catchError((error: unknown) =>
      error instanceof NoNodeError ? of(undefined) : throwError(() => error),
    ),
  );
}

/**
 * Completes when the receipt is gone, its session is over, or the client is closed. Errs, when the receipt is gone all the same, with
 * why the operations were refused. Should the server forbid the delete (NoAuth) it errs too, and the receipt stays as
 * long as its session.
 */
export function removeReceipt$(zk: ZooKeeper, removal: ReceiptRemoval): Observable<unknown> {
  const { path, operations, sessionId, call } = removal;
  let inDoubt = false;
  const send$ = defer((): Observable<unknown> => {
    inDoubt = true;
    return operations.length === 0
      ? zk.delete(path, untilAnswered)
      : zk.transaction([...operations, remove(path)], untilAnswered);
  });
  // Once it is gone, its name may be somebody else's.
  const request = () =>
    inDoubt
      ? lookUpReceipt$(zk, removal).pipe(
          switchMap((found) => (found === undefined ? EMPTY : send$)),
        )
      : send$;
  return insist$<unknown>(zk, { ...call, request }).pipe(
    catchError((error: unknown) => {
      if (error instanceof SessionClosedError) return EMPTY;
      if (operations.length === 0) return isOvertaken(error) ? EMPTY : throwError(() => error);
      const refused$ = throwError(() => error);
      const isGone = error instanceof TransactionError && error.index === operations.length;
      return isGone
        ? refused$
        : concat(removeReceipt$(zk, { ...removal, operations: [] }), refused$);
    }),
    takeUntil(sessionOver$(zk, sessionId)),
  );
}
