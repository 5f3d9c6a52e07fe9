/** Processes at a double barrier, and what must never happen there. */

import { defer, finalize, NEVER, type Observable, type Subscription, tap, timer } from 'rxjs';
import {
  type DoubleBarrierOptions,
  withDoubleBarrier,
} from '../../src/recipes/barriers/double-barrier.js';
import { expiryMs, type Member, type World } from './world.js';

export const path = '/phases/first';

/** One process's part: `i` let in, `e` its work has ended, `|` all have left, or the name of an error. */
export interface Part {
  readonly log: string[];
  readonly errors: unknown[];
  readonly subscription: Subscription;
}

/** One stay of a process: from coming to having left. */
interface Stay {
  /** Zxid that began the round, once it is in. */
  began?: bigint | undefined;
  inside: boolean;
  left: boolean;
}

/** Watches over one barrier: how many are there, who is inside, and what went wrong. */
export class Rounds {
  readonly violations: string[] = [];
  private readonly stays = new Set<Stay>();

  constructor(
    private readonly world: World,
    private readonly count: number,
  ) {}

  /** Takes part once, or as often as `each` makes of that; the work takes so long. */
  join(
    { zk }: Member,
    workMs: number,
    options: Partial<DoubleBarrierOptions> = {},
    each: (round$: Observable<unknown>) => Observable<unknown> = (round$) => round$,
  ): Part {
    const { world } = this;
    const log: string[] = [];
    const errors: unknown[] = [];
    const round$ = defer(() => {
      const stay: Stay = { inside: false, left: false };
      this.stays.add(stay);
      const work$ = defer(() => {
        log.push('i');
        if (this.stays.size < this.count) this.violate(`in with ${String(this.stays.size)}`);
        // It is there for as long as the round.
        stay.began = world.server.tree()[`${path}/ready`]?.stat.czxid;
        stay.inside = true;
        return workMs === Infinity ? NEVER : timer(workMs, world.time);
      }).pipe(
        finalize(() => {
          log.push('e');
          stay.inside = false;
        }),
      );
      return work$.pipe(
        withDoubleBarrier(zk, path, { count: this.count, ...options }),
        tap({
          complete: () => {
            log.push('|');
            stay.left = true;
            for (const { inside, began } of this.stays) {
              if (inside && began === stay.began) this.violate('left with somebody inside');
            }
          },
        }),
        finalize(() => {
          // Its znode may be there, and count, for as long as it takes to delete it.
          if (stay.left) this.stays.delete(stay);
          else world.time.schedule(() => this.stays.delete(stay), expiryMs);
        }),
      );
    });
    const subscription = each(round$).subscribe({
      error: (error: unknown) => {
        log.push(error instanceof Error ? error.name : String(error));
        errors.push(error);
      },
    });
    return { log, errors, subscription };
  }

  private violate(what: string): void {
    this.violations.push(`${what} at ${String(this.world.time.now())} ms`);
  }
}
