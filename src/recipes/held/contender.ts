/**
 * The shared trick under locks and elections: stand in a queue of sequential ephemerals and wait for those ahead to go.
 *
 * Theory of operation. Each contender makes one *protected* sequential ephemeral (`protected-node.ts`) under a root, lists
 * the root, and orders the rivals by number (`sequence.ts`). With no rival ahead of it, it is granted. Otherwise it waits for the
 * nearest ahead of it to go, and lists again: before it can be granted, that one must have gone, so nothing else needs to be watched.
 * One handover wakes one waiter (no herd) and costs it one list. Where some of them stand by, each waits for so many more to go:
 * then those who stand by know it at once. The wait leaves no watch behind on a name that never comes back.
 *
 * One turn in the queue (one znode) ends, and the next begins at the end of the queue with a new znode, when
 *
 * | what happened                                   | while waiting  | while held                            |
 * |-------------------------------------------------|----------------|---------------------------------------|
 * | the session is over                             | next turn      | `lost`, then next turn                |
 * | the lease ended by `giveUp` (disconnect, pause) | the turn lives | `lost`, release, then next turn       |
 * | somebody deleted our znode                      | next turn (at the next look) | `lost`, then next turn |
 *
 * A grant is given only for a znode of the session that is current at that moment: a znode left by an earlier session
 * vanishes when the server expires that session, and would be held by nobody. The lease itself is the session's
 * (`ZooKeeper.sessionLease$`). A holder watches its own znode: without that, deleting a stuck holder's znode by hand would
 * give two holders for good. Whatever ends a turn, its znode is deleted for certain, also when the
 * subscription ends at any step.
 */

import {
  catchError,
  defer,
  EMPTY,
  finalize,
  type Observable,
  repeat,
  switchMap,
  throwError,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { ProtectedNode } from '../core/protected-node.js';
import { type ContenderOptions, type Standing } from './standing.js';
import { turn$ } from './turn.js';

/**
 * Emits how a contender stands, turn after turn. Completes when the client is closed; errs when a request is refused, or with
 * `TimeoutError` if `once`. Unsubscribing gives the turn up.
 */
export function contend$(zk: ZooKeeper, options: ContenderOptions): Observable<Standing> {
  return defer(() => {
    const { root, layout, identifier, operation } = options;
    const prefix = layout.prefix(zk.randomId());
    const node = new ProtectedNode(zk, {
      root,
      prefix,
      data: identifier,
      ...(layout.parents === undefined ? {} : { parents: layout.parents }),
      call: { operation, path: root },
    });
    return node.make().pipe(
      switchMap((own) => turn$(zk, { ...options, node, own, prefix })),
      finalize(() => {
        node.release();
      }),
    );
  }).pipe(
    repeat(),
    // Whoever stands in a queue leaves it with his client, as live reads end: completing, so that nobody retries for ever.
    catchError((error: unknown) =>
      error instanceof SessionClosedError ? EMPTY : throwError(() => error),
    ),
  );
}
