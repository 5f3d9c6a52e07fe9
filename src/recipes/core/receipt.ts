/**
 * An ephemeral znode that proves that a transaction was carried out: it is made in the same transaction.
 *
 * Theory of operation. The entries of a queue have names that the server chooses, or that others chose, so they cannot
 * hold an id of ours: when the reply to a create or a delete is lost, the entry does not tell whose doing it was. So the
 * transaction also makes a znode whose data is a random id. After a lost reply that znode is read (behind a `sync`):
 *
 * | the receipt                                         | the transaction               | then                          |
 * |-----------------------------------------------------|-------------------------------|-------------------------------|
 * | is there, with our id                               | was carried out               | proven; the results are not known |
 * | is not, and the session that it would live with is  | was not                       | it is sent again              |
 * | is not, and that session is over                    | may have been                 | `ConnectionLossError`, outcome unknown |
 *
 * Where a receipt has the name of an entry and all consumers look for it, it is the *mark* of who has the entry.
 *
 * A receipt outlives the subscription that asked for it, see `own-life.ts`. It is deleted in one transaction with more
 * operations if that is wished. Its name may be somebody else's the moment it is free, so it is never deleted twice: after a
 * lost reply it is read first. Nor is anything done after the session that it belongs to: then the server has deleted it.
 */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  map,
  merge,
  type Observable,
  of,
  switchMap,
  take,
  throwError,
} from 'rxjs';
import { create } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { ConnectionLossError, SessionExpiredError } from '../../errors/client-errors.js';
import { gone$ } from './gone.js';
import { type RecipeCall } from './options.js';
import { OwnLife } from './own-life.js';
import { makeParents$ } from './parents.js';
import {
  beforeRetry$,
  insist$,
  isWritable,
  sessionOver$,
  untilAnswered,
  writable$,
} from './persist.js';
import { lookUpReceipt$, type Operations, type Proof, removeReceipt$ } from './proof.js';
import { missingParent } from './refused.js';

/** What is made. */
export interface ReceiptOptions {
  readonly path: string;
  /** Whether the zxid must be known also from a server that does not tell it in its reply (before 3.8.2). */
  readonly fenced?: boolean;
  /**
   * Whether the operations are about what has just been read: then they are sent at once or not at all, and never again. A name may
   * be another znode's by then (its parent was removed and counts anew, its counter has come to its end), and look the same.
   */
  readonly fresh?: boolean;
  readonly call: RecipeCall;
}

/** One receipt's life: `make` once, `release` once or more often. */
export class Receipt {
  private readonly id: string;
  private readonly life = new OwnLife<Proof>((proof) => this.remove$(proof));
  private sessionId = 0n;
  /** What to do together with the delete, once it is released. */
  private last: Operations = [];
  private failure: unknown;
  private sent = false;

  /** Completes when the receipt is certain to be gone; replays its completion. */
  readonly released$ = this.life.released$;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: ReceiptOptions,
  ) {
    this.id = zk.randomId();
  }

  /**
   * Carries the operations out, once. Errs with `TransactionError` if they are refused; a znode that a create of them lacks
   * above it is made. Completes without having emitted if it was not carried out and must not be sent again. Unsubscribing alone stops nothing: `release` does.
   */
  make(operations: Operations): Observable<Proof> {
    const attempts$ = this.life.attempts$({
      attempt$: () => this.attempt$(operations),
      beforeNext$: (error) => this.beforeNext$(error, operations),
    });
    return this.life.begin(
      attempts$.pipe(
        map((proof) => {
          if (proof === undefined) throw new ConnectionLossError('unknown', this.options.call);
          return proof;
        }),
      ),
    );
  }

  /** From sending the transaction to a definite answer. */
  get inDoubt(): boolean {
    return this.life.inDoubt;
  }

  /** Gives it up, whatever stage it is in; if it was made, together with these operations. */
  release(operations: Operations = []): void {
    if (!this.life.isReleasing) this.last = operations;
    this.life.release();
  }

  /** Completes as `released$`; errs instead if the operations of the release were refused, after the receipt was deleted. */
  settled$(): Observable<never> {
    return concat(
      this.released$,
      defer(() => (this.failure === undefined ? EMPTY : throwError(() => this.failure))),
    );
  }

  /** Completes when the receipt that was made is gone, whoever deleted it. */
  gone$(): Observable<never> {
    return gone$(this.zk, this.options.path, this.released$);
  }

  /** Emits `undefined` if nobody can know any more whether the operations were carried out. */
  private attempt$(operations: Operations): Observable<Proof | undefined> {
    if (!this.life.inDoubt) return this.send$(operations);
    const { path, call } = this.options;
    const request = () => lookUpReceipt$(this.zk, { path, id: this.id });
    return insist$(this.zk, { ...call, request }).pipe(
      switchMap((found) => {
        // In the session that it would live with, its absence proves something; after that, it does not.
        if (found !== undefined || this.zk.session?.id !== this.sessionId) return of(found);
        this.life.inDoubt = false;
        return this.send$(operations);
      }),
    );
  }

  private send$(operations: Operations): Observable<Proof> {
    const { zk } = this;
    const { path, fenced = false, fresh = false, call } = this.options;
    const isStale = fresh && (this.sent || !isWritable(zk.state));
    if (this.life.isReleasing || isStale) return EMPTY;
    return writable$(zk, call).pipe(
      switchMap(() => {
        const { state } = zk;
        this.sessionId = state.status === 'connected' ? state.sessionId : 0n;
        this.life.inDoubt = true;
        this.sent = true;
        const receipt = fenced
          ? create(path, this.id, { mode: 'ephemeral', withStat: true })
          : create(path, this.id, { mode: 'ephemeral' });
        // Not in a later session: after it, nobody would know whose the receipt was.
        return merge(
          zk.transaction([...operations, receipt], untilAnswered),
          sessionOver$(zk, this.sessionId).pipe(
            switchMap(() => throwError(() => new SessionExpiredError(call))),
          ),
        ).pipe(
          take(1),
          // A lost reply, as far as this transaction goes.
          catchError((error: unknown) =>
            throwError(() =>
              error instanceof SessionExpiredError
                ? new ConnectionLossError('unknown', { ...call, cause: error })
                : error,
            ),
          ),
        );
      }),
      map((results) => this.proofOf(results)),
    );
  }

  private proofOf(results: readonly unknown[]): Proof {
    // The receipt's own result: with the stat, if that was asked for.
    const receipt = results.at(-1) as { readonly stat?: { readonly czxid: bigint } };
    return {
      sessionId: this.sessionId,
      fence: receipt.stat?.czxid ?? 0n,
      results: results.slice(0, -1),
    };
  }

  private beforeNext$(error: unknown, operations: Operations): Observable<unknown> {
    const { call, path } = this.options;
    const parent = missingParent(error, [...operations, create(path)]);
    if (parent !== undefined) return makeParents$(this.zk, parent, { parents: 'persistent', call });
    return beforeRetry$(this.zk, error);
  }

  private remove$({ sessionId }: Proof): Observable<unknown> {
    const { path, call } = this.options;
    const target = { path, id: this.id, sessionId, operations: this.last, call };
    return removeReceipt$(this.zk, target).pipe(
      catchError((error: unknown) => {
        this.failure = error;
        return EMPTY;
      }),
    );
  }
}
