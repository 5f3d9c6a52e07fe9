/** How one subscriber is told of the value that its cell has: once, decoded for him, with metadata if he wants it. */

import { DecodeError } from '../../errors/client-errors.js';
import { type Stat } from '../../wire/records.js';
import { type CellHost } from './cell-host.js';
import { type LiveSubscriber, type LiveView } from './subscribers.js';

/** What is to be told. */
interface Told<View extends LiveView> {
  readonly revision: number;
  readonly stat: Stat | null;
  readonly zxid: bigint;
  readonly fresh: boolean;
  isReadyFor(view: View): boolean;
  valueFor(view: View): unknown;
}

/** Emits what the subscriber has not been told; does nothing if that is nothing. Never throws. */
export function tellSubscriber<View extends LiveView>(
  subscriber: LiveSubscriber<View>,
  cell: Told<View>,
  host: CellHost,
): void {
  const { out, view } = subscriber;
  if (!subscriber.attached || out.closed) return;
  // Before the first reply there is nothing to tell, not even that it is absent, however the connection fares.
  if (cell.revision === 0 || !cell.isReadyFor(view)) return;
  const isAbsent = cell.stat === null;
  // It was there meanwhile, but gone again before this subscriber could be told.
  if (isAbsent && subscriber.sawAbsent) subscriber.seen = cell.revision;
  const isNew = subscriber.seen !== cell.revision;
  if (!isNew && (!view.meta || subscriber.fresh === cell.fresh)) return;
  subscriber.sawAbsent = isAbsent;
  try {
    if (view.meta) tellWithMeta(subscriber, cell);
    else {
      subscriber.seen = cell.revision;
      out.next(cell.valueFor(view));
    }
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) host.rethrow(thrown);
    else if (view.keep) host.report(thrown);
    else fail(subscriber, thrown, host);
  }
}

function tellWithMeta<View extends LiveView>(
  subscriber: LiveSubscriber<View>,
  cell: Told<View>,
): void {
  const isNew = subscriber.seen !== cell.revision;
  subscriber.seen = cell.revision;
  subscriber.fresh = cell.fresh;
  const { fresh, stat, zxid } = cell;
  if (isNew) subscriber.last = { value: cell.valueFor(subscriber.view), stat, fresh, zxid };
  // Only the age is news: the value is not decoded again, and may be one that was kept.
  else if (subscriber.last !== undefined) subscriber.last = { ...subscriber.last, fresh };
  if (subscriber.last !== undefined) subscriber.out.next(subscriber.last);
}

function fail<View extends LiveView>(
  subscriber: LiveSubscriber<View>,
  error: DecodeError,
  host: CellHost,
): void {
  try {
    subscriber.out.error(error);
  } catch (thrown) {
    host.rethrow(thrown);
  }
}
