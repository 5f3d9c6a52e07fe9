/** Observes who leads, without standing in the election. */

import {
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  endWith,
  filter,
  map,
  type Observable,
  of,
  repeat,
  switchMap,
  take,
  takeUntil,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import {
  checkCall,
  checkLayout,
  type LayoutOptions,
  optionNames,
  type RecipeCall,
  type RecipeOptions,
} from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { contenderMarkers } from '../held/contender-layouts.js';
import { inQueueOrder } from '../core/sequence.js';
import { byAge$ } from '../held/ties.js';
import { fromUtf8 } from '../core/utf8.js';

/** How to observe an election. */
export interface LeaderOptions extends RecipeOptions, LayoutOptions {}

const names = optionNames('layout');

/**
 * Emits who leads, now and after every change, without being a candidate.
 *
 * ```
 * a         l---------r              a leads, resigns
 * b           f--------l-----#       b follows, leads, is gone
 * result    -a---------b------0      0 nobody
 * ```
 *
 * The leader is the first in line. What is not promised: that it still believes so (it may be about to give up, or its process
 * may be gone and its session not yet), or that every leader is seen.
 *
 * Only the first candidate's znode is watched, and the list only while there is no candidate: for each change of the leader an observer
 * costs one list and one read, and nothing when other candidates come and go. Each observer is woken when the leader
 * goes; where there are many in one process, share one.
 *
 * @param path - znode under which the candidates stand, see {@link leaderElection$}; also a lock's
 * @emits the leader's identifier; `null` while there is no candidate
 * @completes when the client is closed
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing the watch on the leader's znode, by path and client; the list is read for each subscription
 * @example
 * leader$(zk, '/election').subscribe((leader) => show(leader ?? 'nobody leads'));
 */
export function leader$(
  zk: ZooKeeper,
  path: string,
  options: LeaderOptions = {},
): Observable<string | null> {
  return defer(() => {
    const call = { operation: 'leader$', path };
    checkCall(options, call, names);
    const { layout = 'kazoo', signal } = options;
    checkLayout({ option: 'layout', value: options.layout, context: call });
    const firstOf = (children: readonly string[] | null) => {
      const [first, ...others] = inQueueOrder(children ?? [], contenderMarkers[layout]);
      if (first === undefined) return [];
      const tied = others.filter(({ sequence }) => sequence === first.sequence);
      return [first, ...tied].map(({ name }) => name);
    };
    return first$(zk, { ...call, firstOf }).pipe(
      switchMap((name) => (name === null ? of(null) : identifier$(zk, joinPath(path, name)))),
      // The first has gone: look again.
      repeat(),
      distinctUntilChanged(),
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
      abortable(signal),
    );
  });
}

interface Looking extends RecipeCall {
  /** Those with the lowest number: one, unless the counter is at its end. */
  readonly firstOf: (children: readonly string[] | null) => readonly string[];
}

/** Emits the name of the first candidate; `null` before it, if it has to be waited for. */
function first$(zk: ZooKeeper, { path, operation, firstOf }: Looking): Observable<string | null> {
  const request = () => zk.children(path, untilAnswered);
  return persist$(zk, { operation, path, request }).pipe(
    catchError((error: unknown) =>
      error instanceof NoNodeError ? of(null) : throwError(() => error),
    ),
    switchMap((children) => {
      const first = firstOf(children);
      if (first.length > 0) return oldest$(zk, { path, operation, names: first });
      const comes$ = zk.children$(path).pipe(
        map(firstOf),
        filter((names) => names.length > 0),
        take(1),
        switchMap((names) => oldest$(zk, { path, operation, names })),
      );
      return concat(of(null), comes$);
    }),
  );
}

/** Emits the name of the one who came first; nothing if they have all gone meanwhile. */
function oldest$(
  zk: ZooKeeper,
  { names, ...call }: RecipeCall & { readonly names: readonly string[] },
): Observable<string> {
  const [only = '', ...others] = names;
  if (others.length === 0) return of(only);
  return byAge$(zk, { ...call, names }).pipe(
    switchMap((aged) => aged.slice(0, 1).map(({ name }) => name)),
  );
}

/** Emits the data of a candidate, and completes when it is gone. */
function identifier$(zk: ZooKeeper, path: string): Observable<string> {
  return zk.data$(path).pipe(
    filter((data) => data !== null),
    map(fromUtf8),
    // First in line to hear of its end, so that no watch is left on a name that never comes back.
    takeUntil(zk.deleted$(path).pipe(endWith(undefined))),
  );
}
