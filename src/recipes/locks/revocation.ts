/** Asks a holder to give back what it holds. */

import { catchError, defer, map, of, throwError } from 'rxjs';
import { awaitable } from '../../client/awaitable.js';
import { type Request } from '../../client/request.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NoNodeError } from '../../errors/server-error.js';
import { abortable } from '../../rx/abortable.js';
import { revocationText } from '../held/held-lease.js';
import { checkCall, optionNames, type RecipeOptions } from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';

const names = optionNames();

/**
 * Asks a contender to give back what it holds, or will hold: its lease's `revocation$` emits.
 *
 * ```
 * requestRevocation          --t|           t it has been asked
 * holder's revocation$       ---v           v the wish; a holder that heeds it gives the lease back
 * ```
 *
 * It is a wish: the contender may heed it or not, and a kazoo process does not look. Java processes do, if they were made
 * revocable, and their `Revoker` asks ours in the same way: by the data of the contender's znode (`__REVOKE__`), which replace its identifier.
 *
 * @param path - the contender's znode: `path` of a {@link Contender} or of a {@link HeldLease}
 * @emits `true` when it has been asked; `false` if there is no such znode (any more)
 * @completes after the answer
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `SessionClosedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing nothing is shared: each subscription asks once
 * @example
 * const [holder] = await firstValueFrom(contenders$(zk, '/locks/report'));
 * if (holder !== undefined) await requestRevocation(zk, holder.path);
 */
export function requestRevocation(
  zk: ZooKeeper,
  path: string,
  options: RecipeOptions = {},
): Request<boolean> {
  return awaitable(
    defer(() => {
      const call = { operation: 'requestRevocation', path };
      checkCall(options, call, names);
      // Asking twice is asking: after a lost reply it may be sent again.
      const request = () => zk.set(path, revocationText, untilAnswered);
      return persist$(zk, { ...call, request }).pipe(
        map(() => true),
        catchError((error: unknown) =>
          error instanceof NoNodeError ? of(false) : throwError(() => error),
        ),
        abortable(options.signal),
      );
    }),
  );
}
