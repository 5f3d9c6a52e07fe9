/** A single timer on a scheduler that can be moved and cleared: at most one is ever pending. */

import { type SchedulerLike, type Subscription } from 'rxjs';

/** The longest delay that a platform timer takes; a longer one would fire at once. */
export const maxTimerMs = 2_147_483_647;

export class Alarm {
  private pending: Subscription | undefined;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly ring: () => void,
  ) {}

  get isSet(): boolean {
    return this.pending !== undefined;
  }

  /** Rings once after the delay, instead of when it was set to ring before. `Infinity` = not at all. */
  set(delayMs: number): void {
    this.pending?.unsubscribe();
    this.pending = undefined;
    if (delayMs === Infinity) return;
    // Rounded up, so that what was waited for has really come when the alarm rings.
    const wait = Math.min(maxTimerMs, Math.max(0, Math.ceil(delayMs)));
    this.pending = this.scheduler.schedule(() => {
      this.pending = undefined;
      this.ring();
    }, wait);
  }

  clear(): void {
    this.pending?.unsubscribe();
    this.pending = undefined;
  }
}
