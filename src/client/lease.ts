/** A lease: the right to act as the holder of something, as far as this process can know it now. */

import { type Observable } from 'rxjs';

/** When a holder gives up: at the first disconnect, or only when the lease deadline passes. */
export type GiveUp = 'suspended' | 'lease';

/**
 * A grant (of a lock, of leadership). Not a flag: ask it again before each step that must not be done twice, and give
 * `fence` to the resource that you protect, so that it can refuse a holder that woke up late.
 */
export interface Lease {
  /** Zxid that created the holder's znode: strictly increasing over the grants of one path. */
  readonly fence: bigint;
  /** Whether the lease holds at this very moment, computed from the clocks when asked. */
  valid(): boolean;
  /** Milliseconds until the lease ends unless the server acknowledges another request; 0 = it has ended. */
  remainingMs(): number;
  /** Aborted when the lease ends for whatever reason. Its reason is the error that ended it. */
  readonly signal: AbortSignal;
  /** Throws `LockLostError` unless the lease is valid. */
  throwIfExpired(): void;
  /**
   * Tells when the grant is given back for certain.
   *
   * @emits nothing
   * @completes when the server has confirmed that the grant is given back, or its session is gone
   * @errors never
   * @sharing one release for each grant, whoever subscribes; a late subscriber gets the completion at once
   */
  readonly released$: Observable<never>;
}
