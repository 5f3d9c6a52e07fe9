/** What a member of a double barrier has when it is through. */

import { type Observable } from 'rxjs';
import { type Lease } from '../../client/lease.js';
import { type HeldLease } from '../held/held-lease.js';

/** The right to be inside, as far as this process can know; and the way out. */
export class Passage implements Lease {
  readonly fence: bigint;
  /** Path of the member's own znode. */
  readonly path: string;
  readonly released$: Observable<never>;

  /** @internal */
  constructor(
    private readonly lease: HeldLease,
    /**
     * Leaves together with the others. The stream that the passage came from completes when this is subscribed to.
     *
     * @emits nothing
     * @completes when all who entered together have left or are lost; when the client is closed
     * @errors `NoAuthError`; `AuthFailedError`. A lost connection or session is no error
     * @sharing nothing is shared; unsubscribing leaves at once, alone
     */
    readonly leave$: Observable<never>,
  ) {
    this.fence = lease.fence;
    this.path = lease.path;
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
