/** What a session is to the layers above. `createSession` in `open-session.ts` makes one. */

import { type ZooKeeperError } from '../errors/base.js';
import { type Address } from '../transport/transport.js';
import { type AnyCall } from './call.js';
import { type LeaseClock } from './lease-clock.js';
import { type SessionState } from './state.js';
import { type WatchRegistry } from './watch-registry.js';

/**
 * What proves that a session is ours. The password is a secret: it can be read by its name, but is not shown when the object is
 * logged, and is not copied by a spread or by JSON.
 */
export interface SessionIdentity extends SavedSession {
  /** Zxid of the newest reply: whoever takes the session over will see nothing older. */
  readonly lastZxid: bigint;
  /**
   * Id, password and last zxid as text, for the option `session` of another process. It **holds the password**: whoever has it
   * has the session. Keep it where only that process can read it.
   */
  serialize(): string;
}

/** A session to be taken over. */
export interface SavedSession {
  readonly id: bigint;
  readonly password: Uint8Array;
  /** Servers that have not come that far are passed over. Default 0. */
  readonly lastZxid?: bigint;
}

/** Told of changes, each in two phases; see {@link Session.observe}. */
export interface SessionObserver {
  /**
   * First phase, before anybody sees the new state: whoever guards something by this session ends it now. Called when the
   * state leaves `connected`, when the session is over, and when the lease deadline passes while connected.
   */
  onRevoke?(reason: Revocation): void;
  /** Second phase: the new state. Not called for a lease deadline that passes while connected. */
  onState?(state: SessionState): void;
  /** All watches stand again on a new connection and what they missed has been delivered. */
  onWatchesRestored?(): void;
}

/** Why leases end: the connection is gone, the deadline has passed, or the session is over. */
export type Revocation = 'suspended' | 'deadline' | 'ended';

/**
 * One session after the other, from the first connect until it is closed: the connection is re-established and a lost
 * session replaced by itself. All callbacks come in the order of the wire.
 */
export interface Session {
  readonly state: SessionState;
  /** The current session; `undefined` before the first one and when one is over. */
  readonly identity: SessionIdentity | undefined;
  /** Zxid of the newest reply. */
  readonly lastZxid: bigint;
  readonly watches: WatchRegistry;
  readonly leaseClock: LeaseClock;
  /**
   * Queues a request, or sends it if connected. It is answered exactly once unless cancelled: from inside `submit` only if it
   * is refused at once (closed, over a limit), else in the order of the wire.
   */
  submit(call: AnyCall): void;
  /** The answer is not wanted any more. What is on the wire cannot be taken back. */
  cancel(call: AnyCall): void;
  /** Calls back once when everything that has come from the server by now is handled; at once if that is so. */
  afterTurn(callback: () => void): void;
  /** Adds an observer until the function returned is called. It is not told the current state. */
  observe(observer: SessionObserver): () => void;
  /** Adds credentials to this and every later connection. Refused ones end in `authFailed`. */
  addAuth(
    scheme: string,
    credential: Uint8Array,
    answer: { reply(): void; fail(error: ZooKeeperError): void },
  ): void;
  /**
   * Replaces the list of servers, which must not be empty. If the load of all clients is to be even (see `rebalance.ts`), or the
   * current server is not in the list, the connection moves to another one, with the same session.
   */
  useServers(servers: readonly Address[]): void;
  /**
   * Asks the server to end the session (behind the requests already sent), then ends everything. `done` is called when the
   * server has confirmed or cannot be asked. Idempotent. With `keep` the server is not asked: what was sent is answered first,
   * and the session is left to whoever takes it over, or to its timeout.
   */
  close(done: () => void, keep?: boolean): void;
}
