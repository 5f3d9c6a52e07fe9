/** What a connection shares with the others of its server. */

import { type OperationName } from '../wire/operations.js';
import { type JuteReader } from '../wire/reader.js';
import { type AdminView } from './admin-view.js';
import { type SaslUsers } from './digest-md5.js';
import { type WordWhitelist } from './four-letter-words.js';
import { type Machine } from './machine.js';
import { type ReadOnlyMode } from './read-only-mode.js';
import { type WriterPool } from './writer-pool.js';

/** What is the same for all connections of all servers of one ensemble. */
export interface EnsembleHost {
  readonly machine: Machine;
  readonly maxFrameBytes: number;
  readonly writers: WriterPool;
  /** One for all: a frame is dealt with before the next is looked at, and a reader holds on to its last chunk. */
  readonly reader: JuteReader;
  /** Who may log in by SASL; `undefined` where there is none. */
  readonly saslUsers: SaslUsers | undefined;
  /** Whether nothing but auth and SASL is answered before SASL has proved somebody. */
  readonly requireSasl: boolean;
  readonly words: WordWhitelist;
  /** A text that nobody can guess, new with each call, for challenges. */
  readonly nonce: () => string;
  /** Called for each request that is read. */
  count(operation: OperationName): void;
}

/** The server that a connection belongs to. `C` is the connection. */
export interface ConnectionHost<C> extends EnsembleHost {
  readonly admin: AdminView;
  /** Set while the server is read-only; as long as a connection lives this does not change. */
  readonly readOnlyMode: ReadOnlyMode | undefined;
  /** The connection has said who it is. */
  greeted(connection: C): void;
  /** The connection is closed; called once. */
  forget(connection: C): void;
  /** A proof of identity has failed. */
  authFailed(): void;
}
