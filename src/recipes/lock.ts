/** The lock: one holder at a time, first come first served, shared with kazoo. */

import {
  defer,
  EMPTY,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  throwError,
} from 'rxjs';
import { type Lease } from '../client/lease.js';
import { type ZooKeeper } from '../client/zookeeper.js';
import { contend$ } from './contender.js';
import { checkContending, type LockOptions } from './options.js';
import { type ContenderOptions, type QueueLayout, type Standing } from './standing.js';
import { toUtf8 } from './utf8.js';
import { whileHeld } from './while-held.js';
import { within } from './within.js';

const marker = '__lock__';

/** kazoo's `Lock`, `Election` and (apart from its readers) `WriteLock`. */
export const lockLayout: QueueLayout = { prefix: (id) => id + marker, rivals: [marker] };

/**
 * Acquires a lock: emits a lease when it is held, and releases it when unsubscribed.
 *
 * ```
 * zk        c-------s--c---            c connected, s suspended
 * lock$     ---h----#                  h held, # LockLostError; retryLost() acquires again
 * ```
 *
 * Waiters get the lock in the order in which they came, wake one at a time, and never poll. While waiting, a lost connection is
 * ridden out, and a lost session means going to the end of the queue. Releasing goes on in the background, over
 * reconnects, until the server has confirmed it (`lease.released$`), however early the subscription ends.
 * What is not promised: that nobody else holds the lock before this process has noticed that its lease is over (it was
 * paused, or an operator deleted its znode). Ask `lease.valid()`, and give `lease.fence` to the resource. Not re-entrant: a
 * second subscription waits for the first.
 *
 * @param path - znode under which the contenders stand, made if it is missing; `<id>__lock__<number>` below it, as in kazoo
 * @emits one {@link Lease}, when the lock is held
 * @completes when the client is closed while it waits
 * @errors `LockLostError` when the lease ends by the policy `giveUp`, or the znode is deleted by somebody; `TimeoutError` after `waitMs`; the signal's reason;
 * `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a contender of its own
 * @example
 * lock$(zk, '/locks/report', { waitMs: 5_000 })
 *   .pipe(whileHeld((lease) => writeReport$(lease.fence)), retryLost())
 *   .subscribe();
 */
export function lock$(zk: ZooKeeper, path: string, options: LockOptions = {}): Observable<Lease> {
  return acquire$(zk, { ...options, path, operation: 'lock$' });
}

/**
 * Runs the source under a lock: acquires it, subscribes to the source while it is held, and releases before it ends.
 *
 * ```
 * lock      ---h---------r             h held, r release confirmed
 * source       --1--2--|
 * result    -----1--2----|
 * ```
 *
 * @param path - znode under which the contenders stand, see {@link lock$}
 * @emits what the source emits
 * @completes when the source has completed and the release is confirmed; when the client is closed while it waits
 * @errors with the source's error, when the release is confirmed; `LockLostError` as soon as the lock is lost (the source is
 * unsubscribed before), so that {@link retryLost} acquires again and starts the source anew; and as {@link lock$}
 * @sharing nothing is shared: each subscription acquires for itself
 * @example
 * report$.pipe(withLock(zk, '/locks/report'), retryLost()).subscribe();
 */
export function withLock<T>(
  zk: ZooKeeper,
  path: string,
  options: LockOptions = {},
): MonoTypeOperatorFunction<T> {
  return (source) =>
    acquire$(zk, { ...options, path, operation: 'withLock' }).pipe(whileHeld(() => source));
}

interface Acquiring extends LockOptions {
  readonly path: string;
  readonly operation: string;
}

function acquire$(zk: ZooKeeper, { path, operation, ...options }: Acquiring): Observable<Lease> {
  return defer(() => {
    const call = { operation, path };
    checkContending(options, call);
    return contend$(zk, contenderOptions(path, { ...options, operation })).pipe(
      mergeMap(leaseOf),
      within(zk, options, call),
    );
  });
}

/** How a lock contends; an election is a lock by another name. */
export function contenderOptions(
  root: string,
  {
    identifier = '',
    giveUp,
    waitMs,
    alsoWaitFor = [],
    operation,
  }: LockOptions & { operation: string },
): ContenderOptions {
  return {
    root,
    layout: { ...lockLayout, rivals: [...lockLayout.rivals, ...alsoWaitFor] },
    identifier: toUtf8(identifier),
    maxAhead: 0,
    giveUp: giveUp ?? 'suspended',
    once: waitMs === 0,
    operation,
  };
}

function leaseOf(standing: Standing): Observable<Lease> {
  switch (standing.status) {
    case 'waiting':
      return EMPTY;
    case 'held':
      return of(standing.lease);
    case 'lost':
      return throwError(() => standing.error);
  }
}
