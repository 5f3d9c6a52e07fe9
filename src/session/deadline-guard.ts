/** Ends leases when their deadline passes although the connection still stands: slow replies, or a process that slept. */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type StateDelivery } from './delivery.js';
import { type LeaseClock } from './lease-clock.js';

export class DeadlineGuard {
  private readonly alarm: Alarm;
  private revoked = false;

  constructor(
    scheduler: SchedulerLike,
    private readonly clock: LeaseClock,
    private readonly delivery: StateDelivery,
  ) {
    this.alarm = new Alarm(scheduler, () => {
      this.check();
    });
  }

  /** Looks at the clocks, ends leases if they are over, and looks again when they may be. Nothing to do without leases. */
  check(): void {
    if (!this.delivery.isGuarding || !this.clock.isRunning) return;
    const remainingMs = this.clock.leaseRemainingMs();
    if (remainingMs > 0) {
      this.revoked = false;
      if (!this.alarm.isSet) this.alarm.set(remainingMs);
    } else if (!this.revoked) {
      this.revoked = true;
      this.delivery.revoke('deadline');
    }
  }

  stop(): void {
    this.alarm.clear();
  }
}
