/** What the four-letter words see of a server: the state machine, the connections and the figures, to read and to reset. */

import { type Address } from '../transport/transport.js';
import { type Machine } from './machine.js';
import { type Meter } from './meter.js';
import { type Traffic } from './traffic.js';
import { type ServerSession } from './sessions.js';
import { type Watcher } from './watch-table.js';

/** One connection. */
export interface ConnectionView extends Watcher {
  readonly remote: Address;
  readonly openedAtMs: number;
  readonly meter: Meter;
  /** `undefined` before the handshake, and for whoever only asks a word. */
  readonly sessionOrNone: ServerSession | undefined;
}

/** One server. */
export interface AdminView {
  readonly machine: Machine;
  readonly traffic: Traffic;
  /** Connections that were turned away because their host had too many. */
  readonly rejected: number;
  /** Proofs of identity that failed. */
  readonly authFailures: number;
  /** Milliseconds since the server was made. */
  readonly uptimeMs: number;
  readonly connections: ReadonlySet<ConnectionView>;
  readonly maxClientCnxns: number;
  readonly serverId: number;
  /** Number of servers over the one tree. */
  readonly servers: number;
  /** Whether it is cut off from its quorum and only serves reads. */
  readonly readOnly: boolean;
  /** Bits of `gtmk` and `stmk`; they are kept and mean nothing here. */
  readonly traceMask: bigint;
  /** Starts the figures anew, as `srst` asks for. */
  resetFigures(): void;
  setTraceMask(mask: bigint): void;
}
