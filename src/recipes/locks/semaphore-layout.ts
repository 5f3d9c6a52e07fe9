/**
 * How a semaphore looks on the znodes.
 *
 * | what                 | kazoo (`Semaphore`)         | Curator (`InterProcessSemaphoreV2`)    |
 * |----------------------|-----------------------------|----------------------------------------|
 * | the gate, a lock     | `PATH-__lock__/<id>__lock__N` | `PATH/locks/_c_<uuid>-lock-N`          |
 * | a lease (ephemeral)  | `PATH/<id>`                 | `PATH/leases/_c_<uuid>-lease-N`        |
 * | how many there are   | data of `PATH`, in decimal  | nowhere: all must say the same         |
 *
 * Who wants a lease takes the gate first, and has it until there is a free lease and it has taken that. kazoo counts before
 * it makes its lease's znode, Curator after; under the gate that comes to the same.
 */

import { catchError, defer, map, type Observable, of, switchMap, throwError } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { InvalidOptionError, InvalidPathError } from '../../errors/client-errors.js';
import { NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { joinPath, parentPath } from '../../path.js';
import { type Layout, type RecipeCall } from '../core/options.js';
import { type OwnNodeOptions } from '../core/own-node.js';
import { makeParents$ } from '../core/parents.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { fromUtf8 } from '../core/utf8.js';
import { protectionPrefix } from '../core/uuid.js';

/** One layout, at one path. */
export interface SemaphoreLayout {
  /** Where those stand who want a lease. */
  readonly gateRoot: string;
  /** Where the leases are; all children count. */
  readonly leasesRoot: string;
  /** How a lease's znode is made. */
  lease(id: string): Pick<OwnNodeOptions, 'prefix' | 'sequential' | 'parents' | 'makeRoot'>;
  /** Emits when the semaphore is known to have this size, as far as the layout says. */
  ready$(): Observable<unknown>;
}

/** What a semaphore is. */
export interface SemaphoreTerms {
  readonly layout: Layout;
  readonly maxLeases: number;
  readonly call: RecipeCall;
}

/** Where the leases of a semaphore are. */
export function leasesRoot(path: string, layout: Layout): string {
  return layout === 'kazoo' ? path : joinPath(path, 'leases');
}

export function semaphoreLayout(zk: ZooKeeper, terms: SemaphoreTerms): SemaphoreLayout {
  const { layout, call } = terms;
  const { path, operation } = call;
  if (path === '/') {
    throw new InvalidPathError(path, 'a semaphore needs a znode of its own', { operation });
  }
  const root = leasesRoot(path, layout);
  if (layout === 'kazoo') {
    const ready$ = () => sized$(zk, terms);
    return {
      gateRoot: `${path}-__lock__`,
      leasesRoot: root,
      lease: (id) => ({ prefix: id, sequential: false, makeRoot: ready$ }),
      ready$,
    };
  }
  return {
    gateRoot: joinPath(path, 'locks'),
    leasesRoot: root,
    lease: (id) => ({ prefix: `${protectionPrefix(id)}lease-`, parents: 'container' }),
    ready$: () => of(true),
  };
}

const decimal = /^\s*[+-]?\d+\s*$/;

/** Emits when the znode is there and does not say another number; a text that is no number is somebody else's business. */
function sized$(zk: ZooKeeper, { maxLeases, call }: SemaphoreTerms): Observable<unknown> {
  const { path } = call;
  const look$: Observable<unknown> = zk.get(path, untilAnswered).pipe(
    map(({ data }) => {
      const text = fromUtf8(data);
      if (!decimal.test(text) || Number(text) === maxLeases) return;
      const reason = `the semaphore was made with ${text.trim()}, not ${String(maxLeases)}`;
      throw new InvalidOptionError('maxLeases', reason, call);
    }),
    catchError((error: unknown) => {
      if (!(error instanceof NoNodeError)) return throwError(() => error);
      return zk.create(path, String(maxLeases), untilAnswered).pipe(
        catchError((refused: unknown) => {
          // Somebody else was faster.
          if (refused instanceof NodeExistsError) return look$;
          if (!(refused instanceof NoNodeError)) return throwError(() => refused);
          const parents$ = makeParents$(zk, parentPath(path), { parents: 'persistent', call });
          return parents$.pipe(switchMap(() => look$));
        }),
      );
    }),
  );
  // A create whose reply was lost is looked for before it is sent again.
  return persist$(zk, { ...call, request: () => defer(() => look$) });
}
