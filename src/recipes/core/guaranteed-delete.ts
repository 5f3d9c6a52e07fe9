/** Deletes an ephemeral znode for certain, however often the connection is lost meanwhile. */

import { catchError, EMPTY, type Observable, takeUntil } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { type ErrorContext } from '../../errors/base.js';
import { insist$, sessionOver$, untilAnswered } from './persist.js';

/** What is to go. */
export interface GuaranteedDelete extends ErrorContext {
  readonly path: string;
  /** Session that owns the znode. */
  readonly sessionId: bigint;
}

/**
 * Completes when the server has confirmed that the znode is gone (`NoNode` does), when the session that owns it is over, or when
 * the client is closed. Never errs. Should the server forbid the delete (NoAuth) it completes too: the znode stays as long
 * as its session, and nothing that this client does could change that.
 */
export function guaranteedDelete$(zk: ZooKeeper, target: GuaranteedDelete): Observable<unknown> {
  const request = () => zk.delete(target.path, untilAnswered);
  // When the client's queue is full, nobody else may have the znode's place until there is room.
  return insist$(zk, { operation: target.operation, path: target.path, request }).pipe(
    catchError(() => EMPTY),
    takeUntil(sessionOver$(zk, target.sessionId)),
  );
}
