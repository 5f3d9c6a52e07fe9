/** The sessions of a server: who they are, how long they live, and which connection speaks for each. */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from './alarm.js';
import { type Expiring, ExpiryQueue } from './expiry-queue.js';
import { sessionPassword } from './session-password.js';

/** What a session knows of its connection. */
export interface SessionConnection {
  /** Sends what is still to be sent and closes; the session lives on. */
  close(): void;
}

/** One session. `connection` is `undefined` while the client is away. */
export interface ServerSession extends Expiring {
  readonly id: bigint;
  readonly password: Uint8Array;
  /** As negotiated in the last handshake. */
  timeoutMs: number;
  connection: SessionConnection | undefined;
}

/** How sessions are kept. */
export interface SessionsOptions {
  readonly scheduler: SchedulerLike;
  readonly tickMs: number;
  /** First byte of the ids, 1 to 254. */
  readonly serverId: number;
  /** Where ids come from, if they are not to be counted here. */
  readonly takeId?: () => bigint;
  /** Called for each session whose time is up; it has to end it. */
  readonly onExpire: (session: ServerSession) => void;
}

export class Sessions {
  private readonly byId = new Map<bigint, ServerSession>();
  private readonly queue: ExpiryQueue<ServerSession>;
  private readonly alarm: Alarm;
  private nextId: bigint;
  private clockRuns = true;

  constructor(private readonly options: SessionsOptions) {
    this.queue = new ExpiryQueue(options.tickMs);
    this.alarm = new Alarm(options.scheduler, () => {
      this.expireDue();
    });
    this.nextId = firstId(options.serverId, options.scheduler.now());
  }

  /** Timeouts are settled between 2 and 20 ticks. */
  negotiate(timeoutMs: number): number {
    const { tickMs } = this.options;
    return Math.min(Math.max(timeoutMs, 2 * tickMs), 20 * tickMs);
  }

  get(id: bigint): ServerSession | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<ServerSession> {
    return this.byId.values();
  }

  get size(): number {
    return this.byId.size;
  }

  create(timeoutMs: number): ServerSession {
    const id = this.options.takeId?.() ?? this.takeId();
    const password = sessionPassword(id);
    const session = { id, password, timeoutMs, connection: undefined, expiresAtMs: 0 };
    this.byId.set(id, session);
    this.touch(session);
    return session;
  }

  /** An id that no other session has. */
  takeId(): bigint {
    return this.nextId++;
  }

  /** The id that the next session gets. */
  get upcomingId(): bigint {
    return this.nextId;
  }

  /** Takes saved sessions in place of its own; each has its full timeout. */
  load(
    saved: readonly Pick<ServerSession, 'id' | 'password' | 'timeoutMs'>[],
    upcoming: bigint,
  ): void {
    for (const session of this.byId.values()) this.queue.remove(session);
    this.byId.clear();
    this.alarm.set(undefined);
    this.nextId = upcoming > this.nextId ? upcoming : this.nextId;
    for (const one of saved) {
      const session = { ...one, connection: undefined, expiresAtMs: 0 };
      this.byId.set(session.id, session);
      this.touch(session);
    }
  }

  /** The client was heard: the session lives for another timeout. */
  touch(session: ServerSession): void {
    if (!this.clockRuns) return;
    const moved = this.queue.put(session, this.options.scheduler.now() + session.timeoutMs);
    if (moved) this.alarm.setNoLater(session.expiresAtMs);
  }

  remove(session: ServerSession): void {
    this.byId.delete(session.id);
    this.queue.remove(session);
    // The bucket may be empty now; an alarm that has nothing to wait for would keep a virtual clock running.
    if (this.byId.size === 0) this.alarm.set(undefined);
  }

  /** While the clock stands nothing expires and no timer is left. */
  stopClock(): void {
    this.clockRuns = false;
    this.alarm.set(undefined);
    for (const session of this.byId.values()) this.queue.remove(session);
  }

  /** All sessions live for a full timeout from now, as after a server's restart. */
  startClock(): void {
    this.clockRuns = true;
    for (const session of this.byId.values()) this.touch(session);
  }

  private expireDue(): void {
    for (const session of this.queue.takeDue(this.options.scheduler.now())) {
      this.options.onExpire(session);
    }
    this.alarm.set(this.queue.nextMs());
  }
}

/** The server's number, the low 40 bits of its start time, and room for 65,536 sessions a millisecond. */
function firstId(serverId: number, nowMs: number): bigint {
  const time = BigInt.asUintN(40, BigInt(Math.floor(nowMs)));
  return BigInt.asIntN(64, (BigInt(serverId) << 56n) | (time << 16n));
}
