/** Takes entries out of a queue, each at most once. */

import {
  catchError,
  defer,
  EMPTY,
  finalize,
  map,
  type Observable,
  repeat,
  switchMap,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { ConnectionLossError, SessionClosedError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { EntryPicker } from './entry-picker.js';
import { type RecipeCall } from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { type ReadEntry, readEntry$ } from './queue-entry.js';
import { type EntryName } from './queue-layout.js';
import {
  type DequeueOptions,
  placeToDequeue,
  type QueueEntry,
  type QueuePlace,
} from './queue-options.js';
import { Receipt } from '../core/receipt.js';
import { isOvertaken } from '../core/refused.js';
import { within } from '../core/within.js';

/**
 * Takes entries out of a queue and emits them, one after the other, each at most once: it is out of the queue before it is emitted.
 *
 * ```
 * queue      ab-----c---                 entries put in
 * dequeue$   -a-b----c--                 each out of the queue when it is emitted
 * ```
 *
 * The lowest priority comes first, then the oldest; of several consumers each may take one of the first few. It waits for entries
 * in a line, as {@link consume$} does, rides out lost connections, and finds out after a lost reply whether the entry is ours. An entry is taken only when
 * the subscriber has returned from the one before; for one at a time, `take(1)` and `repeat()` around the work, or {@link consume$}.
 * Unsubscribing in the middle of a take puts the entry back in its place.
 * What is not promised: that an entry is processed. Whoever ends between the take and the emission (its process dies, its client is
 * closed, its session is lost together with the reply) takes the entry with him; nor is it put back if its name was given to another
 * meanwhile (the numbers are used up, see the guide). {@link consume$} loses none.
 *
 * @param path - path of the queue, see {@link enqueue}
 * @emits each {@link QueueEntry} that was taken
 * @completes when the client is closed
 * @errors `ConnectionLossError { outcome: 'unknown' }` when the reply and the session were lost and the entry that it names is gone:
 * `retry()` goes on with the next; `TimeoutError` after `waitMs` without a first entry; `DecodeError` for an entry that is not of this
 * layout, which stays; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription takes for itself
 * @example
 * dequeue$(zk, '/jobs').subscribe(({ data }) => handle(data));
 */
export function dequeue$(
  zk: ZooKeeper,
  path: string,
  options: DequeueOptions = {},
): Observable<QueueEntry> {
  return defer(() => {
    const call = { operation: 'dequeue$', path };
    const place = placeToDequeue(options, call);
    const picker = new EntryPicker(zk, { place, once: options.waitMs === 0, call });
    const prepared$ = (name: EntryName) => readOne$(zk, { place, picker, call, name });
    return picker.next$(prepared$).pipe(
      switchMap((take) => takeOne$(zk, take)),
      repeat(),
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
      within(zk, options, call),
    );
  });
}

interface Take {
  readonly place: QueuePlace;
  readonly picker: EntryPicker;
  readonly name: EntryName;
  readonly call: RecipeCall;
}

interface ReadTake extends Take {
  readonly read: ReadEntry;
}

/** Reads the entry that is to be taken; completes without it if it is gone. */
function readOne$(zk: ZooKeeper, take: Take): Observable<ReadTake> {
  return readEntry$(zk, take).pipe(
    map((read) => ({ ...take, read })),
    catchError((error: unknown) => {
      take.picker.list.done(take.name);
      return overtaken$(take, error);
    }),
  );
}

/** Emits the entry if it could be taken, and completes. */
function takeOne$(zk: ZooKeeper, take: ReadTake): Observable<QueueEntry> {
  const { picker, name, read } = take;
  const { problem } = read;
  return (problem === undefined ? taken$(zk, take) : throwError(() => problem)).pipe(
    catchError((error: unknown) => overtaken$(take, error)),
    finalize(() => {
      picker.list.done(name);
    }),
  );
}

/** Completes if somebody else was faster; else errs with the error. */
function overtaken$({ picker }: Take, error: unknown): Observable<never> {
  if (!isOvertaken(error)) return throwError(() => error);
  picker.list.tooLate();
  return EMPTY;
}

function taken$(
  zk: ZooKeeper,
  { place, picker, name, call, read }: ReadTake,
): Observable<QueueEntry> {
  const { entry, czxid, takeOut, putBack } = read;
  const { marks, receiptPath } = place;
  const path = marks === undefined ? receiptPath(zk.randomId()) : joinPath(marks, name.name);
  const receipt = new Receipt(zk, { path, fresh: true, call: { ...call, path: entry.path } });
  let emitted = false;
  return receipt.make([takeOut]).pipe(
    map(() => {
      emitted = true;
      picker.list.inTime();
      return entry;
    }),
    catchError((error: unknown) => {
      if (!(error instanceof ConnectionLossError)) return throwError(() => error);
      return stillThere$(zk, { path: entry.path, czxid, call }).pipe(
        switchMap((isThere) => (isThere ? EMPTY : throwError(() => error))),
      );
    }),
    finalize(() => {
      if (!emitted) picker.list.drop();
      receipt.release(emitted ? [] : [putBack]);
    }),
  );
}

interface Doubtful {
  readonly path: string;
  readonly czxid: bigint;
  readonly call: RecipeCall;
}

function stillThere$(zk: ZooKeeper, { path, czxid, call }: Doubtful): Observable<boolean> {
  const request = () =>
    zk.sync(path, untilAnswered).pipe(switchMap(() => zk.exists(path, untilAnswered)));
  return persist$(zk, { ...call, request }).pipe(map((stat) => stat?.czxid === czxid));
}
