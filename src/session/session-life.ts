/** The session itself, as opposed to its connections: whose it is, how long it may be believed in, when it is over. */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type ConnectRequest, type ConnectResponse } from '../wire/records.js';
import { HiddenIdentity } from './identity.js';
import { type Clock, LeaseClock, type Moment } from './lease-clock.js';
import { type SessionIdentity } from './session.js';

const noPassword = new Uint8Array(16);

export interface SessionLifeSettings {
  readonly scheduler: SchedulerLike;
  readonly clock: Clock;
  /** Session timeout to ask every server for. */
  readonly requestedTimeoutMs: number;
  /** Whether a server may be about to say if the session lives. */
  awaitsVerdict(): boolean;
  /** The session is over. */
  onExpired(): void;
}

export class SessionLife {
  identity: SessionIdentity | undefined;
  /** The session timeout: what was asked for, and after the first handshake what the server settled. */
  timeoutMs: number;
  readonly leaseClock: LeaseClock;
  private readonly expiry: Alarm;

  constructor(private readonly settings: SessionLifeSettings) {
    this.timeoutMs = settings.requestedTimeoutMs;
    this.leaseClock = new LeaseClock(settings.clock);
    this.expiry = new Alarm(settings.scheduler, () => {
      this.expireIfOverdue();
    });
  }

  /** Asks for the session there is, or for a new one. */
  connectRequest(lastZxidSeen: bigint): ConnectRequest {
    return {
      protocolVersion: 0,
      lastZxidSeen,
      timeoutMs: this.settings.requestedTimeoutMs,
      sessionId: this.identity?.id ?? 0n,
      password: this.identity?.password ?? noPassword,
      readOnly: false,
    };
  }

  /** A server took the session up; `sentAt` is when it was asked. */
  confirm({ sessionId, timeoutMs, password }: ConnectResponse, sentAt: Moment): void {
    if (this.identity !== undefined && this.identity.id !== sessionId) this.expire();
    this.identity = new HiddenIdentity(sessionId, password);
    this.timeoutMs = timeoutMs;
    this.leaseClock.start(sentAt, timeoutMs);
    this.expiry.clear();
  }

  /** There is no connection: from now on the session lives on borrowed time. */
  disconnected(): void {
    if (this.identity !== undefined) this.expiry.set(this.leaseClock.sessionRemainingMs());
  }

  /** If no server could be reached for as long as the session lives without being heard, it must be taken for lost. */
  expireIfOverdue(): void {
    if (this.identity === undefined) return;
    const remainingMs = this.leaseClock.sessionRemainingMs();
    if (remainingMs > 0) this.expiry.set(remainingMs);
    else if (!this.settings.awaitsVerdict()) this.expire();
  }

  /** The session is over; the next handshake asks for a new one. */
  expire(): void {
    this.stop();
    this.settings.onExpired();
  }

  stop(): void {
    this.identity = undefined;
    this.expiry.clear();
    this.leaseClock.stop();
  }
}
