/** Makes the znodes that a recipe's own znodes stand under. */

import { catchError, defer, type Observable, switchMap, throwError } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NodeExistsError, NoNodeError, UnimplementedError } from '../../errors/server-error.js';
import { parentPath } from '../../path.js';
import { type RecipeCall } from './options.js';
import { persist$, untilAnswered } from './persist.js';

/**
 * What a recipe's parents are: `persistent` stay for ever, as kazoo's; a `container` (3.5.1+) is removed by the server some
 * time after its last child, as Curator's, and its counter of sequential znodes starts again with it (on an older server it is
 * made persistent).
 */
export type Parents = 'persistent' | 'container';

/** Completes (having emitted) when the znode and its ancestors are there; those that are missing are made, empty. */
export function makeParents$(
  zk: ZooKeeper,
  path: string,
  { parents, call }: { readonly parents: Parents; readonly call: RecipeCall },
): Observable<unknown> {
  const request = () =>
    parents === 'persistent' ? zk.ensurePath(path, untilAnswered) : makeContainers$(zk, path);
  return persist$<unknown>(zk, { ...call, request });
}

/** From the bottom up, because most of the time all but the last are there. */
function makeContainers$(zk: ZooKeeper, path: string): Observable<unknown> {
  const make$ = zk.create(path, '', { mode: 'container', ...untilAnswered });
  return make$.pipe(
    catchError((error: unknown) => {
      if (error instanceof NodeExistsError) return zk.exists(path, untilAnswered);
      // Before 3.5.1; the recipe works as well with what stays.
      if (error instanceof UnimplementedError) return zk.ensurePath(path, untilAnswered);
      if (!(error instanceof NoNodeError)) return throwError(() => error);
      // The root of the chroot may be missing itself; that one is no recipe's to make as a container.
      const parent = parentPath(path);
      const parent$ =
        parent === '/' ? zk.ensurePath('/', untilAnswered) : makeContainers$(zk, parent);
      return parent$.pipe(switchMap(() => defer(() => makeContainers$(zk, path))));
    }),
  );
}
