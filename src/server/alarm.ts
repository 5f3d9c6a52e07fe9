/** A timer that rings at one point in time, or not at all: what the server waits for, and nothing when it waits for nothing. */

import { type SchedulerLike, type Subscription } from 'rxjs';

export class Alarm {
  private atMs: number | undefined;
  private subscription: Subscription | undefined;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly ring: () => void,
  ) {}

  /** Rings at this time unless it is set anew before; `undefined` clears it. */
  set(atMs: number | undefined): void {
    if (atMs === this.atMs) return;
    this.subscription?.unsubscribe();
    this.subscription = undefined;
    this.atMs = atMs;
    if (atMs === undefined) return;
    const delayMs = Math.max(0, atMs - this.scheduler.now());
    this.subscription = this.scheduler.schedule(() => {
      this.atMs = undefined;
      this.subscription = undefined;
      this.ring();
    }, delayMs);
  }

  /** As `set`, unless it rings earlier already. */
  setNoLater(atMs: number): void {
    if (this.atMs === undefined || atMs < this.atMs) this.set(atMs);
  }
}
