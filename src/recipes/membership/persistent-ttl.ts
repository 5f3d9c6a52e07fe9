/** A znode that outlives sessions, but not for long those who look after it; shared with Curator (`PersistentTtlNode`). */

import {
  catchError,
  defer,
  EMPTY,
  endWith,
  exhaustMap,
  filter,
  map,
  merge,
  type Observable,
  of,
  repeat,
  switchMap,
  takeWhile,
  throwError,
  timer,
} from 'rxjs';
import { checkNumber, refuse } from '../../client/checks.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { joinPath, parentPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { maxTimerMs } from '../../rx/alarm.js';
import { type Stat } from '../../wire/records.js';
import { goneSince$, type NodeData } from './named-own.js';
import { checkCall, optionNames, type RecipeCall, type RecipeOptions } from '../core/options.js';
import { makeParents$ } from '../core/parents.js';
import { persist$, untilAnswered } from '../core/persist.js';

/** How long a znode outlives those who look after it. */
export interface PersistentTtlOptions extends RecipeOptions {
  /** Milliseconds that the znode stays (at least) after it was looked after for the last time: 2 to 2^40-1. */
  readonly ttlMs: number;
}

/** A znode that is looked after. */
export interface TtlNode {
  readonly path: string;
  /** Zxid that created it. */
  readonly fence: bigint;
}

const names = optionNames('ttlMs');
const ttlRange = { min: 2, max: 2 ** 40 - 1 } as const;

/**
 * Keeps a znode alive that outlives this process by a time: the znode stays while somebody looks after it, and goes when nobody
 * has for `ttlMs`.
 *
 * ```
 * us        h--t--t--t--t-u               h made, t touched, u unsubscribed (or the process is gone)
 * znode     ---------------------------0  ttlMs after the last touch, and when the server looks next
 * ```
 *
 * The znode is a container; below it, a child `touch` with a time to live is written every `ttlMs / 2`. When that expires,
 * the server removes it, and the container some time later (it looks about once a minute). Unlike an {@link ephemeral$} it does not go with the session: a
 * restart that is quicker than `ttlMs` is not seen by others. Several processes may look after one znode; whoever comes writes its data.
 * If somebody deletes it, it is made anew, or written to if another one has made it meanwhile. Unsubscribing stops the touching, and deletes nothing.
 * What is not promised: that it goes if no `touch` was ever made (the process ended right after the container was made).
 *
 * @param path - absolute path of the znode, not `/`; missing parents are made as containers
 * @param data - what is in it, written when this subscription makes or finds it
 * @emits the {@link TtlNode} when it stands and has been touched, and again each time it is another znode, which was made anew
 * @completes when the client is closed
 * @errors `UnimplementedError` unless TTL znodes are switched on in the server (`zookeeper.extendedTypesEnabled`, 3.5.4+); the signal's reason;
 * `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing nothing is shared: each subscription touches for itself
 * @example
 * persistentTtl$(zk, '/hosts/h1', 'rack 7', { ttlMs: 600_000 }).subscribe();
 */
export function persistentTtl$(
  zk: ZooKeeper,
  path: string,
  data: NodeData,
  options: PersistentTtlOptions,
): Observable<TtlNode> {
  return defer(() => {
    const call = { operation: 'persistentTtl$', path };
    checkCall(options, call, names);
    const { ttlMs, signal } = options;
    const given = { option: 'ttlMs', value: ttlMs, context: call };
    // A caller without types may have left it out.
    if ((ttlMs as unknown) === undefined) throw refuse(given, 'a whole number');
    checkNumber(given, ttlRange);
    return turn$(zk, { data, ttlMs, call }).pipe(
      // It was deleted.
      repeat(),
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
      abortable(signal),
    );
  });
}

interface Kept {
  readonly data: NodeData;
  readonly ttlMs: number;
  readonly call: RecipeCall;
}

/** Makes the znode and looks after it; completes when it is gone. */
function turn$(zk: ZooKeeper, kept: Kept): Observable<TtlNode> {
  const periodMs = Math.min(kept.ttlMs / 2, maxTimerMs);
  const touches$ = timer(0, periodMs, zk.scheduler).pipe(exhaustMap(() => touch$(zk, kept)));
  return make$(zk, kept).pipe(
    switchMap((node) =>
      merge(touches$, goneSince$(zk, node).pipe(endWith<Touch>('gone'))).pipe(
        takeWhile((touch) => touch === 'touched'),
        filter((_, index) => index === 0),
        map(() => node),
      ),
    ),
  );
}

/** The znode is there with these data. */
function make$(zk: ZooKeeper, { data, call }: Kept): Observable<TtlNode> {
  const { path } = call;
  const how = { mode: 'container', withStat: true, ...untilAnswered } as const;
  const find$ = zk.set(path, data, untilAnswered);
  const made$: Observable<Stat> = zk.create(path, data, how).pipe(
    map(({ stat }) => stat),
    catchError((error: unknown) => {
      if (error instanceof NodeExistsError) return find$;
      if (!(error instanceof NoNodeError)) return throwError(() => error);
      const parents$ = makeParents$(zk, parentPath(path), { parents: 'container', call });
      return parents$.pipe(switchMap(() => made$));
    }),
  );
  // What was made by a create whose reply was lost is found; what has gone meanwhile is made.
  const request = (): Observable<Stat> =>
    made$.pipe(
      catchError((error: unknown) =>
        error instanceof NoNodeError ? defer(request) : throwError(() => error),
      ),
    );
  return persist$(zk, { ...call, request }).pipe(map(({ czxid }) => ({ path, fence: czxid })));
}

type Touch = 'touched' | 'gone';

/** Writes the child that has a time to live. */
function touch$(zk: ZooKeeper, { ttlMs, call }: Kept): Observable<Touch> {
  const path = joinPath(call.path, 'touch');
  const make$ = zk.create(path, '', { mode: 'ttl', ttlMs, ...untilAnswered }).pipe(
    catchError((error: unknown) =>
      // Somebody else was faster.
      error instanceof NodeExistsError ? of(path) : throwError(() => error),
    ),
  );
  const request = () =>
    zk
      .set(path, '', untilAnswered)
      .pipe(
        catchError((error: unknown): Observable<unknown> =>
          error instanceof NoNodeError ? make$ : throwError(() => error),
        ),
      );
  return persist$<unknown>(zk, { operation: call.operation, path, request }).pipe(
    map((): Touch => 'touched'),
    catchError((error: unknown) =>
      error instanceof NoNodeError ? of<Touch>('gone') : throwError(() => error),
    ),
  );
}
