/** The end of a session that is asked for by `close`: who waits for it, and how long the server may take. */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';

// How long `close` tries to tell the server.
const closeTimeoutMs = 2_000;

export class Closing {
  private waiting: (() => void)[] | undefined;
  private readonly limit: Alarm;

  constructor(scheduler: SchedulerLike, giveUp: () => void) {
    this.limit = new Alarm(scheduler, giveUp);
  }

  /** Whether somebody has asked for it. */
  get isAsked(): boolean {
    return this.waiting !== undefined;
  }

  /** `done` is called at the end. Whether this was the first to ask. */
  ask(done: () => void): boolean {
    const isFirst = this.waiting === undefined;
    (this.waiting ??= []).push(done);
    return isFirst;
  }

  /** From now on the server has so long and no longer. */
  startLimit(): void {
    this.limit.set(closeTimeoutMs);
  }

  /** It is over, asked for or not. */
  end(): void {
    this.limit.clear();
    for (const done of this.waiting?.splice(0) ?? []) done();
  }
}
