/** One znode of a given name after the other, each kept as long as it can be: what is under `ephemeral$`. */

import {
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  endWith,
  finalize,
  map,
  merge,
  Observable,
  of,
  repeat,
  ReplaySubject,
  startWith,
  switchMap,
  take,
  throwError,
  timer,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { firstToComplete$ } from '../../rx/first-to-complete.js';
import { latestMap } from '../../rx/latest-map.js';
import { NamedNode } from './named-node.js';
import { type NamedNodeOptions, type NamedOwn, type NodeData } from './named-own.js';
import { sessionOver$ } from '../core/persist.js';

/** How a kept znode stands. */
export type EphemeralState =
  | {
      /** It does not exist: it is about to be made, or waits for a connection. */
      readonly status: 'absent';
    }
  | {
      /** Somebody else's znode stands there, and is waited for. */
      readonly status: 'blocked';
      /** The session that owns it, also another subscription's of this client; 0 if it is not ephemeral. */
      readonly owner: bigint;
    }
  | {
      readonly status: 'standing';
      readonly path: string;
      /** Zxid that created the znode: greater each time it is made anew. */
      readonly fence: bigint;
      /**
       * Tells when the znode is gone for certain, after it was given up.
       *
       * @emits nothing
       * @completes when the server has confirmed that the znode is gone, or its session is over
       * @errors never
       * @sharing one removal for each znode, whoever subscribes; a late subscriber gets the completion at once
       */
      readonly released$: Observable<never>;
    };

/** What is kept. */
export interface KeptNode extends Omit<NamedNodeOptions, 'data'> {
  readonly data$: Observable<NodeData>;
  /** Whether it is made again when somebody else has deleted it. */
  readonly recreate: boolean;
  /** How long it waits before that, so that whoever deleted it can put another in its place. Default: 0. */
  readonly recreateAfterMs?: number | undefined;
}

/** Emits how the znode stands. Completes when the client is closed, or when the data end without having said anything. */
export function keepNode$(zk: ZooKeeper, kept: KeptNode): Observable<EphemeralState> {
  return withNewest(kept.data$, (newest) => turns$(zk, { ...kept, newest }));
}

/** The data as they come. */
interface Newest {
  /** The newest at once, then every change. */
  readonly changes$: Observable<NodeData>;
  readonly value: () => NodeData;
}

/** Follows the data as long as what is made of them lasts; their error is its error, and their end only if they said nothing. */
function withNewest(
  data$: Observable<NodeData>,
  project: (newest: Newest) => Observable<EphemeralState>,
): Observable<EphemeralState> {
  return new Observable<EphemeralState>((out) => {
    const changes$ = new ReplaySubject<NodeData>(1);
    let newest: NodeData | undefined;
    const projected$ = project({ changes$, value: () => newest ?? null });
    out.add(projected$.subscribe(out));
    const following = data$.subscribe({
      next: (value) => {
        newest = value;
        changes$.next(value);
      },
      error: (error: unknown) => {
        out.error(error);
      },
      complete: () => {
        if (newest === undefined) out.complete();
      },
    });
    out.add(following);
  });
}

interface Turns extends KeptNode {
  readonly newest: Newest;
}

const absent: EphemeralState = { status: 'absent' };

/** One znode after the other. */
function turns$(zk: ZooKeeper, turns: Turns): Observable<EphemeralState> {
  return turns.newest.changes$.pipe(
    take(1),
    switchMap(() => turn$(zk, turns).pipe(repeat())),
    startWith(absent),
    distinctUntilChanged(isSame),
    catchError((error: unknown) =>
      error instanceof SessionClosedError ? EMPTY : throwError(() => error),
    ),
  );
}

/** Completes when it is time to make the znode anew. */
function turn$(zk: ZooKeeper, turns: Turns): Observable<EphemeralState> {
  return defer(() => {
    const node = new NamedNode(zk, { ...turns, data: turns.newest.value });
    return node.make().pipe(
      switchMap((standing) =>
        standing.status === 'blocked'
          ? of<EphemeralState>(standing)
          : standing$(zk, { turns, node, own: standing.own }),
      ),
      finalize(() => {
        node.release();
      }),
    );
  });
}

interface Stand {
  readonly turns: Turns;
  readonly node: NamedNode;
  readonly own: NamedOwn;
}

/** The znode stands, until it does not. */
function standing$(zk: ZooKeeper, { turns, node, own }: Stand): Observable<EphemeralState> {
  const { call, newest, recreate, recreateAfterMs = 0 } = turns;
  const { path, fence } = own;
  const here$ = merge(
    of<EphemeralState>({ status: 'standing', path, fence, released$: node.released$ }),
    newest.changes$.pipe(latestMap((data) => node.write$(data))),
  );
  const gone$ = node.gone$().pipe(endWith('gone' as const));
  const over$ = sessionOver$(zk, own.sessionId).pipe(map(() => 'over' as const));
  return concat(of('here' as const), merge(over$, gone$).pipe(take(1))).pipe(
    switchMap((what) => {
      if (what === 'here') return here$;
      if (what === 'gone' && !recreate) return throwError(() => new NoNodeError(call));
      const pauseMs = what === 'gone' ? recreateAfterMs : 0;
      return concat(of(absent), beforeNext$(zk, { path, pauseMs, sessionId: own.sessionId }));
    }),
  );
}

/** Completes when the next may be made: after the pause, or as soon as there is one that somebody else has put there. */
function beforeNext$(
  zk: ZooKeeper,
  { path, pauseMs, sessionId }: { path: string; pauseMs: number; sessionId: bigint },
): Observable<never> {
  if (pauseMs === 0) return EMPTY;
  return firstToComplete$([
    timer(pauseMs, zk.scheduler),
    zk.created$(path),
    sessionOver$(zk, sessionId),
  ]);
}

function isSame(a: EphemeralState, b: EphemeralState): boolean {
  if (a.status === 'absent') return b.status === 'absent';
  return a.status === 'blocked' && b.status === 'blocked' && a.owner === b.owner;
}
