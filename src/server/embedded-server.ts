/** What an embedded server is to those who run one: where clients connect, and what tests may see and do. */

import { type SchedulerLike } from 'rxjs';
import { type Acceptor } from '../transport/transport.js';
import { type OperationName } from '../wire/operations.js';
import { type Acl, type Stat } from '../wire/records.js';
import { type SaslUsers } from './digest-md5.js';
import { type WordWhitelist } from './four-letter-words.js';
import { type QuotaWarning } from './quotas.js';
import { type ZnodeKind } from './znode.js';

/** How an embedded server behaves. All times are in milliseconds. */
export interface EmbeddedServerOptions {
  /** What all timeouts run on, and what tells the time: `asyncScheduler`, or a test's virtual time. */
  readonly scheduler: SchedulerLike;
  /** Session timeouts are settled between 2 and 20 ticks, and sessions end at ticks. Default 2,000. */
  readonly tickMs?: number;
  /** Largest frame that is taken; a larger one closes the connection. Default 1,048,575. */
  readonly maxFrameBytes?: number;
  /** How often emptied containers and TTL znodes are looked at. Default 1,000. */
  readonly reapIntervalMs?: number;
  /** `super:<hash>`: who proves this identity may do everything. Default: nobody. */
  readonly superDigest?: string;
  /** The release to play: operations that are newer are answered as unknown. Default `3.9.3`. */
  readonly version?: string;
  /** Whether TTL znodes can be made. Default true (a real server: false). */
  readonly extendedTypes?: boolean;
  /** How many servers there are over the one tree; see `acceptors`. Default 1. */
  readonly servers?: number;
  /** First byte of the session ids, 1 to 254. Default 1. */
  readonly serverId?: number;
  /** Connections that one host may have at a time at one server; 0 = any number. Default 0 (over TCP 60). */
  readonly maxClientCnxns?: number;
  /** How long a connection may take to say who it is. Default: 20 ticks, the longest session timeout. */
  readonly handshakeTimeoutMs?: number;
  /** Which four-letter words are answered. Default `all` (a real server: `srvr`). */
  readonly words?: WordWhitelist;
  /** Who may log in by SASL DIGEST-MD5. Default: no SASL. */
  readonly saslUsers?: SaslUsers;
  /** Whether nothing but auth and SASL is answered before a login by SASL. Default false. */
  readonly requireSasl?: boolean;
  /** Numbers in [0, 1) for SASL's challenges. Default: a fixed sequence, which over a network is none. */
  readonly random?: () => number;
  /** Nothing is checked against ACLs. Default false. */
  readonly skipAcl?: boolean;
  /** Whether hard quotas refuse what exceeds them. Default false. */
  readonly enforceQuota?: boolean;
  /** Told of what exceeds a quota, hard or soft. */
  readonly onQuotaWarning?: (warning: QuotaWarning) => void;
  /** How long a container may exist without ever having had a child. Default 0: for ever. */
  readonly containerMaxUnusedMs?: number;
}

/** One session, as it is now. */
export interface SessionSnapshot {
  readonly id: bigint;
  readonly timeoutMs: number;
  /** When it ends if its client is not heard before: on the scheduler's clock; 0 while all servers are stopped. */
  readonly expiresAtMs: number;
  readonly connected: boolean;
  /** Paths of its ephemeral znodes, in the order of their creation. */
  readonly ephemerals: readonly string[];
}

/** One znode, as it is now. */
export interface ZnodeSnapshot {
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly stat: Stat;
  readonly kind: ZnodeKind;
  /** The session of an ephemeral znode; 0 for all others. */
  readonly ephemeralOwner: bigint;
  /** Of a TTL znode; 0 for all others. */
  readonly ttlMs: number;
}

/** A ZooKeeper in this process, deterministic on its scheduler. It leaves no timer while it has nobody to look after. */
export interface EmbeddedServer {
  /** Give it to a listener of a network; the same as `acceptors[0]`. */
  readonly acceptor: Acceptor;
  /** One for each server of the ensemble. They share everything, so that a session can move from one to another. */
  readonly acceptors: readonly Acceptor[];
  /** Zxid of the last transaction, failed ones included. */
  readonly lastZxid: bigint;
  /** The sessions, in the order of their creation. */
  sessions(): readonly SessionSnapshot[];
  /** Every znode by its path, those that every server has included. */
  tree(): Readonly<Record<string, ZnodeSnapshot>>;
  /** Number of watches of all kinds and connections. */
  watchCount(): number;
  /** Paths of all ephemeral znodes, or of one session's. */
  ephemerals(sessionId?: bigint): readonly string[];
  /** Number of connections whose peer has not gone, at all servers. */
  connectionCount(): number;
  /** Number of requests since the start, by operation; those that were never asked for are missing. */
  requestCounts(): Readonly<Partial<Record<OperationName, number>>>;
  /** Ends a session as if its time were up; `false` if there is none with this id. */
  expireSession(sessionId: bigint): boolean;
  /** Closes all connections, or that of one session; the sessions live on. */
  dropConnections(sessionId?: bigint): void;
  /** Removes what a reaper finds due now, without waiting for its round; returns the paths. */
  reap(): readonly string[];
  /** Closes the connections of a server (default: of all) and takes no new ones. When all are stopped, time stands still. */
  stop(index?: number): void;
  /** Takes connections again, with the tree and the sessions of before; each has its full timeout again. */
  start(index?: number): void;
  /**
   * Cuts a server (default: all) off from its quorum, or ends that. As a real one with `readonlymode.enabled` it closes its
   * connections then, serves only clients that ask for it (the option `readOnly`), refuses writes with NotReadOnly, and
   * opens sessions that own nothing and end with the mode; `isro` answers `ro`. Unlike there, what others write meanwhile can
   * be read on it. While no server takes writes, no session ends.
   */
  setReadOnly(readOnly: boolean, index?: number): void;
  /** The whole state as bytes: znodes, sessions, zxid. Connections and watches are no part of it. */
  snapshot(): Uint8Array;
  /**
   * The same bytes in parts, each after a short piece of work (many are empty), so that a large state can be written while
   * clients are served. It is the state at the first of them, whatever changes meanwhile.
   */
  snapshotParts(): Generator<Uint8Array, void>;
  /**
   * Takes a state that was saved in place of its own. All connections are closed; sessions live on with a full timeout.
   * Throws `ProtocolError`, and changes nothing, if the bytes are no snapshot.
   */
  restore(snapshot: Uint8Array): void;
  /** Stops for good. Nothing is left behind: no timer, no connection. */
  dispose(): void;
}
