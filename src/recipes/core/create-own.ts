/** Sends the create of a recipe's own znode, once. */

import { catchError, map, type Observable, throwError } from 'rxjs';
import { check, create } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError } from '../../errors/client-errors.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { joinPath } from '../../path.js';
import { type OwnNode, ownNode, type OwnNodeOptions } from './own-node.js';
import { untilAnswered } from './persist.js';

/** Emits the znode; errs with `LockLostError` if the one that it needs (`onlyWith`) is gone. */
export function createOwn$(zk: ZooKeeper, options: OwnNodeOptions): Observable<OwnNode> {
  const { root, prefix, sequential = true, data, onlyWith } = options;
  const path = joinPath(root, prefix);
  const how = { mode: 'ephemeral', sequential, withStat: true } as const;
  if (onlyWith === undefined) {
    return zk.create(path, data, { ...how, ...untilAnswered }).pipe(map(ownNode));
  }
  return zk.transaction([check(onlyWith), create(path, data, how)], untilAnswered).pipe(
    map(([, made]) => ownNode(made)),
    catchError((error: unknown) => throwError(() => plainError(error, options))),
  );
}

/** Of a refused transaction, what the create alone would have said. */
function plainError(error: unknown, { onlyWith, call }: OwnNodeOptions): unknown {
  if (!(error instanceof TransactionError)) return error;
  if (error.index > 0) return error.errors[error.index] ?? error;
  return new LockLostError(0n, { ...call, path: onlyWith, cause: error });
}
