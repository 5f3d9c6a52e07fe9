/** One entry of a queue in work: marked, read, given to the project under a lease, and removed or given back. */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  map,
  type Observable,
  type ObservableInput,
  switchMap,
  tap,
  throwError,
} from 'rxjs';
import { type Lease } from '../../client/lease.js';
import { check } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { ConnectionLossError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { type EntryPicker } from './entry-picker.js';
import { type RecipeCall } from '../core/options.js';
import { ownLease$ } from '../held/own-lease.js';
import { type Proof } from '../core/proof.js';
import { type ReadEntry, readEntry$ } from './queue-entry.js';
import { type EntryName } from './queue-layout.js';
import { type ConsumeOptions, type QueueEntry, type QueuePlace } from './queue-options.js';
import { Receipt } from '../core/receipt.js';
import { isOvertaken } from '../core/refused.js';
import { whileHeld } from '../held/while-held.js';

/** What processes an entry. */
export type QueueProject<R> = (entry: QueueEntry, lease: Lease) => ObservableInput<R>;

/** Who processes entries, and how. */
export interface Consumer<R> {
  readonly place: QueuePlace & { readonly marks: string };
  readonly picker: EntryPicker;
  readonly project: QueueProject<R>;
  readonly options: ConsumeOptions;
  readonly call: RecipeCall;
}

interface Claim {
  readonly name: EntryName;
  readonly mark: Receipt;
  readonly proof: Proof;
  readonly read: ReadEntry;
}

const defaultRetryDelayMs = 1000;

/** Emits what the project emits; completes when the entry is removed, given back or somebody else's. */
export function processEntry$<R>(
  zk: ZooKeeper,
  consumer: Consumer<R>,
  name: EntryName,
): Observable<R> {
  return defer(() => {
    const { place, picker, call } = consumer;
    const path = joinPath(place.marks, name.name);
    const mark = new Receipt(zk, { path, fenced: true, call });
    const claim$ = mark.make([check(joinPath(place.entries, name.name))]).pipe(
      switchMap((proof) => {
        picker.list.inTime();
        return readEntry$(zk, { place, name, call }).pipe(
          map((read): Claim => ({ name, mark, proof, read })),
        );
      }),
      catchError((error: unknown) => {
        // The mark of a session that is over is nobody's.
        if (error instanceof ConnectionLossError) return EMPTY;
        if (!isOvertaken(error)) return throwError(() => error);
        picker.list.tooLate();
        return EMPTY;
      }),
    );
    return claim$.pipe(
      switchMap((claim) => work$(zk, consumer, claim)),
      finalize(() => {
        mark.release();
      }),
    );
  });
}

function work$<R>(zk: ZooKeeper, consumer: Consumer<R>, claim: Claim): Observable<R> {
  const { place, options, call } = consumer;
  const { name, mark, proof, read } = claim;
  let isDone = false;
  let loss: unknown;
  const done = () => {
    isDone = true;
  };
  const { giveUp = 'lease' } = options;
  const { operation } = call;
  const own = { ...proof, name: name.name };
  const lease$ = ownLease$(zk, { root: place.marks, own, node: mark, giveUp, operation }).pipe(
    tap({
      error: (error: unknown) => {
        loss = error;
      },
    }),
    finalize(() => {
      mark.release(isDone ? [read.takeOut] : []);
    }),
  );
  const held$ = lease$.pipe(whileHeld((lease) => projected$(consumer, claim, { lease, done })));
  return concat(
    // A lost lease is no error: the entry is somebody else's now.
    held$.pipe(catchError((error: unknown) => (error === loss ? EMPTY : throwError(() => error)))),
    settled$(mark),
  );
}

/** The work itself; what it errs with is the hook's affair. */
function projected$<R>(
  { project, options, picker }: Consumer<R>,
  { name, read }: Claim,
  { lease, done }: { readonly lease: Lease; readonly done: () => void },
): Observable<R> {
  const { onError, retryDelayMs = defaultRetryDelayMs } = options;
  const { entry, problem } = read;
  const project$ =
    problem === undefined ? defer(() => project(entry, lease)) : throwError(() => problem);
  return project$.pipe(
    tap({ complete: done }),
    catchError((error: unknown) => {
      picker.list.leaveAlone(name, retryDelayMs);
      if (onError?.(error, entry) === 'remove') done();
      return EMPTY;
    }),
  );
}

/** Completes when the mark is gone, whoever took the entry out of the queue; errs when that is forbidden. */
function settled$(mark: Receipt): Observable<never> {
  return mark
    .settled$()
    .pipe(catchError((error: unknown) => (isOvertaken(error) ? EMPTY : throwError(() => error))));
}
