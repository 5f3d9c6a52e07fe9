/**
 * Keeps an idle connection alive and notices a silent one.
 *
 * A ping goes out when nothing was sent for a third of the session timeout, so one may be lost before the session is in
 * danger; the connection is given up when nothing was heard for two thirds, so that a third is left to reach another
 * server (ClientCnxn.readTimeout). The timer is set once for whatever comes first, never for each frame.
 */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type Clock, type Moment } from './lease-clock.js';

// Pings go out at least this often, however long the session timeout is (ClientCnxn.MAX_SEND_PING_INTERVAL).
const maxPingIntervalMs = 10_000;

export interface HeartbeatSettings {
  readonly scheduler: SchedulerLike;
  readonly clock: Clock;
  ping(): void;
  giveUp(reason: Error): void;
}

export class Heartbeat {
  lastSent: Moment;
  lastHeard: Moment;
  private timeoutMs = 0;
  private quiet = false;
  private readonly alarm: Alarm;

  constructor(private readonly settings: HeartbeatSettings) {
    this.lastSent = this.lastHeard = settings.clock();
    this.alarm = new Alarm(settings.scheduler, () => {
      this.beat();
    });
  }

  /** The handshake is done; `timeoutMs` is the session timeout that it settled. */
  start(timeoutMs: number): void {
    this.timeoutMs = timeoutMs;
    this.beat();
  }

  /** Holds pings back; when that ends, one that is overdue goes out at once. Silence is noticed all the same. */
  keepQuiet(quiet: boolean): void {
    this.quiet = quiet;
    if (!quiet) this.beat();
  }

  stop(): void {
    this.alarm.clear();
  }

  private beat(): void {
    const { monotonicMs } = this.settings.clock();
    const silentMs = monotonicMs - this.lastHeard.monotonicMs;
    const silenceLimitMs = (this.timeoutMs * 2) / 3;
    if (silentMs >= silenceLimitMs) {
      this.settings.giveUp(new Error(`nothing heard for ${String(Math.round(silentMs))} ms`));
      return;
    }
    if (this.quiet) {
      this.alarm.set(silenceLimitMs - silentMs);
      return;
    }
    const pingEveryMs = Math.min(this.timeoutMs / 3, maxPingIntervalMs);
    let untilPingMs = pingEveryMs - (monotonicMs - this.lastSent.monotonicMs);
    if (untilPingMs <= 0) {
      this.settings.ping();
      untilPingMs = pingEveryMs;
    }
    this.alarm.set(Math.min(untilPingMs, silenceLimitMs - silentMs));
  }
}
