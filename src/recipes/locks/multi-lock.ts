/** Several locks as one: all of them or none. */

import { defer, Observable, of, retry, Subscription, throwError } from 'rxjs';
import { refuse } from '../../client/checks.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError } from '../../errors/client-errors.js';
import { assertPath } from '../../path.js';
import { acquire$ } from '../held/acquire.js';
import { type HeldLease } from '../held/held-lease.js';
import { LeaseOfAll, type MultiLease } from '../held/multi-lease.js';
import { checkContending, checkOneOf, lockOptionNames, type LockOptions } from '../core/options.js';
import { within } from '../core/within.js';

/** How to acquire several locks. */
export interface MultiLockOptions extends LockOptions {
  /**
   * In which order they are acquired. `'sorted'` (default): in that of their paths' texts, so that two who want some of the
   * same locks never wait for each other. `'given'`: as given, for a fleet that has another order; all of it must keep to it, or
   * two may each hold what the other waits for, for ever (or until `waitMs`).
   */
  readonly order?: 'sorted' | 'given';
}

const operation = 'multiLock$';
const names = new Set([...lockOptionNames, 'order']);

/**
 * Acquires several locks, one after the other: emits one lease when all are held, and releases them in reverse when unsubscribed.
 *
 * ```
 * /a        ---h-------------r       h held, r released
 * /b           ------h-----r
 * result    ---------h----           unsubscribed: /b is released before /a
 * ```
 *
 * The lease is valid while all are, and lost as soon as one is; the others are given back before that is seen. Locks that are
 * held while another is waited for and then lost are acquired anew, from the first on. With `waitMs: 0` none is waited for.
 * What is not promised: that those who want one of the locks are not kept waiting by one who waits for another of them.
 *
 * The lease's fence is that of the lock acquired last, and grows strictly over the grants of that lock; a resource behind another of the locks
 * takes the fence of that one from `leases`.
 *
 * @param paths - each the path of a {@link lock$}; all different
 * @emits one {@link MultiLease}, when all locks are held
 * @completes when the client is closed while it waits
 * @errors as {@link lock$}; `TimeoutError` when they are not all held after `waitMs` in all, naming the lock that was waited for
 * @sharing nothing is shared: each subscription is a contender of its own
 * @example
 * multiLock$(zk, ['/accounts/a', '/accounts/b'])
 *   .pipe(whileHeld(() => transfer$), retryLost())
 *   .subscribe();
 */
export function multiLock$(
  zk: ZooKeeper,
  paths: readonly string[],
  options: MultiLockOptions = {},
): Observable<MultiLease> {
  return defer(() => {
    check(paths, options);
    const { order = 'sorted', waitMs, signal: _, ...each } = options;
    const wanted: Wanted = {
      paths,
      inOrder: order === 'sorted' ? [...paths].sort() : [...paths],
      each: waitMs === 0 ? { ...each, waitMs } : each,
      held: [],
    };
    const call = {
      operation,
      get path() {
        return wanted.inOrder[wanted.held.length] ?? '';
      },
    };
    return all$(zk, wanted).pipe(
      retry({
        delay: (error: unknown) =>
          // Lost before it was told of: waiting goes on.
          error instanceof LockLostError && wanted.held.length < paths.length
            ? of(true)
            : throwError(() => error),
      }),
      within(zk, options, call),
    );
  });
}

interface Wanted {
  readonly paths: readonly string[];
  /** The same in the order in which they are acquired. */
  readonly inOrder: readonly string[];
  readonly each: LockOptions;
  /** What is held, in that order. */
  held: readonly HeldLease[];
}

/** One attempt. What it held is told by `held` also after its end. */
function all$(zk: ZooKeeper, wanted: Wanted): Observable<MultiLease> {
  return new Observable<MultiLease>((out) => {
    const locks: Subscription[] = [];
    let whole: LeaseOfAll | undefined;
    wanted.held = [];
    const giveBack = (error?: unknown) => {
      whole?.end(error);
      for (const lock of locks.splice(0).reverse()) lock.unsubscribe();
    };
    const goOn = () => {
      const path = wanted.inOrder[wanted.held.length];
      if (path === undefined) {
        whole = leaseOfAll(wanted);
        out.next(whole);
        return;
      }
      const lock = new Subscription();
      locks.push(lock);
      const lease$ = acquire$(zk, { ...wanted.each, path, role: 'lock', operation });
      const acquiring = lease$.subscribe({
        next: (lease) => {
          wanted.held = [...wanted.held, lease];
          goOn();
        },
        error: (error: unknown) => {
          giveBack(error);
          out.error(error);
        },
        complete: () => {
          giveBack();
          out.complete();
        },
      });
      lock.add(acquiring);
    };
    out.add(giveBack);
    goOn();
  });
}

function leaseOfAll({ paths, inOrder, held }: Wanted): LeaseOfAll {
  // One lease for each path, and at least one path.
  const leaseOf = (path: string) => held[inOrder.indexOf(path)] as HeldLease;
  return new LeaseOfAll(paths.map(leaseOf), leaseOf(inOrder.at(-1) ?? '').fence);
}

function check(paths: readonly string[], { order, ...options }: MultiLockOptions): void {
  const given = { option: 'paths', value: paths, context: { operation } };
  // A caller without types may have given anything.
  const isList: boolean = Array.isArray(paths);
  if (!isList || paths.length === 0) throw refuse(given, 'a list of paths');
  for (const path of paths) assertPath(path, operation);
  if (new Set(paths).size < paths.length) throw refuse(given, 'a list of different paths');
  const call = { operation, path: paths[0] ?? '' };
  checkContending({ ...options, ...(order === undefined ? {} : { order }) }, call, names);
  checkOneOf({ option: 'order', value: order, context: call }, ['sorted', 'given']);
}
