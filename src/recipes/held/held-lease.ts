/** What a holder is given: its lease, the znode that stands for it, and whether somebody asks to have it back. */

import {
  catchError,
  defer,
  EMPTY,
  filter,
  fromEvent,
  map,
  type Observable,
  of,
  take,
  takeUntil,
} from 'rxjs';
import { type Lease } from '../../client/lease.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { fromUtf8 } from '../core/utf8.js';
import { NodeLease } from './node-lease.js';

/** The lease of a lock, a read or write lock, a semaphore or an election. */
export interface HeldLease extends Lease {
  /** Path of the holder's own znode, as `contenders$` and `leaseHolders$` name it. */
  readonly path: string;
  /**
   * Tells that somebody asks for it back (`requestRevocation`, or Curator's `Revoker`). Only a wish: nothing happens unless
   * the holder heeds it, say with `work$.pipe(takeUntil(lease.revocation$))`.
   *
   * @emits once, when somebody asks; at once if that has happened already, be it while this holder was still waiting
   * @completes after that; when the lease ends
   * @errors never
   * @sharing one watch for each holder, which it has anyway
   */
  readonly revocation$: Observable<void>;
}

/** Data of a contender's znode by which it is asked to give back what it holds (Curator's `LockInternals`). */
export const revocationText = '__REVOKE__';

/** A lease over the znode at `path`. */
export function heldLease(
  zk: ZooKeeper,
  { lease, path }: { readonly lease: Lease; readonly path: string },
): HeldLease {
  return new RevocableLease(lease, path, revocation$(zk, { lease, path }));
}

class RevocableLease extends NodeLease implements HeldLease {
  constructor(
    lease: Lease,
    path: string,
    readonly revocation$: Observable<void>,
  ) {
    super(lease, path);
  }
}

function revocation$(
  zk: ZooKeeper,
  { lease, path }: { readonly lease: Lease; readonly path: string },
): Observable<void> {
  return zk.data$(path).pipe(
    filter((data) => data !== null && fromUtf8(data) === revocationText),
    take(1),
    map(() => undefined),
    // A znode that cannot be read cannot carry the wish.
    catchError(() => EMPTY),
    takeUntil(ended$(lease)),
  );
}

/** Emits when a lease is over. */
function ended$({ signal }: Lease): Observable<unknown> {
  return defer(() => (signal.aborted ? of(true) : fromEvent(signal, 'abort')));
}
