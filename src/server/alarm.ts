/** A timer that rings at one point in time, or not at all: what the server waits for, and nothing when it waits for nothing. */

import { type SchedulerLike } from 'rxjs';
import { Alarm as Timer } from '../rx/alarm.js';

export class Alarm {
  private atMs: number | undefined;
  private readonly timer: Timer;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly ring: () => void,
  ) {
    this.timer = new Timer(scheduler, () => {
      this.wake();
    });
  }

  /** Rings at this time unless it is set anew before; `undefined` clears it. */
  set(atMs: number | undefined): void {
    if (atMs === this.atMs) return;
    this.atMs = atMs;
    this.timer.set(atMs === undefined ? Infinity : atMs - this.scheduler.now());
  }

  /** As `set`, unless it rings earlier already. */
  setNoLater(atMs: number): void {
    if (this.atMs === undefined || atMs < this.atMs) this.set(atMs);
  }

  private wake(): void {
    const { atMs } = this;
    if (atMs === undefined) return;
    this.atMs = undefined;
    // A timer takes some 25 days at most; a TTL may be years.
    if (this.scheduler.now() < atMs) this.set(atMs);
    else this.ring();
  }
}
