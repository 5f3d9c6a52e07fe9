/**
 * Virtual time: RxJS' own `TestScheduler` in run mode, over a heap, going as far as it is told.
 *
 * Theory of operation. `TestScheduler.run()` lends its clock to all of RxJS, so that a `timer(5_000)` in the code under
 * test needs no scheduler, marbles mean what they always mean, and an error that nobody handles is thrown by the clock,
 * not by a real timer. Its way of keeping time is not fit for minutes of a whole client, though: it sorts all timers
 * anew for each that is set. So timers are kept in a heap here; `TestScheduler`'s own list stays empty. One character of
 * a marble diagram is one millisecond, and there is no last frame: the test says how far time goes.
 *
 * Every timer has an owner, who can hold it back (a paused process), and who is named if it is left behind.
 */

import { type SchedulerLike, type Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  type ActionClock,
  ActionHeap,
  type ClockAction,
  Timer,
  type TimerOwner,
  type Work,
} from './clock-action.js';

// A virtual second holds some hundred steps; this many without time going on is a loop.
const maxStepsAtOnce = 100_000;

export class VirtualClock extends TestScheduler implements ActionClock {
  readonly heap = new ActionHeap();
  /** Called after every step; what it throws ends the run. */
  afterStep: (() => void) | undefined;
  /** Told what a step has thrown; `true` if the run goes on all the same. */
  forgives: ((error: unknown) => boolean) | undefined;
  private lastOrder = 0;
  private stepsAtOnce = 0;
  private readonly test: TimerOwner = { name: 'the test' };

  constructor() {
    // The kit compares by itself, and says more than this could.
    super(() => true);
  }

  nextOrder(): number {
    return ++this.lastOrder;
  }

  /** What RxJS schedules by itself, and the test. */
  override schedule<T>(work: Work<T>, delayMs = 0, state?: T): Subscription {
    return this.timer(this.test, work).schedule(state, delayMs);
  }

  timer<T>(owner: TimerOwner, work: Work<T>): Timer<T> {
    return new Timer(owner, this, work);
  }

  /** A scheduler whose timers belong to somebody. */
  schedulerOf(owner: TimerOwner): SchedulerLike {
    return {
      now: () => this.frame,
      schedule: <T>(work: Work<T>, delayMs?: number, state?: T) =>
        this.timer(owner, work).schedule(state, delayMs),
    };
  }

  /** Puts back what was held, to run now, in the order given. */
  release(actions: readonly ClockAction[]): void {
    for (const action of actions) {
      if (action.closed || action.place >= 0) continue;
      action.dueMs = this.frame;
      action.order = this.nextOrder();
      this.heap.push(action);
    }
  }

  /** Runs everything up to and including this time, and stands there. */
  runTo(timeMs: number): void {
    const { heap } = this;
    for (let next = heap.first; next !== undefined && next.dueMs <= timeMs; next = heap.first) {
      this.step(next);
    }
    this.frame = Math.max(this.frame, timeMs);
  }

  private step(action: ClockAction): void {
    this.heap.remove(action);
    if (action.dueMs > this.frame) {
      this.frame = action.dueMs;
      this.stepsAtOnce = 0;
    } else if (++this.stepsAtOnce > maxStepsAtOnce) {
      const steps = `${String(maxStepsAtOnce)} steps without a millisecond`;
      throw new Error(`time stands still at ${String(this.frame)} ms: ${steps}`);
    }
    if (action.owner.holds?.(action) === true) return;
    try {
      action.run();
    } catch (error) {
      if (this.forgives?.(error) !== true) throw error;
    }
    this.afterStep?.();
  }
}
