/** The watch on `ready`, left before the znode is made that waits for it: whatever happens to that one, it is told in time. */

import { AsyncSubject, type Observable } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';

/** Watches from when it is made until `end`. */
export class ReadyWatch {
  private readonly made = new AsyncSubject<never>();
  /** Completes when `ready` is known to have been made, however short a time it was there; replays that. */
  readonly made$: Observable<never> = this.made.asObservable();
  private readonly watching;
  private seen = false;

  constructor(zk: ZooKeeper, ready: string) {
    this.watching = zk.created$(ready).subscribe({
      error: (error: unknown) => {
        this.made.error(error);
      },
      complete: () => {
        this.seen = true;
        this.made.complete();
      },
    });
  }

  /** Whether it is known by now. */
  get isMade(): boolean {
    return this.seen;
  }

  end(): void {
    this.watching.unsubscribe();
  }
}
