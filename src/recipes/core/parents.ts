/** Makes the znodes that a recipe's own znodes stand under. */

import { catchError, type Observable } from 'rxjs';
import { type AncestorMode } from '../../client/znode.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { UnimplementedError } from '../../errors/server-error.js';
import { type RecipeCall } from './options.js';
import { persist$, untilAnswered } from './persist.js';

/**
 * Completes (having emitted) when the znode and its ancestors are there; those that are missing are made, empty.
 * `persistent` ones stay for ever, as kazoo's; a `container` is removed by the server some time after its last child, as
 * Curator's, and its counter of sequential znodes starts again with it (on a server before 3.5.1 it is made persistent).
 */
export function makeParents$(
  zk: ZooKeeper,
  path: string,
  { parents, call }: { readonly parents: AncestorMode; readonly call: RecipeCall },
): Observable<unknown> {
  const request = () =>
    zk.ensurePath(path, { mode: parents, ...untilAnswered }).pipe(
      catchError((error: unknown) => {
        // Before 3.5.1; the recipe works as well with what stays.
        if (error instanceof UnimplementedError) return zk.ensurePath(path, untilAnswered);
        throw error;
      }),
    );
  return persist$<unknown>(zk, { ...call, request });
}
