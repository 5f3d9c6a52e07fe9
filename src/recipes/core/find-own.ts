/** Finds the znode of a create whose reply was lost. */

import { catchError, concat, first, map, type Observable, of, switchMap, throwError } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { type OwnNode, ownNode, type OwnNodeOptions } from './own-node.js';
import { persist$, untilAnswered } from './persist.js';

/**
 * Emits the one child of the root whose name starts with the prefix (and which is ours, where others' names may start so), or
 * `undefined`: the create did not happen, or the znode is gone again. The list is read behind a `sync`, because this server may lag behind the one that took the create.
 */
export function findOwn$(zk: ZooKeeper, options: OwnNodeOptions): Observable<OwnNode | undefined> {
  const { root, prefix, call } = options;
  const request = () =>
    zk.sync(root, untilAnswered).pipe(
      switchMap(() => zk.children(root, untilAnswered)),
      switchMap((names) => {
        const candidates = names.filter((one) => one.startsWith(prefix));
        // One, unless others have names like that.
        return concat(...candidates.map((name) => lookAt$(zk, name, options)));
      }),
      first((own) => own !== undefined, undefined),
    );
  return persist$(zk, { ...call, request }).pipe(
    // Without the root there is nothing in it.
    catchError((error: unknown) =>
      error instanceof NoNodeError ? of(undefined) : throwError(() => error),
    ),
  );
}

function lookAt$(
  zk: ZooKeeper,
  name: string,
  { root, isOwn = () => true }: OwnNodeOptions,
): Observable<OwnNode | undefined> {
  const path = joinPath(root, name);
  return zk.exists(path, untilAnswered).pipe(
    map((stat) => {
      if (stat === null || !isOwn(path, stat.ephemeralOwner)) return undefined;
      return ownNode({ path, stat });
    }),
  );
}
