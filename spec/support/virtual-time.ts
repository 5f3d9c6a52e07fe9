/** Virtual time for specs: a scheduler that stands still until it is told how far to go. */

import { VirtualTimeScheduler } from 'rxjs';

export class VirtualTime extends VirtualTimeScheduler {
  constructor() {
    super(undefined, Infinity);
  }

  /** Runs everything up to and including this time, and stands there. */
  advanceTo(timeMs: number): void {
    // VirtualTimeScheduler leaves its clock at the last action, so an action is put where the clock shall stand.
    this.schedule(() => undefined, timeMs - this.frame);
    this.maxFrames = timeMs;
    this.flush();
    this.maxFrames = Infinity;
  }

  advanceBy(durationMs: number): void {
    this.advanceTo(this.frame + durationMs);
  }

  /** How many timers are pending. */
  get pending(): number {
    return this.actions.length;
  }
}
