/** A lease over a znode of our own: it ends with the session's lease, or when somebody deletes the znode. */

import { concat, defer, map, type Observable, of, switchAll, throwError } from 'rxjs';
import { type GiveUp } from '../../client/lease.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { heldLease, type HeldLease } from './held-lease.js';
import { type OwnNode } from '../core/own-node.js';
import { type ProtectedNode } from '../core/protected-node.js';

/** What the lease stands on, and when it is given up. */
export interface OwnLeaseOptions {
  readonly root: string;
  readonly own: OwnNode;
  /** Its end: given back by us, or deleted by somebody. */
  readonly node: Pick<ProtectedNode, 'released$' | 'gone$'>;
  readonly giveUp: GiveUp;
  /** For error messages. */
  readonly operation: string;
  /** For error messages, if it is not the root. */
  readonly path?: string;
}

/**
 * Emits the lease; errs with `LockLostError` when it is lost, or without having emitted if it cannot be had at this moment (the
 * connection has just gone, the znode is of an earlier session). The znode itself is not touched.
 */
export function ownLease$(zk: ZooKeeper, options: OwnLeaseOptions): Observable<HeldLease> {
  const { root, own, node, giveUp, operation } = options;
  const call = { operation, path: options.path ?? root };
  const path = joinPath(root, own.name);
  const { fence, sessionId } = own;
  const { released$ } = node;
  const lease$ = zk
    .sessionLease$({ fence, sessionId, giveUp, released$, ...call })
    .pipe(map((lease) => heldLease(zk, { lease, path })));
  const deleted$ = throwError(() => {
    const cause = new NoNodeError({ operation, path });
    return new LockLostError(own.fence, { ...call, cause });
  });
  // Switching ends the lease before anybody is told that the znode is gone.
  return concat(
    of(lease$),
    defer(() => node.gone$()),
    of(deleted$),
  ).pipe(switchAll());
}
