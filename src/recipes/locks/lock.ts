/** The lock: one holder at a time, first come first served, shared with kazoo or with Curator. */

import { type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { acquire$, withAcquired } from '../held/acquire.js';
import { type HeldLease } from '../held/held-lease.js';
import { type LockOptions } from '../core/options.js';

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
 * @param path - znode under which the contenders stand, made if it is missing; `<id>__lock__<number>` below it, as in
 * kazoo's `Lock`, or `_c_<uuid>-lock-<number>`, as in Curator's `InterProcessMutex`
 * @emits one {@link HeldLease}, when the lock is held; its `revocation$` tells when somebody asks for it back
 * @completes when the client is closed while it waits
 * @errors `LockLostError` when the lease ends by the policy `giveUp`, or the znode is deleted by somebody; `TimeoutError` after `waitMs`; the signal's reason;
 * `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a contender of its own
 * @example
 * lock$(zk, '/locks/report', { waitMs: 5_000 })
 *   .pipe(whileHeld((lease) => writeReport$(lease.fence)), retryLost())
 *   .subscribe();
 */
export function lock$(
  zk: ZooKeeper,
  path: string,
  options: LockOptions = {},
): Observable<HeldLease> {
  return acquire$(zk, { ...options, path, role: 'lock', operation: 'lock$' });
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
  return withAcquired(zk, { ...options, path, role: 'lock', operation: 'withLock' });
}
