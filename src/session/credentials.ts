/** The credentials of a client: given to every connection, and waited for before anything else is sent. */

import { AuthFailedError, ProtocolError, SessionClosedError } from '../errors/client-errors.js';
import { type ZooKeeperError } from '../errors/base.js';
import { type Connection } from './connection.js';
import { type SessionState } from './state.js';

/** Told whether credentials were accepted, once. */
export interface CredentialAnswer {
  reply(): void;
  fail(error: ZooKeeperError): void;
}

interface Credential {
  readonly scheme: string;
  readonly secret: Uint8Array;
  /** Who added it and has not been told yet. */
  answer: CredentialAnswer | undefined;
}

/** What a connection's answer to one set of credentials means. */
export type CredentialVerdict =
  | { readonly type: 'refused'; readonly scheme: string }
  /** `settled`: nothing more is outstanding on this connection. */
  | { readonly type: 'accepted'; readonly settled: boolean };

type SchemeAndSecret = readonly [scheme: string, secret: Uint8Array];

/** Whether it would be of no use to give both to a server. */
export function isSameCredential(
  [scheme, secret]: SchemeAndSecret,
  [otherScheme, other]: SchemeAndSecret,
): boolean {
  if (scheme !== otherScheme || secret.length !== other.length) return false;
  return secret.every((byte, index) => byte === other[index]);
}

/** The error for credentials that are added when the session is over. */
export function tooLateError(state: SessionState): ZooKeeperError {
  const context = { operation: 'addAuth', path: undefined };
  return state.status === 'authFailed'
    ? new AuthFailedError(state.scheme, { ...context, cause: state.cause })
    : new SessionClosedError(context);
}

export class Credentials {
  private readonly all: Credential[] = [];
  /** Sent on this connection and not answered; a server answers them in order. */
  private outstanding: Credential[] = [];

  constructor(initial: readonly { readonly scheme: string; readonly credential: Uint8Array }[]) {
    for (const { scheme, credential } of initial)
      this.all.push({ scheme, secret: credential, answer: undefined });
  }

  /** Gives all credentials to a new connection. Returns whether there is anything to wait for. */
  replay(connection: Connection): boolean {
    this.outstanding = [...this.all];
    for (const { scheme, secret } of this.all) connection.sendAuth(scheme, secret);
    return this.all.length > 0;
  }

  /** Adds credentials. The same of before need not be kept, unless somebody waits for their answer. */
  add(scheme: string, secret: Uint8Array, answer: CredentialAnswer): Credential {
    const credential: Credential = { scheme, secret, answer };
    const known = this.all.findIndex(
      (one) =>
        one.answer === undefined && isSameCredential([one.scheme, one.secret], [scheme, secret]),
    );
    if (known !== -1) this.all.splice(known, 1);
    this.all.push(credential);
    return credential;
  }

  /** Gives credentials that were just added to the connection that is open. */
  send(credential: Credential, connection: Connection): void {
    this.outstanding.push(credential);
    connection.sendAuth(credential.scheme, credential.secret);
  }

  /** The server has answered the oldest outstanding credentials. Throws {@link ProtocolError} if there are none. */
  onReply(error: number): CredentialVerdict {
    const credential = this.outstanding.shift();
    if (credential === undefined) throw new ProtocolError('an answer to credentials nobody gave');
    if (error !== 0) return { type: 'refused', scheme: credential.scheme };
    const { answer } = credential;
    credential.answer = undefined;
    answer?.reply();
    return { type: 'accepted', settled: this.outstanding.length === 0 };
  }

  /** Nothing will come of what still waits for an answer. */
  failAll(error: () => ZooKeeperError): void {
    for (const credential of this.all) {
      const { answer } = credential;
      credential.answer = undefined;
      answer?.fail(error());
    }
  }
}
