/** What a link to a server needs to know, and whom it tells. */

import { type ConnectError } from '../errors/connect-error.js';
import { type Address, formatAddress } from '../transport/transport.js';
import { type JuteReader } from '../wire/reader.js';
import { type ConnectResponse, type WatchEvent } from '../wire/records.js';
import { type AttemptObserver } from './attempt-report.js';
import { type Connection } from './connection.js';
import { type ConnectionSettings } from './connection-owner.js';
import { type HostRotation } from './host-rotation.js';
import { type SaslSource } from './sasl-mechanism.js';
import { type SessionLife } from './session-life.js';
import { type SessionEvent } from './state.js';

/** What a server has agreed to. */
export type Established = SessionEvent & { readonly type: 'established' };

/** The event for a server that has taken the session up. */
export function establishedAt(address: Address, response: ConnectResponse): Established {
  return {
    type: 'established',
    sessionId: response.sessionId,
    timeoutMs: response.timeoutMs,
    server: formatAddress(address),
    readOnly: response.readOnly === true,
  };
}

export interface LinkOwner {
  /** Zxid of the newest reply. */
  readonly lastZxid: bigint;
  /** The handshake is done, and the login. Returning `false` keeps credentials and everything else from being sent. */
  onEstablished(connection: Connection): boolean;
  /** Requests can flow. */
  onReady(connection: Connection, established: Established): void;
  /** A good server is about to be left: send nothing more, and call back when everything sent is answered. */
  onLeaving(done: () => void): void;
  /** Calls back when everything that has come from the server by now is handled. */
  afterTurn(callback: () => void): void;
  /** The link is broken, or did not come up. Returning `false` stops it for good. */
  onBroken(cause: ConnectError): boolean;
  /**
   * The server does not know the session; with a cause, it refuses a new one, or one that was to be taken over. Returning
   * `false` stops the link for good.
   */
  onSessionRefused(cause: ConnectError | undefined): boolean;
  onCredentialsRefused(scheme: string, cause?: unknown): void;
  /** Bytes have come and have not been looked at yet. */
  onBytes(): void;
  onBytesDone(): void;
  /** A ping was answered with an error. */
  onPingRefused(error: number): void;
  onReply(xid: number, zxid: bigint, error: number, reader: JuteReader): void;
  onNotification(event: WatchEvent): void;
}

export interface LinkSettings extends ConnectionSettings, AttemptObserver {
  readonly hosts: HostRotation;
  readonly life: SessionLife;
  /** Whether a server that is read-only will do. */
  readonly readOnly: boolean;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly auth: readonly { readonly scheme: string; readonly credential: Uint8Array }[];
  readonly sasl?: SaslSource | undefined;
  /** `undefined`: session timeout / number of servers. */
  readonly connectTimeoutMs: number | undefined;
}
