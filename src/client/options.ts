/** The options of a client: what each means, its default and its limits. */

import { type SchedulerLike } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { type SavedSession } from '../session/session.js';
import { type TlsOptions, type TlsOptionsFactory } from '../transport/tls-options.js';
import { type Transport } from '../transport/transport.js';
import { type Acl } from '../wire/records.js';
import { type Schema } from './schema.js';
import { type SaslOption } from './sasl/sasl-options.js';

/** Credentials for one authentication scheme, given to every server that the client connects to. */
export interface AuthInfo {
  /** `digest`, `ip`, … */
  readonly scheme: string;
  /** For `digest`: `user:password`. */
  readonly credential: Uint8Array | string;
}

/** How a client behaves. All times are in milliseconds. */
export interface ZooKeeperOptions {
  /** Session timeout to ask for; the server settles it within its own bounds. 1 to 2^31-1; default 10,000. */
  readonly sessionTimeoutMs?: number;
  /** Bound on one attempt to connect, handshake included. Default: session timeout / number of hosts. */
  readonly connectTimeoutMs?: number;
  /**
   * Connect also to a server that is cut off from its quorum and serves reads only (`readonlymode.enabled`), rather than to none. The
   * state says `readOnly: true` then, writes err with `NotReadOnlyError`, no lock is granted; a server that takes writes is
   * looked for among all hosts, and taken. Default false.
   */
  readonly readOnly?: boolean;
  /**
   * A session to begin with, from `zk.session.serialize()` of another process (or its id and password): its ephemerals are this client's
   * then, until it is closed. If it has ended, or the password is not its own, the state is `lost`, with the reason as its `cause`, and
   * a new session is opened. Only one process at a time may use it. Never logged, never in an error.
   */
  readonly session?: string | SavedSession;
  /** How long the session stays open after the last subscription has ended. Default 1,000; `Infinity` = until `close()`. */
  readonly idleGraceMs?: number;
  /** Bound on a one-shot, from subscribe to answer. Default 30,000; `Infinity` for none. */
  readonly requestTimeoutMs?: number;
  /**
   * How long a one-shot waits for a connection before it errs with `ConnectionLossError` (`not-sent`). Default `Infinity`: as long
   * as its time limit lets it. One that is given `timeoutMs: Infinity` waits in any case, and so do live reads and recipes.
   */
  readonly waitForConnectionMs?: number;
  /** How many requests may be under way or waiting for a connection. Default 262,144. */
  readonly maxPendingRequests?: number;
  /** Largest request, in bytes; must not be over the server's `jute.maxbuffer`. Default 1,048,575. */
  readonly maxRequestBytes?: number;
  /** Largest reply that is read, in bytes. Default 67,108,864 (a list of a million children). */
  readonly maxReplyBytes?: number;
  /** Pauses between attempts to connect: random below a bound that doubles from `initialDelayMs` (100) to `maxDelayMs` (2,000). */
  readonly reconnect?: { readonly initialDelayMs?: number; readonly maxDelayMs?: number };
  /** Credentials for every connection. Never logged, never in an error. */
  readonly auth?: readonly AuthInfo[];
  /**
   * Login by SASL on every connection, before anything else is sent: user and password (DIGEST-MD5), a mechanism
   * (`gssapi()`, or one of your own), or a function that is asked on every connect. Default: none. Never logged, never in an error.
   */
  readonly sasl?: SaslOption;
  /** ACL of everything that is created without one. Default: everybody may do everything. */
  readonly defaultAcl?: readonly Acl[];
  /**
   * Prefix of all paths. Default: what the connect string says, and none if that is a stream. A connect string with another one is
   * refused.
   */
  readonly chroot?: string;
  /** Which znodes may be created how, checked before anything is sent (`SchemaViolationError`). Default: no rules. */
  readonly schema?: Schema;
  /** Connect to the hosts in a random order. Default true. */
  readonly shuffleHosts?: boolean;
  /**
   * Told of what concerns no single stream: a value that did not decode and was skipped (`onError: 'keep'`), an attempt to
   * connect that failed (`ConnectError`, `TlsError`), servers that could not be learnt of (`HostsError`).
   */
  readonly onReport?: (error: ZooKeeperError) => void;
  /** What all delays run on. Default: rxjs' `asyncScheduler`; a test's virtual time goes here. */
  readonly scheduler?: SchedulerLike;
  /** A clock that nobody sets. Default: the process's monotonic clock; `scheduler.now` with another scheduler. */
  readonly monotonicNow?: () => number;
  /** Random numbers in [0, 1): host order, pauses, ids. Default: `Math.random`. */
  readonly random?: () => number;
  /**
   * Speak TLS: its options, or a function that is asked for them before every connection, so that certificates can change
   * while the client runs. `{}` trusts the authorities that Node knows. Default: no TLS.
   */
  readonly tls?: TlsOptions | TlsOptionsFactory;
  /** What carries the bytes. Default: TCP, with TLS if `tls` is given. */
  readonly transport?: Transport;
}
