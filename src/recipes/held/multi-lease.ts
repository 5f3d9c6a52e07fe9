/** The leases of several locks as one: it holds while all of them do. */

import { ignoreElements, merge, type Observable } from 'rxjs';
import { type Lease } from '../../client/lease.js';
import { LockLostError } from '../../errors/client-errors.js';
import { type HeldLease } from './held-lease.js';

/** What the holder of several locks is given. */
export interface MultiLease extends Lease {
  /** The lease of each lock, in the order in which the paths were given. */
  readonly leases: readonly HeldLease[];
}

export class LeaseOfAll implements MultiLease {
  readonly released$: Observable<never>;
  private readonly controller = new AbortController();

  constructor(
    readonly leases: readonly HeldLease[],
    /** Of which of them it is, is the recipe's business. */
    readonly fence: bigint,
  ) {
    this.released$ = merge(...leases.map(({ released$ }) => released$)).pipe(ignoreElements());
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  valid(): boolean {
    return !this.signal.aborted && this.leases.every((lease) => lease.valid());
  }

  remainingMs(): number {
    if (this.signal.aborted) return 0;
    return Math.min(...this.leases.map((lease) => lease.remainingMs()));
  }

  throwIfExpired(): void {
    for (const lease of this.leases) lease.throwIfExpired();
    // Where there is none, nothing else could tell.
    if (this.signal.aborted) throw new LockLostError(this.fence);
  }

  /** Ends it, with the error that ended it if there is one. */
  end(error?: unknown): void {
    this.controller.abort(error);
  }
}
