/** What a member of a double barrier has when it is through. */

import { type Observable } from 'rxjs';
import { type Lease } from '../../client/lease.js';
import { type HeldLease } from '../held/held-lease.js';
import { NodeLease } from '../held/node-lease.js';

/** The right to be inside, as far as this process can know; and the way out. */
export interface Passage extends Lease {
  /** Path of the member's own znode. */
  readonly path: string;
  /**
   * Leaves together with the others. The stream that the passage came from completes when this is subscribed to.
   *
   * @emits nothing
   * @completes when all who entered together have left or are lost; when the client is closed
   * @errors `NoAuthError`; `AuthFailedError`. A lost connection or session is no error
   * @sharing nothing is shared; unsubscribing leaves at once, alone
   */
  readonly leave$: Observable<never>;
}

/** The passage of a member with this lease on its znode. */
export function passage(lease: HeldLease, leave$: Observable<never>): Passage {
  return new MemberPassage(lease, leave$);
}

class MemberPassage extends NodeLease implements Passage {
  constructor(
    lease: HeldLease,
    readonly leave$: Observable<never>,
  ) {
    super(lease, lease.path);
  }
}
