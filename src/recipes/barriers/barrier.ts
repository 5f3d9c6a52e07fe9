/** The barrier: a znode that holds everybody up as long as it exists; kazoo's `Barrier`, Curator's `DistributedBarrier`. */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  map,
  type Observable,
  of,
  retry,
  switchMap,
  throwError,
} from 'rxjs';
import { awaitable } from '../../client/awaitable.js';
import { type Request } from '../../client/request.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError, TimeoutError } from '../../errors/client-errors.js';
import { NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { parentPath } from '../../path.js';
import {
  bounded,
  checkOneShot,
  oneShotNames,
  type OneShotOptions,
} from '../core/one-shot-options.js';
import {
  checkCall,
  checkDelay,
  checkLayout,
  type LayoutOptions,
  optionNames,
  type RecipeCall,
  type WaitOptions,
} from '../core/options.js';
import { makeParents$ } from '../core/parents.js';
import {
  beforeRetry$,
  mayHaveHappened,
  persist$,
  untilAnswered,
  writable$,
} from '../core/persist.js';
import { within } from '../core/within.js';

/** How a barrier is closed. */
export interface CreateBarrierOptions extends OneShotOptions, LayoutOptions {}

const waitNames = optionNames('waitMs');
const createNames = oneShotNames('layout');
const removeNames = oneShotNames();

/**
 * Waits until a barrier is open: until its znode does not exist.
 *
 * ```
 * znode       ------------x             x removed; lost connections and sessions in between do not matter
 * barrier$    ------------v|            v open
 * ```
 *
 * Waiting leaves no watch behind. What is not promised: that the barrier is still open when this is seen.
 *
 * @param path - znode of the barrier
 * @emits once, when it is open; at once if it is not closed
 * @completes when it has emitted; without, when the client is closed
 * @errors `TimeoutError` after `waitMs`, with 0 if it is closed; the signal's reason; `NoAuthError`; `AuthFailedError`;
 * `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing one watch and one read for each path and client, as `deleted$`
 * @example
 * barrier$(zk, '/maintenance').pipe(switchMap(() => jobs$)).subscribe(run);
 */
export function barrier$(zk: ZooKeeper, path: string, options: WaitOptions = {}): Observable<void> {
  return defer(() => {
    const call = { operation: 'barrier$', path };
    checkCall(options, call, waitNames);
    checkDelay({ option: 'waitMs', value: options.waitMs, context: call });
    const open$ = options.waitMs === 0 ? openNow$(zk, call) : opened$(zk, path);
    return open$.pipe(within(zk, options, call));
  });
}

/**
 * Closes a barrier: creates its znode, with its parents, and answers whether that was needed. A cold Observable that can also be
 * awaited.
 *
 * ```
 * znode             0--1-----------1        0 absent, 1 there
 * createBarrier     -t      -f              t it was open, f it was closed already
 * ```
 *
 * @param path - znode of the barrier
 * @emits `true` if it was open before; `false` if it was closed already; `null` if it is closed and nobody can know by whom, because a
 * reply was lost
 * @completes when it has emitted
 * @errors `TimeoutError` after `timeoutMs`; the signal's reason; `NoAuthError`; `AuthFailedError`; `SessionClosedError`; `InvalidPathError`,
 * `InvalidOptionError`. A lost connection is no error: it is done once more, which does no harm
 * @sharing nothing is shared
 * @example
 * await createBarrier(zk, '/maintenance');
 */
export function createBarrier(
  zk: ZooKeeper,
  path: string,
  options: CreateBarrierOptions = {},
): Request<boolean | null> {
  return awaitable(
    defer(() => {
      const call = { operation: 'createBarrier', path };
      checkOneShot(options, call, createNames);
      checkLayout({ option: 'layout', value: options.layout, context: call });
      const parents = options.layout === 'curator' ? 'container' : 'persistent';
      return brought$(zk, {
        options,
        call,
        request: () => zk.create(path, '', untilAnswered),
        there: NodeExistsError,
        prepare: (error) =>
          error instanceof NoNodeError
            ? makeParents$(zk, parentPath(path), { parents, call })
            : undefined,
      });
    }),
  );
}

/**
 * Opens a barrier: deletes its znode, and answers whether that was needed. A cold Observable that can also be awaited.
 *
 * ```
 * znode             1--0-----------0        0 absent, 1 there
 * removeBarrier     -t      -f              t it was closed, f it was open already
 * ```
 *
 * @param path - znode of the barrier
 * @emits `true` if it was closed before; `false` if it was open already; `null` if it is open and nobody can know by whom, because a
 * reply was lost
 * @completes when it has emitted
 * @errors `NotEmptyError` if the znode has children; `TimeoutError` after `timeoutMs`; the signal's reason; `NoAuthError`; `AuthFailedError`;
 * `SessionClosedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error: it is done once more, which opens
 * what was closed meanwhile, too
 * @sharing nothing is shared
 * @example
 * await removeBarrier(zk, '/maintenance');
 */
export function removeBarrier(
  zk: ZooKeeper,
  path: string,
  options: OneShotOptions = {},
): Request<boolean | null> {
  return awaitable(
    defer(() => {
      const call = { operation: 'removeBarrier', path };
      checkOneShot(options, call, removeNames);
      return brought$(zk, {
        options,
        call,
        request: () => zk.delete(path, untilAnswered),
        there: NoNodeError,
      });
    }),
  );
}

/** Something to be brought about, by whomever. */
interface Aim {
  readonly options: OneShotOptions;
  readonly call: RecipeCall;
  readonly request: () => Observable<unknown>;
  /** What the server says if it is so already. */
  readonly there: typeof NodeExistsError | typeof NoNodeError;
  /** What must be done before the next attempt, after an error. */
  readonly prepare?: (error: unknown) => Observable<unknown> | undefined;
}

function brought$(
  zk: ZooKeeper,
  { options, call, request, there, prepare }: Aim,
): Observable<boolean | null> {
  // An earlier attempt may have been carried out; the present one may be.
  let inDoubt = false;
  let sent = false;
  return writable$(zk, call).pipe(
    switchMap(() => {
      sent = true;
      return request();
    }),
    map(() => true),
    catchError((error: unknown) =>
      error instanceof there ? of(inDoubt ? null : false) : throwError(() => error),
    ),
    retry({
      delay: (error: unknown) => {
        inDoubt ||= mayHaveHappened(error);
        sent = false;
        return prepare?.(error) ?? beforeRetry$(zk, error);
      },
    }),
    bounded(zk, options, { ...call, outcome: () => (inDoubt || sent ? 'unknown' : 'not-sent') }),
  );
}

function opened$(zk: ZooKeeper, path: string): Observable<void> {
  return concat(
    zk.deleted$(path),
    // A client that is closed waits for nothing any more, and knows nothing.
    defer(() => (zk.state.status === 'closed' ? EMPTY : of(undefined))),
  );
}

function openNow$(zk: ZooKeeper, call: RecipeCall): Observable<void> {
  return persist$(zk, { ...call, request: () => zk.exists(call.path, untilAnswered) }).pipe(
    map((stat) => {
      if (stat !== null) throw new TimeoutError(0, 'not-sent', call);
    }),
    catchError((error: unknown) =>
      error instanceof SessionClosedError ? EMPTY : throwError(() => error),
    ),
  );
}
