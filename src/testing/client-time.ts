/**
 * One client's time: its clocks, its timers, and what waits while its process is paused.
 *
 * A paused process does nothing, while time and its clocks go on: timers that come due and bytes that arrive are held.
 * When it is resumed, they run at once, the timers first unless told otherwise (it depends on where the event loop
 * stood). A jump sets the wall clock; the monotonic clock is nobody's to set.
 */

import { type SchedulerLike, type Subscription } from 'rxjs';
import { type ClockAction, type TimerOwner, type Work } from './clock-action.js';
import { type VirtualClock } from './virtual-clock.js';

/** What runs first when a process goes on. */
export type ResumeFirst = 'timers' | 'arrivals';

export class ClientTime implements SchedulerLike, TimerOwner {
  isPaused = false;
  private wallOffsetMs = 0;
  private held: ClockAction[] = [];
  /** What has arrived and waits. */
  private readonly arrivals = new Set<ClockAction>();

  constructor(
    readonly name: string,
    private readonly clock: VirtualClock,
  ) {}

  /** The wall clock. */
  now(): number {
    return this.clock.frame + this.wallOffsetMs;
  }

  /** The clock that nobody sets. Bound, so that it can be given away. */
  readonly monotonicNow = (): number => this.clock.frame;

  schedule<T>(work: Work<T>, delayMs?: number, state?: T): Subscription {
    return this.clock.timer(this, work).schedule(state, delayMs);
  }

  readonly holds = (action: ClockAction): boolean => {
    if (this.isPaused) this.held.push(action);
    return this.isPaused;
  };

  /** Whether what arrives can be dealt with at once; otherwise it is to be given to {@link deliver}. */
  get isListening(): boolean {
    return !this.isPaused && this.arrivals.size === 0;
  }

  /** Runs it when the process runs, after everything that arrived before. */
  deliver(task: () => void): void {
    const arrival = this.clock.timer(this, () => {
      this.arrivals.delete(arrival);
      task();
    });
    this.arrivals.add(arrival);
    arrival.schedule();
  }

  /** Sets the wall clock forward, or back. */
  jump(byMs: number): void {
    this.wallOffsetMs += byMs;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(first: ResumeFirst = 'timers'): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    const held = this.held.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    this.held = [];
    const arrivals = held.filter((action) => this.arrivals.has(action));
    const timers = held.filter((action) => !this.arrivals.has(action));
    this.clock.release(first === 'timers' ? [...timers, ...arrivals] : [...arrivals, ...timers]);
  }
}
