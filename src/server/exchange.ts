/** What the handler of an operation works with: the state machine and the connection that asks. */

import { type Id } from './auth-provider.js';
import { type Machine } from './machine.js';
import { type Outcome } from './refusal.js';
import { type ServerSession } from './sessions.js';
import { type Caller } from './transaction.js';
import { type Watcher } from './watch-table.js';

/** The connection, as far as handlers are concerned. */
export interface Peer extends Caller, Watcher {
  readonly session: ServerSession;
  /** Ends its session. */
  endSession(): void;
  /** The peer's address, as `ip` identities have it. */
  readonly remoteHost: string;
  /** Adds what a credential has proved; what is there already is not added twice. */
  addIdentities(identities: readonly Id[]): void;
  /** The next step of the SASL dialogue; a null token where there is no SASL. */
  saslStep(token: Uint8Array | null): Outcome<{ readonly token: Uint8Array | null }>;
}

/** One request's surroundings. */
export interface Exchange {
  readonly machine: Machine;
  readonly peer: Peer;
}
