/** Processes the entries of a queue, each at least once: under a mark, and out of the queue only when it is done. */

import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  merge,
  mergeMap,
  type Observable,
  of,
  range,
  Subject,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { abortable } from '../../rx/abortable.js';
import { EntryPicker } from './entry-picker.js';
import { processEntry$, type QueueProject } from './process-entry.js';
import { type ConsumeOptions, placeToConsume } from './queue-options.js';

/**
 * Processes the entries of a queue: each is marked as taken, given to the project, and out of the queue when that completes.
 *
 * ```
 * queue       a--b-----------            entries put in
 * project     -1-2|   -3|                a is done: entry and mark go in one transaction; then b
 * consume$    -1-2-----3-----
 * ```
 *
 * The lowest priority comes first, then the oldest. When the project errs, the entry is back in its place in the queue, and this
 * consumer leaves it alone for `retryDelayMs`; `onError` is told, and may have it removed. When the process dies or the session is
 * lost, the server takes the mark away, and another consumer has the entry. When the lease is lost, the project is unsubscribed
 * synchronously, before anybody sees the state of the connection. Unsubscribing gives back what is not done; an entry is done when
 * its project completes, so `take(1)` on the results gives back the entry whose first result it took.
 *
 * Each entry is processed at least once, and exactly once while no lease is lost. What is not promised: that a process that was
 * paused has stopped before another has the entry; ask `lease.valid()`, and give `lease.fence` to what the work changes.
 *
 * Idle consumers stand in a line, whose first one watches the queue: an entry costs the same, however many they are. The second takes
 * what the first leaves for 100 ms; if both are frozen or dead, entries wait until one wakes up or its session ends.
 *
 * @param path - path of the queue, see {@link enqueue}
 * @param project - makes the work for an entry; what it throws is an error of the work
 * @emits what the project emits, of all entries in work
 * @completes when the client is closed
 * @errors with what `onError` throws; never for an error of the project or a lost lease; the signal's reason; `NoAuthError`;
 * `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a consumer of its own
 * @example
 * consume$(zk, '/jobs', ({ data }) => handle$(data), { concurrency: 4 }).subscribe();
 */
export function consume$<R>(
  zk: ZooKeeper,
  path: string,
  project: QueueProject<R>,
  options: ConsumeOptions = {},
): Observable<R> {
  return defer(() => {
    const call = { operation: 'consume$', path };
    const place = placeToConsume(options, call);
    const picker = new EntryPicker(zk, { place, once: false, call });
    const consumer = { place, picker, project, options, call };
    // Each free place asks for one entry, and again when it is free the next time.
    const free$ = new Subject<void>();
    return merge(range(0, options.concurrency ?? 1), free$).pipe(
      concatMap(() => picker.next$((name) => of(name))),
      mergeMap((name) => {
        return concat(
          processEntry$(zk, consumer, name),
          defer(() => {
            picker.list.done(name);
            free$.next();
            return EMPTY;
          }),
        );
      }),
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
      abortable(options.signal),
    );
  });
}
