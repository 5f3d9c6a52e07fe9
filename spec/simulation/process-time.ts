/**
 * One process's time: its two clocks, its timers, and what is held back while it is paused.
 *
 * | pause   | monotonic clock | wall clock | timers                                | what arrives        |
 * |---------|-----------------|------------|---------------------------------------|---------------------|
 * | `stop`  | goes on         | goes on    | those that come due run after resume  | after resume        |
 * | `sleep` | stands still    | goes on    | wait for the rest of their delay      | after resume        |
 * | `dead`  | goes on         | goes on    | never run again                       | never               |
 *
 * After a resume timers and arrivals each come in their own order; which of the two comes first is a coin's choice, as it
 * depends on where the event loop stood. A clock can also run at another rate than the world's, and the wall clock
 * can be set.
 */

import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { type Dice } from '../../src/testing/dice.js';
import { type VirtualTime } from '../support/virtual-time.js';

export type PauseKind = 'stop' | 'sleep' | 'dead';

type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

// What may be missing when a timer rings, because delays are divided by a rate.
const epsilonMs = 1e-6;

export interface ProcessTimeOptions {
  /** How fast its clocks run; 1 = as the world's. */
  readonly rate: number;
  readonly dice: Dice;
}

export class ProcessTime implements SchedulerLike {
  private pausedAs: PauseKind | undefined;
  private pausedAtMs = 0;
  private sleptMs = 0;
  private wallOffsetMs = 0;
  private readonly held: HeldAction[] = [];
  private backlog: (() => void)[] = [];
  private draining = false;

  constructor(
    private readonly world: VirtualTime,
    private readonly options: ProcessTimeOptions,
  ) {}

  get paused(): PauseKind | undefined {
    return this.pausedAs;
  }

  /** The wall clock. */
  now(): number {
    return this.world.now() * this.options.rate + this.wallOffsetMs;
  }

  /** The clock that nobody sets. Bound, so that it can be given away. */
  readonly monotonicNow = (): number => {
    const asleepMs = this.pausedAs === 'sleep' ? this.world.now() - this.pausedAtMs : 0;
    return (this.world.now() - this.sleptMs - asleepMs) * this.options.rate;
  };

  /** Sets the wall clock forward or back. */
  jump(byMs: number): void {
    this.wallOffsetMs += byMs;
  }

  pause(kind: PauseKind): void {
    if (this.pausedAs !== undefined) return;
    this.pausedAs = kind;
    this.pausedAtMs = this.world.now();
  }

  resume(): void {
    if (this.pausedAs === undefined || this.pausedAs === 'dead') return;
    if (this.pausedAs === 'sleep') this.sleptMs += this.world.now() - this.pausedAtMs;
    this.pausedAs = undefined;
    this.held.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    const timers = this.held.splice(0).map((action) => () => {
      action.fire();
    });
    const timersFirst = this.options.dice.chance(0.5);
    this.backlog = timersFirst ? [...timers, ...this.backlog] : [...this.backlog, ...timers];
    this.drain();
  }

  /** Runs what comes from outside: now, or when the process runs again and has dealt with what came before. */
  deliver(task: () => void): void {
    if (this.pausedAs === undefined && this.backlog.length === 0) task();
    else this.backlog.push(task);
  }

  schedule<T>(work: Work<T>, delayMs = 0, state?: T): Subscription {
    return new ProcessAction(this, work).schedule(state, delayMs);
  }

  /** A step of the world after a delay on this process's clock. */
  after(delayMs: number, work: () => void): Subscription {
    return this.world.schedule(work, Math.max(0, delayMs) / this.options.rate);
  }

  hold(action: HeldAction): void {
    this.held.push(action);
  }

  /** One thing of the backlog in each step of the world. */
  private drain(): void {
    if (this.draining || this.backlog.length === 0 || this.pausedAs !== undefined) return;
    this.draining = true;
    this.world.schedule(() => {
      this.draining = false;
      if (this.pausedAs !== undefined) return;
      this.backlog.shift()?.();
      this.drain();
    });
  }
}

interface HeldAction {
  readonly dueMs: number;
  readonly order: number;
  fire(): void;
}

let lastOrder = 0;

class ProcessAction<T> extends Subscription implements SchedulerAction<T>, HeldAction {
  dueMs = 0;
  order = 0;
  private state: T | undefined;
  private timer: Subscription | undefined;

  constructor(
    private readonly time: ProcessTime,
    private readonly work: Work<T>,
  ) {
    super();
  }

  schedule(state?: T, delayMs = 0): Subscription {
    if (this.closed) return this;
    this.state = state;
    this.order = ++lastOrder;
    this.dueMs = this.time.monotonicNow() + delayMs;
    this.arm(delayMs);
    return this;
  }

  fire(): void {
    if (this.closed) return;
    if (this.time.paused !== undefined) {
      this.time.hold(this);
      return;
    }
    const restMs = this.dueMs - this.time.monotonicNow();
    if (restMs > epsilonMs) this.arm(restMs);
    else this.work(this.state);
  }

  override unsubscribe(): void {
    this.timer?.unsubscribe();
    super.unsubscribe();
  }

  private arm(delayMs: number): void {
    this.timer?.unsubscribe();
    this.timer = this.time.after(delayMs, () => {
      this.fire();
    });
  }
}
