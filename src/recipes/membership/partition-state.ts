/** The vocabulary of a partitioner: what a share is made from, and how a member stands. */

import { type MultiLease } from '../held/multi-lease.js';

/** What a share is made from. */
export interface PartitionView {
  /** Of this member. */
  readonly identifier: string;
  /** Place of this member among `members`. */
  readonly index: number;
  /** Identifiers of all who are there, in the order of their code points. */
  readonly members: readonly string[];
  /** All items, as they were given. */
  readonly items: readonly string[];
}

/** How a member of a partition stands. */
export type Partition =
  | {
      /** It has no items: the members have changed and are waited for to settle, or others must give items back first. */
      readonly status: 'allocating';
    }
  | {
      readonly status: 'acquired';
      /** Its share; there may be none for it. */
      readonly items: readonly string[];
      /** Holds as long as the locks of all of its items do; `leases` has that of each item, in the order of `items`. */
      readonly lease: MultiLease;
    }
  | {
      /** It must not touch its items any more: they are being given back, because the members have changed or the lease is lost. */
      readonly status: 'released';
      /** What it had. */
      readonly items: readonly string[];
    };
