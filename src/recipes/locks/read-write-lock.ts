/** The read/write lock: many readers at once or one writer, first come first served, shared with kazoo or with Curator. */

import { type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { acquire$, withAcquired } from '../held/acquire.js';
import { type HeldLease } from '../held/held-lease.js';
import { type LockOptions } from '../core/options.js';

/**
 * Acquires a lock for reading: emits a lease when it is held, together with other readers, and releases it when unsubscribed.
 *
 * ```
 * reader 1   --h---------r             h held, r released
 * reader 2   ---h--------r
 * writer          w-------h--r         w wants it: it waits for both readers
 * reader 3          w---------h        and a reader that comes later waits for the writer
 * ```
 *
 * A reader waits for the writers that came before it, and for nobody else; of those it watches the nearest. A writer that waits
 * is not starved: readers that come after it wait behind it. All else is as with {@link lock$}: loss, waiting, release, and
 * what is not promised. Not re-entrant: who holds it and asks for it again, for reading behind a waiting writer or for writing,
 * waits for ever.
 *
 * The fence of a reader is greater than those of all writers that held the lock before, and smaller than those of all that will hold it
 * after. Readers that hold it together have fences in the order in which they came, which is not the order of their grants.
 *
 * @param path - znode under which the contenders stand, made if it is missing; `<id>__rlock__<number>` below it for a reader and
 * `<id>__lock__<number>` for a writer, as in kazoo's `ReadLock` and `WriteLock`, or `_c_<uuid>-__READ__<number>` and
 * `_c_<uuid>-__WRIT__<number>`, as in Curator's `InterProcessReadWriteLock`
 * @emits one {@link HeldLease}, when the lock is held
 * @completes when the client is closed while it waits
 * @errors `LockLostError` when the lease ends by the policy `giveUp`, or the znode is deleted by somebody; `TimeoutError` after `waitMs`; the signal's reason;
 * `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a reader of its own
 * @example
 * readLock$(zk, '/locks/index').pipe(whileHeld(() => search$(query)), retryLost()).subscribe(show);
 */
export function readLock$(
  zk: ZooKeeper,
  path: string,
  options: LockOptions = {},
): Observable<HeldLease> {
  return acquire$(zk, { ...options, path, role: 'read', operation: 'readLock$' });
}

/**
 * Acquires a lock for writing: emits a lease when it is held, by nobody else, and releases it when unsubscribed.
 *
 * ```
 * reader     --h------r                h held, r released
 * writer 1      w-----h---r            w wants it: it waits for everybody who came before
 * writer 2        w-------h
 * ```
 *
 * A writer waits for all readers and writers that came before it, and watches the nearest of them only. A plain {@link lock$} on
 * the same path is a writer that does not see readers: do not mix them.
 *
 * The fence grows strictly over all writers, and is greater than that of every reader that held the lock before: a resource
 * that refuses fences smaller than the greatest it has seen refuses a writer that woke up late.
 *
 * @param path - znode under which the contenders stand, see {@link readLock$}
 * @emits one {@link HeldLease}, when the lock is held
 * @completes when the client is closed while it waits
 * @errors `LockLostError` when the lease ends by the policy `giveUp`, or the znode is deleted by somebody; `TimeoutError` after `waitMs`; the signal's reason;
 * `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a writer of its own
 * @example
 * writeLock$(zk, '/locks/index').pipe(whileHeld(({ fence }) => rebuild$(fence)), retryLost()).subscribe();
 */
export function writeLock$(
  zk: ZooKeeper,
  path: string,
  options: LockOptions = {},
): Observable<HeldLease> {
  return acquire$(zk, { ...options, path, role: 'write', operation: 'writeLock$' });
}

/**
 * Runs the source under a lock held for reading: subscribes to it while the lock is held, and releases before it ends.
 *
 * ```
 * reader 1   --1-2-|r|           1 2 its source's values, | its source ends, r| released, and the end
 * reader 2   ---1-2-|r|
 * writer      w-------1--        a source under `withWriteLock`
 * ```
 *
 * @param path - znode under which the contenders stand, see {@link readLock$}
 * @emits what the source emits
 * @completes when the source has completed and the release is confirmed; when the client is closed while it waits
 * @errors with the source's error, when the release is confirmed; `LockLostError` as soon as the lock is lost (the source is
 * unsubscribed before); and as {@link readLock$}
 * @sharing nothing is shared: each subscription acquires for itself
 * @example
 * search$.pipe(withReadLock(zk, '/locks/index'), retryLost()).subscribe(show);
 */
export function withReadLock<T>(
  zk: ZooKeeper,
  path: string,
  options: LockOptions = {},
): MonoTypeOperatorFunction<T> {
  return withAcquired(zk, { ...options, path, role: 'read', operation: 'withReadLock' });
}

/**
 * Runs the source under a lock held for writing: subscribes to it while the lock is held, and releases before it ends.
 *
 * ```
 * writer 1   --1-2-|r|           1 2 its source's values, | its source ends, r| released, and the end
 * writer 2    w-------1-2-|r|
 * ```
 *
 * @param path - znode under which the contenders stand, see {@link readLock$}
 * @emits what the source emits
 * @completes when the source has completed and the release is confirmed; when the client is closed while it waits
 * @errors with the source's error, when the release is confirmed; `LockLostError` as soon as the lock is lost (the source is
 * unsubscribed before); and as {@link writeLock$}
 * @sharing nothing is shared: each subscription acquires for itself
 * @example
 * rebuild$.pipe(withWriteLock(zk, '/locks/index'), retryLost()).subscribe();
 */
export function withWriteLock<T>(
  zk: ZooKeeper,
  path: string,
  options: LockOptions = {},
): MonoTypeOperatorFunction<T> {
  return withAcquired(zk, { ...options, path, role: 'write', operation: 'withWriteLock' });
}
