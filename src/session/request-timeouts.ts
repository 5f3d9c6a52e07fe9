/** The time limits of calls, whether they wait or are under way: one timer for all, one look at each in its lifetime. */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type AnyCall } from './call.js';
import { type Clock } from './lease-clock.js';

export interface TimeoutsHost {
  /** Shows each call that may have a limit. */
  forEachCall(look: (call: AnyCall) => void): void;
  /** Their time is up. */
  onOverdue(calls: readonly AnyCall[]): void;
}

export class RequestTimeouts {
  private readonly alarm: Alarm;
  private atMs = Infinity;

  constructor(
    scheduler: SchedulerLike,
    private readonly clock: Clock,
    private readonly host: TimeoutsHost,
  ) {
    this.alarm = new Alarm(scheduler, () => {
      this.ring();
    });
  }

  /** The limit of a call counts from now. */
  start(call: AnyCall, nowMs: number): void {
    call.deadlineMs = nowMs + call.timeoutMs;
    if (this.alarm.isSet && this.atMs <= call.deadlineMs) return;
    this.atMs = call.deadlineMs;
    this.alarm.set(call.timeoutMs);
  }

  clear(): void {
    this.alarm.clear();
  }

  private ring(): void {
    const now = this.clock().monotonicMs;
    const overdue: AnyCall[] = [];
    let next = Infinity;
    this.host.forEachCall((call) => {
      if (call.settled) return;
      if (call.deadlineMs <= now) overdue.push(call);
      else next = Math.min(next, call.deadlineMs);
    });
    this.atMs = next;
    this.alarm.set(next - now);
    this.host.onOverdue(overdue);
  }
}
