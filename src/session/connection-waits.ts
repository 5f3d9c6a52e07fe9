/**
 * Calls that wait for a connection, and when each has waited long enough.
 *
 * Only those that have a bound are looked after, so the others cost nothing. A call that is sent and comes back to wait
 * because the connection was lost waits anew.
 */

import { type SchedulerLike } from 'rxjs';
import { ConnectionLossError, TimeoutError } from '../errors/client-errors.js';
import { Alarm } from '../rx/alarm.js';
import { type AnyCall } from './call.js';
import { type Clock } from './lease-clock.js';

export class ConnectionWaits {
  private readonly dueMs = new Map<AnyCall, number>();
  private readonly alarm: Alarm;
  private alarmAtMs = Infinity;

  /** `giveUp` is told of each call whose time is up, except those that are settled. */
  constructor(
    scheduler: SchedulerLike,
    private readonly clock: Clock,
    private readonly giveUp: (call: AnyCall) => void,
  ) {
    this.alarm = new Alarm(scheduler, () => {
      this.ring();
    });
  }

  begin(call: AnyCall): void {
    const { waitForConnectionMs: limitMs = Infinity } = call;
    if (limitMs === Infinity) return;
    const due = this.clock().monotonicMs + limitMs;
    this.dueMs.set(call, due);
    if (due < this.alarmAtMs) this.setAlarm(due, limitMs);
  }

  /** There is a connection, or there never will be one. */
  endAll(): void {
    this.dueMs.clear();
    this.setAlarm(Infinity, Infinity);
  }

  private ring(): void {
    const now = this.clock().monotonicMs;
    const overdue: AnyCall[] = [];
    let next = Infinity;
    for (const [call, due] of this.dueMs) {
      if (due > now && !call.settled) {
        next = Math.min(next, due);
        continue;
      }
      this.dueMs.delete(call);
      if (!call.settled) overdue.push(call);
    }
    this.setAlarm(next, next - now);
    for (const call of overdue) if (!call.settled) this.giveUp(call);
  }

  private setAlarm(atMs: number, delayMs: number): void {
    this.alarmAtMs = atMs;
    this.alarm.set(delayMs);
  }
}

/** The error for a call that has waited long enough. */
export function waitedInVain(call: AnyCall): ConnectionLossError {
  const { context, waitForConnectionMs = Infinity } = call;
  const operation = 'waiting for a connection';
  const cause = new TimeoutError(waitForConnectionMs, 'not-sent', { operation });
  return new ConnectionLossError('not-sent', { ...context, cause });
}
