/**
 * Leaving a server that is good: nothing new is sent, and what is under way may be answered first, so that no write is left
 * whose fate nobody knows. It takes a bounded time, whatever the server does.
 */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from '../rx/alarm.js';
import { type LinkOwner } from './link-owner.js';

export class Departure {
  private readonly limit: Alarm;
  private depart: (() => void) | undefined;

  constructor(
    scheduler: SchedulerLike,
    private readonly owner: Pick<LinkOwner, 'onLeaving' | 'afterTurn'>,
  ) {
    this.limit = new Alarm(scheduler, () => {
      this.go();
    });
  }

  get isUnderWay(): boolean {
    return this.depart !== undefined;
  }

  begin(limitMs: number, depart: () => void): void {
    this.depart = depart;
    this.limit.set(limitMs);
    this.owner.onLeaving(() => {
      // The last answer is being handled.
      this.owner.afterTurn(() => {
        this.go();
      });
    });
  }

  /** The connection is gone already. */
  cancel(): void {
    this.depart = undefined;
    this.limit.clear();
  }

  private go(): void {
    const { depart } = this;
    this.cancel();
    depart?.();
  }
}
