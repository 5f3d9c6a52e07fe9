/** Notices that somebody deleted a znode of our own. */

import { type Observable, Subject } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';

/**
 * Completes when the znode is gone, whoever deleted it. Unsubscribing leaves the watch to be spent by our own delete, of which
 * `released$` tells: that is one request less than taking it away. Should the znode not be readable, nothing is noticed.
 */
export function gone$(
  zk: ZooKeeper,
  path: string,
  released$: Observable<never>,
): Observable<never> {
  const gone = new Subject<never>();
  const watching = zk.deleted$(path).subscribe({
    error: () => undefined,
    complete: () => {
      gone.complete();
    },
  });
  const stop = () => {
    watching.unsubscribe();
  };
  released$.subscribe({ error: stop, complete: stop });
  return gone;
}
