/** Real servers as tests handle them: what `startZooKeeper` and `startEnsemble` give. */

import { type Certificate, type Certificates } from './certificates.js';
import { type SessionHolder } from './expire-session.js';
import { type ServerStatus } from './four-letter-word.js';
import { type ServerRelay } from './relay.js';

/** What one server and an ensemble have in common. All that changes a state resolves when the change is complete. */
export interface ManagedZooKeeper extends AsyncDisposable {
  /** Connect string of the plain ports: `127.0.0.1:21001,…`. */
  readonly hosts: string;
  /** Connect string of the TLS ports. Throws without the option `tls`. */
  readonly secureHosts: string;
  /** What a client needs for the TLS ports: authority, certificate and key in PEM. Throws without `tls`. */
  readonly tls: Certificate;
  /** The authority of it all, for further certificates. Throws without `tls`. */
  readonly certificates: Certificates;
  /** The release, such as `3.8.0`. */
  readonly version: string;
  /** Starts what is not running, with the data it had, on its port, and waits until it serves. */
  start(): Promise<void>;
  /** Shuts down in good order (SIGTERM); data and ports are kept. */
  stop(): Promise<void>;
  /** Stops and starts. */
  restart(): Promise<void>;
  /**
   * Stops, forgets all data, and starts. A client that has seen newer data than there is now is refused, as every server
   * refuses who is ahead of it, so clients from before are of no use any more.
   */
  reset(): Promise<void>;
  /** Breaks all connections; sessions live on, and clients may come back at once. Throws without the option `relay`. */
  dropConnections(): void;
  /**
   * Ends a session for real: its ephemerals are gone, and its owner, connected or not, is told that it has expired.
   *
   * Rejects if there is no such session, or the password is not its own.
   *
   * @param owner - an rxzk client, for the session that it has now; or the id and password of anybody's session
   */
  expireSession(owner: SessionHolder): Promise<void>;
  /** Ends it (SIGKILL) and removes its files. Idempotent. */
  close(): Promise<void>;
}

/** One real server. */
export interface ManagedServer extends ManagedZooKeeper {
  /** Its number in the ensemble, from 1; 1 if it is alone. */
  readonly id: number;
  /** Its own plain port, also where there is a relay. */
  readonly port: number;
  /** Whether it is an observer. */
  readonly observer: boolean;
  /** Holds, breaks and refuses connections. Throws without the option `relay`. */
  readonly relay: ServerRelay;
  /** Ends it at once, as a crash would (SIGKILL); data and port are kept. */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP): connections stay open, nothing is answered. */
  pause(): Promise<void>;
  /** Lets a frozen one go on (SIGCONT). */
  resume(): void;
  /** What it says about itself; `undefined` while it does not serve. */
  status(): Promise<ServerStatus | undefined>;
  /** The last lines of its log (default 15), over all restarts: warnings and errors. */
  log(lines?: number): string;
}

/** Real servers that form an ensemble. */
export interface ManagedEnsemble extends ManagedZooKeeper {
  /** Voters first, then observers. */
  readonly servers: readonly ManagedServer[];
  /** The leader; waits until there is one. */
  leader(): Promise<ManagedServer>;
}
