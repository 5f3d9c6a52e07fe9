/** How many entries are in a queue. */

import { defer, distinctUntilChanged, map, type Observable } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { abortable } from '../../rx/abortable.js';
import { placeToCount, type QueueOptions } from './queue-options.js';

/**
 * Emits the number of entries in a queue, now and after every change; those being processed and those not visible yet count.
 *
 * ```
 * entries          -e---e----t--          e enqueued, t taken
 * queueLength$     01---2----1--
 * ```
 *
 * Changes in quick succession may be seen as one.
 *
 * @param path - path of the queue, see {@link enqueue}
 * @emits the number; 0 while there is no queue
 * @completes when the client is closed
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing one watch and one read for each queue and client, shared by all subscribers
 * @example
 * queueLength$(zk, '/jobs').subscribe((length) => gauge.set(length));
 */
export function queueLength$(
  zk: ZooKeeper,
  path: string,
  options: QueueOptions = {},
): Observable<number> {
  return defer(() => {
    const { entries, format } = placeToCount(options, { operation: 'queueLength$', path });
    return zk.children$(entries).pipe(
      map((names) => (names ?? []).filter((name) => format.parse(name) !== undefined).length),
      distinctUntilChanged(),
      abortable(options.signal),
    );
  });
}
