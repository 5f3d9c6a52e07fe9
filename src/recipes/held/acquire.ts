/** Acquires a lock of some kind: contends for it, and tells only of the lease. */

import {
  defer,
  EMPTY,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { contend$ } from './contender.js';
import { type HeldLease } from './held-lease.js';
import { checkContending, type LockOptions } from '../core/options.js';
import { queueOptions, type QueueRole } from './contender-layouts.js';
import { type Standing } from './standing.js';
import { whileHeld } from './while-held.js';
import { within } from '../core/within.js';

/** What is acquired, where and how. */
export interface Acquiring extends LockOptions {
  readonly path: string;
  readonly role: QueueRole;
  /** For error messages: what the user called. */
  readonly operation: string;
}

/** Emits the lease; errs when it is lost, or as the options say. */
export function acquire$(
  zk: ZooKeeper,
  { path, role, operation, ...options }: Acquiring,
): Observable<HeldLease> {
  return defer(() => {
    const call = { operation, path };
    checkContending(options, call);
    return contend$(zk, queueOptions(path, { ...options, role, operation })).pipe(
      mergeMap(leaseOf),
      within(zk, options, call),
    );
  });
}

/** Runs the source while what is wanted is held. */
export function withAcquired<T>(zk: ZooKeeper, acquiring: Acquiring): MonoTypeOperatorFunction<T> {
  return (source) => acquire$(zk, acquiring).pipe(whileHeld(() => source));
}

function leaseOf(standing: Standing): Observable<HeldLease> {
  switch (standing.status) {
    case 'waiting':
      return EMPTY;
    case 'held':
      return of(standing.lease);
    case 'lost':
      return throwError(() => standing.error);
  }
}
