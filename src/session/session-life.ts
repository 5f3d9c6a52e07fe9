/** The session itself, as opposed to its connections: whose it is, how long it may be believed in, when it is over. */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type ConnectRequest, type ConnectResponse } from '../wire/records.js';
import { HiddenIdentity } from './identity.js';
import { type Clock, LeaseClock, type Moment } from './lease-clock.js';
import { type SavedSession, type SessionIdentity } from './session.js';

const noPassword = new Uint8Array(16);

export interface SessionLifeSettings {
  readonly scheduler: SchedulerLike;
  readonly clock: Clock;
  /** Session timeout to ask every server for. */
  readonly requestedTimeoutMs: number;
  /** Whether a server that is read-only will do. */
  readonly readOnly: boolean;
  /** Whether a server may be about to say if the session lives. */
  awaitsVerdict(): boolean;
  /** The session to begin with. */
  readonly resume?: SavedSession | undefined;
  /** Zxid of the newest reply. */
  lastZxid(): bigint;
  /** The session is over; `undefined` if there was none. */
  onExpired(sessionId: bigint | undefined): void;
}

export class SessionLife {
  /** The ensemble's session. One that a read-only server has opened is none: it is its own, and ends with the connection. */
  identity: SessionIdentity | undefined;
  /** The session timeout: what was asked for, and after the first handshake what the server settled. */
  timeoutMs: number;
  readonly leaseClock: LeaseClock;
  private readonly expiry: Alarm;
  /** Whether the server that was heard last takes no part in the ensemble. */
  isReadOnly = false;

  constructor(private readonly settings: SessionLifeSettings) {
    this.timeoutMs = settings.requestedTimeoutMs;
    this.leaseClock = new LeaseClock(settings.clock);
    const { resume } = settings;
    if (resume !== undefined) this.identity = this.identify(resume.id, resume.password);
    this.expiry = new Alarm(settings.scheduler, () => {
      this.expireIfOverdue();
    });
  }

  /** Whether no server has said yet that the session to begin with lives. */
  get isUnconfirmed(): boolean {
    return this.identity !== undefined && !this.leaseClock.isRunning;
  }

  /** Asks for the session there is, or for a new one. */
  connectRequest(lastZxidSeen: bigint): ConnectRequest {
    return {
      protocolVersion: 0,
      lastZxidSeen,
      timeoutMs: this.settings.requestedTimeoutMs,
      sessionId: this.identity?.id ?? 0n,
      password: this.identity?.password ?? noPassword,
      readOnly: this.settings.readOnly,
    };
  }

  /** A server took the session up; `sentAt` is when it was asked. */
  confirm(response: ConnectResponse, sentAt: Moment): void {
    const { sessionId, timeoutMs, password } = response;
    if (this.identity !== undefined && this.identity.id !== sessionId) this.expire();
    this.isReadOnly = response.readOnly === true;
    this.timeoutMs = timeoutMs;
    this.expiry.clear();
    if (!this.isReadOnly) {
      this.identity = this.identify(sessionId, password);
      this.leaseClock.start(sentAt, timeoutMs);
    } else if (this.identity !== undefined) this.leaseClock.startUnsure(sentAt, timeoutMs);
  }

  /** What was sent at `sentAt` has been answered. */
  acknowledge(sentAt: Moment): void {
    if (this.isReadOnly) this.leaseClock.acknowledgeUnsure(sentAt);
    else this.leaseClock.acknowledge(sentAt);
  }

  /** There is no connection: from now on the session lives on borrowed time. */
  disconnected(): void {
    if (this.leaseClock.isRunning) this.expiry.set(this.leaseClock.sessionRemainingMs());
  }

  /** If no server could be reached for as long as the session lives without being heard, it must be taken for lost. */
  expireIfOverdue(): void {
    // Of one that was taken over nobody here can say when it was heard last.
    if (this.identity === undefined || this.isUnconfirmed) return;
    const remainingMs = this.leaseClock.sessionRemainingMs();
    if (remainingMs > 0) this.expiry.set(remainingMs);
    else if (!this.settings.awaitsVerdict()) this.expire();
  }

  /** The session is over; the next handshake asks for a new one. */
  expire(): void {
    const id = this.identity?.id;
    this.stop();
    this.settings.onExpired(id);
  }

  private identify(id: bigint, password: Uint8Array): SessionIdentity {
    return new HiddenIdentity(id, password, () => this.settings.lastZxid());
  }

  stop(): void {
    this.identity = undefined;
    this.expiry.clear();
    this.leaseClock.stop();
  }
}
