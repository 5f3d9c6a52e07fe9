/** Acquires many locks side by side: all of them or none, in no order. */

import { Observable, Subscription } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { acquire$, type Acquiring } from './acquire.js';
import { type HeldLease } from './held-lease.js';
import { LeaseOfAll } from './multi-lease.js';

/** How many locks are waited for at the same time. */
const maxWaiting = 50;

/**
 * Emits one lease over all locks when all are held; errs, as soon as one is lost, when all are being given back. Completes when the
 * client is closed while it waits. Who wants some of the same locks and waits for them in another order may wait for ever: this is
 * for those who agree on who gets what.
 */
export function acquireAll$(zk: ZooKeeper, wanted: readonly Acquiring[]): Observable<LeaseOfAll> {
  return new Observable<LeaseOfAll>((out) => {
    const held = new Map<Acquiring, HeldLease>();
    const locks = new Subscription();
    let whole: LeaseOfAll | undefined;
    let asked = 0;
    const giveBack = (error?: unknown) => {
      whole?.end(error);
      locks.unsubscribe();
    };
    const goOn = () => {
      while (!locks.closed && asked < wanted.length && asked - held.size < maxWaiting) ask();
      if (locks.closed || held.size < wanted.length) return;
      const leases = wanted.flatMap((one) => held.get(one) ?? []);
      const fences = leases.map(({ fence }) => fence);
      whole = new LeaseOfAll(
        leases,
        fences.reduce((a, b) => (a > b ? a : b), 0n),
      );
      out.next(whole);
    };
    const ask = () => {
      // One more than was asked for, and there is one.
      const one = wanted[asked++] as Acquiring;
      const lock = acquire$(zk, one).subscribe({
        next: (lease) => {
          held.set(one, lease);
          goOn();
        },
        error: (error: unknown) => {
          giveBack(error);
          out.error(error);
        },
        complete: () => {
          giveBack();
          out.complete();
        },
      });
      locks.add(lock);
    };
    out.add(() => {
      giveBack();
    });
    goOn();
  });
}
