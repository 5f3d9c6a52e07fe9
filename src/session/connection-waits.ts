/**
 * Calls that wait for a connection: in their order, and when each has waited long enough.
 *
 * Only those that have a bound are looked after, so the others cost nothing. An attempt to connect that fails changes nothing for
 * those that wait; a call that is sent and comes back to wait because the connection was lost waits anew. One that nobody wants
 * any more stays in the queue, where it does not count, until half of the queue are such: so neither leaving it nor asking how
 * many wait costs more for a long queue.
 */

import { type SchedulerLike } from 'rxjs';
import { ConnectionLossError, TimeoutError } from '../errors/client-errors.js';
import { Alarm } from '../rx/alarm.js';
import { type AnyCall } from './call.js';
import { type Clock } from './lease-clock.js';
import { Ring } from './ring.js';

// A shorter queue is not worth the work.
const minLeft = 64;

export class ConnectionWaits {
  private readonly calls = new Ring<AnyCall>();
  /** How many of them are settled. */
  private left = 0;
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

  /** How many wait. */
  get size(): number {
    return this.calls.length - this.left;
  }

  /** Puts it at the end of the queue. One that was taken out by `drain` goes on waiting; any other begins to. */
  begin(call: AnyCall): void {
    this.calls.push(call);
    const { waitForConnectionMs: limitMs = Infinity } = call;
    if (limitMs === Infinity || this.dueMs.has(call)) return;
    const due = this.clock().monotonicMs + limitMs;
    this.dueMs.set(call, due);
    if (due < this.alarmAtMs) this.setAlarm(due, limitMs);
  }

  /** One that waits has been settled. */
  leave(call: AnyCall): void {
    this.dueMs.delete(call);
    // Whoever is told of the end of one may cancel others, which have been taken out with it.
    if (this.left < this.calls.length) this.left++;
    if (this.left < minLeft || this.left * 2 < this.calls.length) return;
    this.left = 0;
    for (const other of this.calls.drain()) if (!other.settled) this.calls.push(other);
  }

  /** Takes all out of the queue, without an end to their wait; some may be settled. */
  drain(): readonly AnyCall[] {
    this.left = 0;
    return this.calls.drain();
  }

  /** As `drain`, and ends the wait of all: there is a connection, or there never will be one. */
  takeAll(): readonly AnyCall[] {
    this.dueMs.clear();
    this.setAlarm(Infinity, Infinity);
    return this.drain();
  }

  /** Shows each call; some may be settled. */
  forEach(look: (call: AnyCall) => void): void {
    this.calls.forEach(look);
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
