/** A lease on a znode of our own, as holders get it: with the znode's path. */

import { type Observable } from 'rxjs';
import { type Lease } from '../../client/lease.js';

/** The base of what holders get; recipes add what else a holder can do. */
export class NodeLease implements Lease {
  readonly fence: bigint;
  readonly released$: Observable<never>;

  constructor(
    private readonly lease: Lease,
    readonly path: string,
  ) {
    this.fence = lease.fence;
    this.released$ = lease.released$;
  }

  get signal(): AbortSignal {
    return this.lease.signal;
  }

  valid(): boolean {
    return this.lease.valid();
  }

  remainingMs(): number {
    return this.lease.remainingMs();
  }

  throwIfExpired(): void {
    this.lease.throwIfExpired();
  }
}
