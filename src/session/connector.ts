/**
 * Keeps trying to reach a server: picks the next one, waits its turn, bounds each attempt.
 *
 * An attempt is over when `settled()` is called, or when the connect timeout (opening and handshake together) passes, or
 * when the connection goes down; after the latter two the next attempt follows by itself.
 */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type Address } from '../transport/transport.js';
import { type HostRotation } from './host-rotation.js';

export interface ConnectorSettings {
  readonly scheduler: SchedulerLike;
  readonly hosts: HostRotation;
}

/** Who makes the attempts. */
export interface Attempts {
  /** Bound on one attempt. */
  readonly connectTimeoutMs: number;
  /** Starts an attempt. */
  open(address: Address): void;
  /** The attempt has taken too long. */
  giveUp(): void;
}

export class Connector {
  private readonly pause: Alarm;
  private readonly attempt: Alarm;
  private stopped = false;
  // Nobody has said yet which servers there are.
  private starved = false;

  constructor(
    private readonly settings: ConnectorSettings,
    private readonly attempts: Attempts,
  ) {
    this.pause = new Alarm(settings.scheduler, () => {
      this.tryNext();
    });
    this.attempt = new Alarm(settings.scheduler, () => {
      attempts.giveUp();
    });
  }

  /** Tries the next server, after the pause that is due. */
  start(): void {
    if (this.stopped) return;
    this.attempt.clear();
    this.starved = this.settings.hosts.size === 0;
    if (this.starved) return;
    const delayMs = this.settings.hosts.nextDelayMs();
    if (delayMs > 0) this.pause.set(delayMs);
    else this.tryNext();
  }

  /** Tries the same server again, at once: it answered, so there is nothing to wait for. */
  startAgain(): void {
    if (!this.stopped) this.tryServer(this.settings.hosts.again());
  }

  /** There are servers now: if that was waited for, it goes on. */
  wake(): void {
    if (this.starved) this.start();
  }

  /** The handshake is done. */
  settled(): void {
    this.attempt.clear();
  }

  stop(): void {
    this.stopped = true;
    this.pause.clear();
    this.attempt.clear();
  }

  private tryNext(): void {
    this.tryServer(this.settings.hosts.next());
  }

  private tryServer(address: Address): void {
    this.pause.clear();
    this.attempt.set(this.attempts.connectTimeoutMs);
    this.attempts.open(address);
  }
}
