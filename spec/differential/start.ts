/** Where a run starts: what has been there before it. */

import { type Stat } from '../../src/wire/records.js';

export interface Start {
  /** Zxid of the last transaction before it. */
  readonly zxid: bigint;
  /** The Stats of the znodes that every server has. */
  readonly shared: ReadonlyMap<string, Stat>;
}
