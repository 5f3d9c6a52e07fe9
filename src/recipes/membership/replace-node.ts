/** Puts an ephemeral znode in the place of another one, in one transaction: the name is never free in between. */

import { catchError, defer, map, type Observable, of, switchMap, throwError } from 'rxjs';
import { create, remove } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { BadVersionError, NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { type Stat } from '../../wire/records.js';
import { type NamedNodeOptions, type NodeData } from './named-own.js';
import { persist$, untilAnswered, writable$ } from '../core/persist.js';

/** What is replaced, and by what. */
export interface Replacing extends NamedNodeOptions {
  /** What stands there, as it was seen. */
  readonly stat: Stat;
  /** Called before the transaction is sent. */
  readonly beforeSending: () => void;
}

/** The znode that has taken the place. */
export interface Replaced {
  readonly stat: Stat;
  readonly written: NodeData;
}

/**
 * Emits what has taken the place; `undefined` if the other is not to be replaced. Errs with `NodeExistsError` if it has changed
 * since it was seen: look again.
 */
export function replaceNode$(zk: ZooKeeper, options: Replacing): Observable<Replaced | undefined> {
  const { path, replace, stat } = options;
  if (replace === true) return send$(zk, options);
  if (replace === false) return of(undefined);
  const request = () => zk.get(path, untilAnswered);
  return persist$(zk, { ...options.call, request }).pipe(
    catchError((error: unknown) => throwError(() => lookAgain(error, options))),
    switchMap((node) => {
      if (node.stat.czxid !== stat.czxid)
        return throwError(() => new NodeExistsError(options.call));
      return defer(() =>
        replace(node) ? send$(zk, { ...options, stat: node.stat }) : of(undefined),
      );
    }),
  );
}

function send$(zk: ZooKeeper, options: Replacing): Observable<Replaced> {
  const { path, stat, acl, call } = options;
  return writable$(zk, call).pipe(
    switchMap(() => {
      options.beforeSending();
      const written = options.data();
      const how = { mode: 'ephemeral', withStat: true, ...(acl && { acl }) } as const;
      const operations = [
        remove(path, { version: stat.version }),
        create(path, written, how),
      ] as const;
      return zk
        .transaction(operations, untilAnswered)
        .pipe(map(([, made]) => ({ stat: made.stat, written })));
    }),
    catchError((error: unknown) => throwError(() => lookAgain(error, options))),
  );
}

/** What the refused operation would have said alone; `NodeExistsError` if it only says that something has changed. */
function lookAgain(error: unknown, { call }: Replacing): unknown {
  const cause = error instanceof TransactionError ? (error.errors[error.index] ?? error) : error;
  const hasChanged = cause instanceof BadVersionError || cause instanceof NoNodeError;
  return hasChanged ? new NodeExistsError(call) : cause;
}
