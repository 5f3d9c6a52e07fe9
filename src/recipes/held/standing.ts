/** The vocabulary of contending: how a queue looks on the znodes, how to stand in it, and how one stands. */

import { type GiveUp } from '../../client/lease.js';
import { type LockLostError } from '../../errors/client-errors.js';
import { type HeldLease } from './held-lease.js';
import { type AncestorMode } from '../../client/znode.js';

/** Names of the znodes in a queue, as other clients of the same queue know them. */
export interface QueueLayout {
  /** Name of a new contender before its number; holds the id, 32 hex digits. */
  readonly prefix: (id: string) => string;
  /** Texts right before the number by which the znodes to wait for are known, ours or other clients'. */
  readonly rivals: readonly string[];
  /** What the root is made as if it is missing. Default: `persistent`. */
  readonly parents?: AncestorMode;
}

/** How to contend. */
export interface ContenderOptions {
  readonly root: string;
  readonly layout: QueueLayout;
  /** Data of the contender's znode. */
  readonly identifier: Uint8Array;
  /** How many of those behind the holder know their place at any time; the others learn it when it is their turn to look. 0 for a lock. */
  readonly standbys: number;
  readonly giveUp: GiveUp;
  /** Err with `TimeoutError` instead of waiting for a rival. */
  readonly once: boolean;
  /** For error messages: what the user called. */
  readonly operation: string;
}

/** How a contender stands. */
export type Standing =
  | {
      readonly status: 'waiting';
      /** Path of the first in line, as of the list just read. */
      readonly first: string;
      /** How many are before us, as of that list; exact as long as there are no more than `standbys`. */
      readonly ahead: number;
    }
  | { readonly status: 'held'; readonly lease: HeldLease }
  | { readonly status: 'lost'; readonly error: LockLostError };
