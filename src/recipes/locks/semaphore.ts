/** The semaphore: so many holders at a time, first come first served, shared with kazoo or with Curator. */

import {
  catchError,
  defer,
  EMPTY,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  switchMap,
  throwError,
} from 'rxjs';
import { refuse } from '../../client/checks.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { abortable } from '../../rx/abortable.js';
import { type HeldLease } from '../held/held-lease.js';
import { identities$ } from '../core/identities.js';
import {
  checkCall,
  checkContending,
  checkCount,
  checkLayout,
  type ContendOptions,
  type LayoutOptions,
  optionNames,
  type RecipeOptions,
  type WaitOptions,
} from '../core/options.js';
import { leasesRoot, semaphoreLayout } from './semaphore-layout.js';
import { seat$ } from './semaphore-seat.js';
import { whileHeld } from '../held/while-held.js';
import { within } from '../core/within.js';

/** How to acquire one of a semaphore's leases. */
export interface SemaphoreOptions extends ContendOptions, WaitOptions, LayoutOptions {
  /** How many may hold a lease at the same time: 1 to 2^31-1, the same for all who use the semaphore. */
  readonly maxLeases: number;
}

/** How to look at a semaphore's holders. */
export interface LeaseHoldersOptions extends RecipeOptions, LayoutOptions {}

/** Somebody who holds one of a semaphore's leases. */
export interface LeaseHolder {
  /** Path of the znode; `requestRevocation` takes it. */
  readonly path: string;
  /** Data of the znode, as it was when the holder was first seen. */
  readonly identifier: string;
}

const names = optionNames('maxLeases', 'identifier', 'giveUp', 'waitMs', 'layout');
const holdersNames = optionNames('layout');
const maxCount = 2 ** 31 - 1;

/**
 * Acquires one of a semaphore's leases: emits a lease when it is held, and gives it back when unsubscribed.
 *
 * ```
 * a    --h---------------r             with 2 leases; h held, r given back
 * b    ---h-------------------
 * c      w---------------h----         w wants one
 * ```
 *
 * One at a time stands at the gate (a lock) and waits for a lease to be free; the others wait behind it, in the order in which they
 * came. A lease that is given back wakes the one at the gate, and that one the next. There are never more than `maxLeases` znodes of
 * leases, whatever is cut, lost or paused: each is made in one transaction with a check that its maker still has the gate.
 * Else as {@link lock$}: loss, release, and what is not promised.
 *
 * `waitMs: 0` errs as soon as all leases are taken. While there are free ones it waits for those who are about to take one, so that of two who
 * try at the same time both get one, if there are two.
 *
 * The fence grows strictly over the leases of one semaphore: a resource that refuses fences of leases that it knows to be given back refuses
 * a holder that woke up late.
 *
 * @param path - znode under which the leases are, made if it is missing; kazoo's `Semaphore` (the gate is `<path>-__lock__`,
 * and `maxLeases` the data of the znode) or Curator's `InterProcessSemaphoreV2` (`<path>/locks`, `<path>/leases`)
 * @emits one {@link HeldLease}, when a lease is held
 * @completes when the client is closed while it waits
 * @errors `InvalidOptionError` if the semaphore was made with another `maxLeases`; `LockLostError` when the lease ends by the policy `giveUp`, or the
 * znode is deleted by somebody; `TimeoutError` after `waitMs`; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`
 * @sharing nothing is shared: each subscription acquires a lease of its own
 * @example
 * semaphore$(zk, '/uploads', { maxLeases: 3 }).pipe(whileHeld(() => upload$), retryLost()).subscribe();
 */
export function semaphore$(
  zk: ZooKeeper,
  path: string,
  options: SemaphoreOptions,
): Observable<HeldLease> {
  return acquire$(zk, { ...options, path, operation: 'semaphore$' });
}

/**
 * Runs the source while one of a semaphore's leases is held, and gives it back before it ends.
 *
 * ```
 * lease     ---h---------r             h held, r given back for certain
 * source       --1--2--|
 * result    -----1--2----|
 * ```
 *
 * @param path - znode under which the leases are, see {@link semaphore$}
 * @emits what the source emits
 * @completes when the source has completed and the lease is given back for certain; when the client is closed while it waits
 * @errors with the source's error, when the lease is given back; `LockLostError` as soon as the lease is lost (the source is
 * unsubscribed before); and as {@link semaphore$}
 * @sharing nothing is shared: each subscription acquires for itself
 * @example
 * upload$.pipe(withSemaphore(zk, '/uploads', { maxLeases: 3 }), retryLost()).subscribe();
 */
export function withSemaphore<T>(
  zk: ZooKeeper,
  path: string,
  options: SemaphoreOptions,
): MonoTypeOperatorFunction<T> {
  return (source) =>
    acquire$(zk, { ...options, path, operation: 'withSemaphore' }).pipe(whileHeld(() => source));
}

/**
 * Emits who holds a semaphore's leases, now and after every change, those who have held longest first.
 *
 * ```
 * a         h-----------r              two leases; h held, r released
 * b            h---------------
 * c              w------h              waits at the gate
 * result    [a][a,b]----[b][b,c]
 * ```
 *
 * What is not promised: that a holder still believes so (its process may be gone and its session not yet), or that every
 * change is seen. In Curator's layout a Java process at the gate has a lease's znode already while it waits for a free one, and is told, too.
 *
 * @param path - znode under which the leases are, see {@link semaphore$}
 * @emits the {@link LeaseHolder}s; none while there is no such znode
 * @completes when the client is closed
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing the watch and the list with all who look at the children of this path; the holders' data are read for each subscription
 * @example
 * leaseHolders$(zk, '/uploads').subscribe((holders) => show(holders.map(({ identifier }) => identifier)));
 */
export function leaseHolders$(
  zk: ZooKeeper,
  path: string,
  options: LeaseHoldersOptions = {},
): Observable<readonly LeaseHolder[]> {
  return defer(() => {
    const operation = 'leaseHolders$';
    const call = { operation, path };
    checkCall(options, call, holdersNames);
    checkLayout({ option: 'layout', value: options.layout, context: call });
    const root = leasesRoot(path, options.layout ?? 'kazoo');
    const select = (children: readonly string[]) => children.map((name) => ({ name }));
    return identities$(zk, { operation, path: root, select }).pipe(
      map((holders) =>
        [...holders]
          .sort((a, b) => (a.czxid < b.czxid ? -1 : 1))
          .map((holder) => ({ path: holder.path, identifier: holder.identifier })),
      ),
      abortable(options.signal),
    );
  });
}

interface Acquiring extends SemaphoreOptions {
  readonly path: string;
  readonly operation: string;
}

function acquire$(
  zk: ZooKeeper,
  { path, operation, ...options }: Acquiring,
): Observable<HeldLease> {
  return defer(() => {
    const call = { operation, path };
    checkContending(options, call, names);
    const { maxLeases, layout = 'kazoo', giveUp = 'suspended' } = options;
    const given = { option: 'maxLeases', value: maxLeases, context: call };
    // A caller without types may have left it out.
    if ((maxLeases as unknown) === undefined) throw refuse(given, 'a whole number');
    checkCount(given, maxCount);
    const znodes = semaphoreLayout(zk, { layout, maxLeases, call });
    const { identifier = '' } = options;
    const once = options.waitMs === 0;
    const seat = { znodes, layout, maxLeases, identifier, giveUp, once, call };
    return znodes.ready$().pipe(
      switchMap(() => seat$(zk, seat)),
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
      within(zk, options, call),
    );
  });
}
