/** One turn in a queue: look at the list, wait or hold, look again. The theory of operation is in `contender.ts`. */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  map,
  type Observable,
  of,
  repeat,
  Subject,
  switchMap,
  takeUntil,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError, TimeoutError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { firstToComplete$ } from '../../rx/first-to-complete.js';
import { ownLease$ } from './own-lease.js';
import { type OwnNode } from '../core/own-node.js';
import { persist$, sessionOver$, untilAnswered } from '../core/persist.js';
import { type ProtectedNode } from '../core/protected-node.js';
import { type Place, placeInQueue } from '../core/sequence.js';
import { type ContenderOptions, type Standing } from './standing.js';
import { byAge$ } from './ties.js';

/** One turn: a znode in the queue. */
export interface Turn extends ContenderOptions {
  readonly node: ProtectedNode;
  readonly own: OwnNode;
  readonly prefix: string;
}

interface TurnUnderWay extends Turn {
  /** Ends the turn. */
  readonly end$: Observable<never>;
}

/** Completes when the turn is over; the znode may still exist then. */
export function turn$(zk: ZooKeeper, turn: Turn): Observable<Standing> {
  const { root, own, operation, prefix, layout } = turn;
  const over$ = new Subject<void>();
  const end$ = defer(() => {
    over$.next();
    return EMPTY;
  });
  const names$ = persist$(zk, {
    operation,
    path: root,
    request: () => zk.children(root, untilAnswered),
  }).pipe(
    // The root is gone, and our znode with it.
    catchError((error: unknown) =>
      error instanceof NoNodeError ? of([]) : throwError(() => error),
    ),
  );
  return names$.pipe(
    switchMap((names) => {
      const queue = { ownName: own.name, ownPrefix: prefix, rivals: layout.rivals };
      const place = placeInQueue(names, queue);
      const isCurrent = zk.session?.id === own.sessionId;
      if (place === undefined || !isCurrent) return end$;
      return ahead$(zk, turn, place).pipe(
        switchMap((ahead) =>
          ahead.length === 0
            ? held$(zk, { ...turn, end$ })
            : waiting$(zk, { ...turn, end$, ahead }),
        ),
      );
    }),
    // Each round ends when it is time to look again.
    repeat(),
    takeUntil(over$),
  );
}

/** Emits the names of all who came before us, the first in line first. */
function ahead$(
  zk: ZooKeeper,
  { root, operation, own }: Turn,
  { ahead, tied }: Place,
): Observable<readonly string[]> {
  return byAge$(zk, { operation, path: root, names: tied }).pipe(
    map((aged) => [
      ...ahead,
      ...aged.filter(({ czxid }) => czxid < own.fence).map(({ name }) => name),
    ]),
  );
}

/** Completes when it is time to look again. */
function waiting$(
  zk: ZooKeeper,
  turn: TurnUnderWay & { readonly ahead: readonly string[] },
): Observable<Standing> {
  const { root, ahead, standbys, end$, own, once, node, operation } = turn;
  if (once) {
    // Before the error is seen, so that whoever tries again at once does not meet our own znode.
    node.release();
    return throwError(() => new TimeoutError(0, 'not-sent', { operation, path: root }));
  }
  const gone$ = firstToComplete$(
    ahead.slice(-1 - standbys).map((name) => zk.deleted$(joinPath(root, name))),
  );
  const leave$ = sessionOver$(zk, own.sessionId).pipe(switchMap(() => end$));
  const first = joinPath(root, ahead[0] ?? '');
  const standing: Standing = { status: 'waiting', first, ahead: ahead.length };
  return concat(of(standing), firstToComplete$([gone$, leave$]));
}

/** Completes without having emitted if the lease cannot be had at this moment: the connection has just gone. */
function held$(zk: ZooKeeper, turn: TurnUnderWay): Observable<Standing> {
  let granted = false;
  return ownLease$(zk, turn).pipe(
    map((lease): Standing => {
      granted = true;
      return { status: 'held', lease };
    }),
    catchError((error: unknown) => {
      if (!(error instanceof LockLostError)) return throwError(() => error);
      return granted ? lost$(turn, error) : EMPTY;
    }),
  );
}

function lost$({ end$ }: TurnUnderWay, error: LockLostError): Observable<Standing> {
  return concat(of<Standing>({ status: 'lost', error }), end$);
}
