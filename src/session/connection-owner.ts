/** What a connection needs to know, and whom it tells what comes over it. */

import { type SchedulerLike } from 'rxjs';
import { type Transport } from '../transport/transport.js';
import { type JuteReader } from '../wire/reader.js';
import { type ConnectRequest, type ConnectResponse, type WatchEvent } from '../wire/records.js';
import { type Clock, type Moment } from './lease-clock.js';

/** Whom a connection tells. None of these is called from inside a call to the connection. */
export interface ConnectionOwner {
  /** The pipe is open; this is what to say first. */
  connectRequest(): ConnectRequest;
  /** The server's answer. `sentAt` is when the request was sent. */
  onHandshake(response: ConnectResponse, sentAt: Moment): void;
  /** Bytes have come and have not been looked at yet. */
  onBytes(chunk: Uint8Array): void;
  /** Everything that came with them has been handled. */
  onBytesDone(): void;
  /** A reply to a call. Throws {@link ProtocolError} if nobody waits for it. */
  onReply(xid: number, zxid: bigint, error: number, reader: JuteReader): void;
  /** A ping was answered with an error. */
  onPingRefused(error: number): void;
  onAuthReply(error: number): void;
  onNotification(event: WatchEvent): void;
  /** What was sent at `sentAt` has been answered. */
  onAcknowledged(sentAt: Moment): void;
  /** The connection is gone. Called once, unless the owner closed it. */
  onDown(reason: Error | undefined): void;
}

export interface ConnectionSettings {
  readonly transport: Transport;
  readonly scheduler: SchedulerLike;
  readonly clock: Clock;
  readonly maxRequestBytes: number;
  readonly maxReplyBytes: number;
}
