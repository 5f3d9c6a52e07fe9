/** Why a server could not be reached, or was lost: shown by `state`, told to `onReport`, the `cause` of what timed out meanwhile. */

import { ZooKeeperError } from './base.js';

/**
 * What TLS has against the server, or the server against this client:
 * `untrusted`: no authority that is trusted has signed its certificate; `expired`, `not-yet-valid`: its certificate;
 * `wrong-name`: its certificate is for other hosts; `certificate-refused`: it does not take this client's certificate, or
 * wants one; `no-tls`: the port does not speak TLS; `tls-only`: it speaks nothing else; `no-agreement`: no version or cipher
 * that both sides have; `options`: the `tls` option cannot be used, or its function failed; `tls-other`: see `cause`.
 */
export type TlsFailure =
  | 'untrusted'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-name'
  | 'certificate-refused'
  | 'no-tls'
  | 'tls-only'
  | 'no-agreement'
  | 'options'
  | 'tls-other';

/**
 * `unknown-name`: the host name has no address; `refused`: nobody listens; `unreachable`: no way to the host; `timeout`: no
 * answer within `connectTimeoutMs`; `closed`: it hung up without an answer; `no-session`: it gave no session; `read-only`: it
 * takes no writes and the client wants to write, or it is left for one that does; `garbage`: what answers is no ZooKeeper; `lost`: the connection was good, and is gone; `left`: this client went to another server, because
 * the list of servers has changed; `other`: see `cause`.
 */
export type ConnectFailure =
  | 'unknown-name'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'closed'
  | 'no-session'
  | 'read-only'
  | 'garbage'
  | 'lost'
  | 'left'
  | 'other'
  | TlsFailure;

/** What the error is about. */
export interface ConnectProblem<Reason extends ConnectFailure = ConnectFailure> {
  /** `host:port`. */
  readonly server: string;
  readonly reason: Reason;
  /** What happened and what to do, as it goes on behind `Connect host:port: `. */
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * A server could not be connected to, or the connection to it was lost. The client goes on trying: no stream errs with
 * this. It is the `cause` of the state, and of the `TimeoutError` of a request for which no server could be reached.
 */
export class ConnectError extends ZooKeeperError {
  /** `host:port` of the server. */
  readonly server: string;
  readonly reason: ConnectFailure;

  constructor({ server, reason, message, cause }: ConnectProblem) {
    super(`Connect ${server}: ${message}`, { cause });
    this.name = 'ConnectError';
    this.server = server;
    this.reason = reason;
  }
}

/** A server could not be connected to because of TLS: see `reason`. Nothing of the session was said to it. */
export class TlsError extends ConnectError {
  declare readonly reason: TlsFailure;

  constructor(problem: ConnectProblem<TlsFailure>) {
    super(problem);
    this.name = 'TlsError';
  }
}
