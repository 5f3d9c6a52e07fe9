/** Puts entries into a queue, each exactly once. */

import {
  defer,
  finalize,
  map,
  type Observable,
  of,
  retry,
  switchMap,
  throwError,
  timeout,
} from 'rxjs';
import { awaitable } from '../../client/awaitable.js';
import { refuse } from '../../client/checks.js';
import { type Request } from '../../client/request.js';
import { create } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { ConnectionLossError, TimeoutError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { type RecipeCall } from '../core/options.js';
import { makeParents$ } from '../core/parents.js';
import { beforeRetry$, mayHaveHappened, untilAnswered, writable$ } from '../core/persist.js';
import { type Operations } from '../core/proof.js';
import { type EnqueueOptions, placeToEnqueue } from './queue-options.js';
import { Receipt } from '../core/receipt.js';
import { missingParent } from '../core/refused.js';
import { toUtf8 } from '../core/utf8.js';

/**
 * Puts an entry into a queue, and answers its path. A cold Observable that can also be awaited; the queue is made if it is missing.
 *
 * ```
 * zk           c----s----c---            c connected, s suspended, the reply is lost with the connection
 * enqueue      -----------p|             p path, or null: it is in the queue, and its number was told in the lost reply
 * ```
 *
 * It waits for the connection, and the entry is in the queue exactly once, however often the connection is lost: after a lost
 * reply it finds out by a receipt, an ephemeral znode `entries__receipt__<id>` beside the entries that is made in the same
 * transaction and deleted right after it. What is not promised: that nothing is in the queue when it errs with outcome
 * `'unknown'`, or is unsubscribed before it has answered.
 *
 * @param path - path of the queue; where the entries are below it, see {@link EntryLayout}
 * @param data - bytes, or a text as UTF-8
 * @emits the path of the entry; `null` if the reply that told it was lost
 * @completes when it has emitted
 * @errors `ConnectionLossError { outcome: 'unknown' }` when the session was lost as well, so that nobody can know; `TimeoutError` after
 * `timeoutMs`; the signal's reason; `NoAuthError`; `TransactionError` with `NodeExists` when the numbers are used up and the entry with the
 * last one is still in the queue (see the guide); `AuthFailedError`; `SessionClosedError`; `LimitExceededError` for
 * more than a request holds; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription puts in an entry of its own
 * @example
 * await enqueue(zk, '/jobs', JSON.stringify(job), { priority: 10 });
 */
export function enqueue(
  zk: ZooKeeper,
  path: string,
  data: Uint8Array | string,
  options: EnqueueOptions = {},
): Request<string | null> {
  const put: Put = { items: [data], options, call: { operation: 'enqueue', path } };
  return awaitable(put$(zk, put).pipe(map((paths) => paths?.[0] ?? null)));
}

/**
 * Puts several entries into a queue in one transaction: all of them, in this order and next to each other, or none.
 *
 * ```
 * a       abc                  puts in a, b, c
 * b        d                   puts in d at the same time
 * queue   -(abc)(d)--          never a, d, b, c
 * ```
 *
 * @param path - path of the queue, see {@link enqueue}
 * @param items - bytes, or texts as UTF-8; what fits into one request, about 1 MB in all
 * @emits the paths of the entries, in the order of the items; `null` if the reply that told them was lost
 * @completes when it has emitted
 * @errors as {@link enqueue}
 * @sharing nothing is shared: each subscription puts in entries of its own
 * @example
 * await enqueueAll(zk, '/jobs', ['a', 'b', 'c']);
 */
export function enqueueAll(
  zk: ZooKeeper,
  path: string,
  items: readonly (Uint8Array | string)[],
  options: EnqueueOptions = {},
): Request<readonly string[] | null> {
  return awaitable(put$(zk, { items, options, call: { operation: 'enqueueAll', path } }));
}

interface Put {
  readonly items: readonly (Uint8Array | string)[];
  readonly options: EnqueueOptions;
  readonly call: RecipeCall;
}

function put$(zk: ZooKeeper, { items, options, call }: Put): Observable<readonly string[] | null> {
  return defer(() => {
    const { entries, format, receiptPath } = placeToEnqueue(options, call);
    const prefix = joinPath(entries, format.prefix(options));
    const operations = bytesOf(items, call).map((bytes) =>
      create(prefix, format.pack([bytes]), { sequential: true }),
    );
    if (operations.length === 0) return of([]);
    const { timeoutMs = Infinity, signal, receipt: isProtected = true } = options;
    const receipt = new Receipt(zk, { path: receiptPath(zk.randomId()), call });
    const sent$ = isProtected
      ? receipt.make(operations).pipe(
          map(({ results }) => results),
          finalize(() => {
            receipt.release();
          }),
        )
      : once$(zk, operations, call);
    // What a create answers is its path.
    const paths$ = sent$.pipe(map((results) => (results ?? null) as readonly string[] | null));
    const limited$ =
      timeoutMs === Infinity
        ? paths$
        : paths$.pipe(
            timeout({
              first: timeoutMs,
              scheduler: zk.scheduler,
              with: () =>
                throwError(
                  () =>
                    new TimeoutError(
                      timeoutMs,
                      isProtected && !receipt.inDoubt ? 'not-sent' : 'unknown',
                      call,
                    ),
                ),
            }),
          );
    return limited$.pipe(abortable(signal));
  });
}

/** The transaction, sent again only when it is certain that it was not carried out. */
function once$(
  zk: ZooKeeper,
  operations: Operations,
  call: RecipeCall,
): Observable<readonly unknown[]> {
  return writable$(zk, call).pipe(
    switchMap(() => zk.transaction(operations, untilAnswered)),
    retry({
      delay: (error: unknown) => {
        if (mayHaveHappened(error)) {
          return throwError(() => new ConnectionLossError('unknown', { ...call, cause: error }));
        }
        const parent = missingParent(error, operations);
        return parent === undefined
          ? beforeRetry$(zk, error)
          : makeParents$(zk, parent, { parents: 'persistent', call });
      },
    }),
  );
}

function bytesOf(items: readonly (Uint8Array | string)[], call: RecipeCall): Uint8Array[] {
  // A caller without types may have given anything.
  const given = { option: 'items', value: items as unknown, context: call };
  if (!Array.isArray(given.value)) throw refuse(given, 'a list of bytes or strings');
  return items.map((item) => {
    if (typeof item === 'string') return toUtf8(item);
    if (item instanceof Uint8Array) return item;
    throw refuse({ option: 'data', value: item, context: call }, 'bytes or a string');
  });
}
