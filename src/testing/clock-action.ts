/** Timers of the virtual clock, and the heap that they wait in: first by time, then by the order of their scheduling. */

import { type SchedulerAction, Subscription } from 'rxjs';

/** Whose timer it is. */
export interface TimerOwner {
  readonly name: string;
  /** Whether its timers may be left when a test is over. */
  readonly mayStay?: boolean;
  /** Asked when a timer is due: `true` if the owner keeps it to itself, because it does not run now. */
  readonly holds?: (action: ClockAction) => boolean;
}

/** What an action needs of its clock. */
export interface ActionClock {
  readonly frame: number;
  /** The next number in the order of scheduling. */
  nextOrder(): number;
  readonly heap: ActionHeap;
}

/** What every timer is to the heap and the clock, whatever its state. */
export interface ClockAction extends Subscription {
  readonly owner: TimerOwner;
  dueMs: number;
  order: number;
  /** Its place in the heap; -1: in none. */
  place: number;
  run(): void;
}

/** The work of a timer, as RxJS has it. */
export type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

/** One timer; rescheduled by itself or from outside, as RxJS' operators do. */
export class Timer<T> extends Subscription implements SchedulerAction<T>, ClockAction {
  dueMs = 0;
  order = 0;
  place = -1;
  private state: T | undefined;

  constructor(
    readonly owner: TimerOwner,
    private readonly clock: ActionClock,
    private readonly work: Work<T>,
  ) {
    super();
  }

  schedule(state?: T, delayMs = 0): Subscription {
    if (this.closed) return this;
    this.state = state;
    this.clock.heap.remove(this);
    // What never comes due is not waited for, as in RxJS' virtual time.
    if (!Number.isFinite(delayMs)) return this;
    this.dueMs = this.clock.frame + Math.max(0, delayMs);
    this.order = this.clock.nextOrder();
    this.clock.heap.push(this);
    return this;
  }

  run(): void {
    if (this.closed) return;
    try {
      this.work(this.state);
    } catch (error) {
      this.unsubscribe();
      throw error;
    }
  }

  override unsubscribe(): void {
    this.clock.heap.remove(this);
    super.unsubscribe();
  }
}

/** A binary heap whose items know their place, so that one can leave from anywhere. */
export class ActionHeap {
  private readonly items: ClockAction[] = [];

  get first(): ClockAction | undefined {
    return this.items[0];
  }

  get size(): number {
    return this.items.length;
  }

  /** All that wait, in no particular order. */
  all(): readonly ClockAction[] {
    return this.items;
  }

  push(action: ClockAction): void {
    this.items.push(action);
    this.rise(action, this.items.length - 1);
  }

  remove(action: ClockAction): void {
    const { items } = this;
    const { place } = action;
    if (place < 0) return;
    const last = items.pop();
    action.place = -1;
    if (last === undefined || last === action) return;
    this.rise(last, place);
    if (last.place === place) this.sink(last, place);
  }

  private rise(action: ClockAction, from: number): void {
    const { items } = this;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !isBefore(action, parent)) break;
      items[place] = parent;
      parent.place = place;
      place = above;
    }
    items[place] = action;
    action.place = place;
  }

  private sink(action: ClockAction, from: number): void {
    const { items } = this;
    let place = from;
    for (;;) {
      const left = items[2 * place + 1];
      const right = items[2 * place + 2];
      const child =
        left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, action)) break;
      const below = child.place;
      items[place] = child;
      child.place = place;
      place = below;
    }
    items[place] = action;
    action.place = place;
  }
}

function isBefore(a: ClockAction, b: ClockAction): boolean {
  return a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs;
}
