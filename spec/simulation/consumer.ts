/** Somebody who processes the entries of the queue, and says what he works on. */

import { defer, finalize, map, type Observable, type Subscription, tap, timer } from 'rxjs';
import { type GiveUp, type Lease } from '../../src/client/lease.js';
import { consume$ } from '../../src/recipes/queue/consume.js';
import { type QueueEntry } from '../../src/recipes/queue/queue-options.js';
import { Dice } from '../../src/testing/dice.js';
import { alone } from './leases.js';
import { type Process } from './process.js';
import { queuePath, type Stint } from './queue-ledger.js';

export interface ConsumerTerms {
  readonly giveUp: GiveUp;
  readonly concurrency: number;
  readonly retryDelayMs: number;
  /** How long work takes at most. */
  readonly maxWorkMs: number;
  /** How much of it fails. */
  readonly failing: number;
}

/** Work under a lease: what the process believes to hold. */
interface Work {
  lease: Lease | undefined;
  readonly terms: { readonly path: string; readonly giveUp: GiveUp };
}

export class Consumer {
  ended = false;
  readonly works = new Set<Work>();
  private readonly subscription: Subscription;

  constructor(
    private readonly process: Process,
    private readonly terms: ConsumerTerms,
  ) {
    const { giveUp, concurrency, retryDelayMs } = terms;
    const options = { giveUp, concurrency, retryDelayMs };
    const project = (entry: QueueEntry, lease: Lease) => this.work$(entry, lease);
    this.subscription = consume$(process.zk, queuePath, project, options).subscribe({
      error: (error: unknown) => {
        this.ended = true;
        if (!process.closing) this.violate(`errs: ${String(error)}`);
      },
      complete: () => {
        this.ended = true;
        if (!process.closing) this.violate('completes');
      },
    });
  }

  stop(): void {
    if (this.ended) return;
    this.ended = true;
    this.process.note('consumes no more');
    this.subscription.unsubscribe();
    if (this.works.size > 0) this.violate('works on after it was stopped');
  }

  private work$(entry: QueueEntry, lease: Lease): Observable<unknown> {
    return defer(() => {
      const { process } = this;
      const { path } = entry;
      const { giveUp, maxWorkMs, failing } = this.terms;
      const stint = this.begin(path, lease);
      const work: Work = { lease, terms: { path, giveUp } };
      this.works.add(work);
      const dice = new Dice(process.world.seed, 5, process.world.nextNumber());
      const fails = !process.world.calm && dice.chance(failing);
      return timer(dice.between(0, maxWorkMs), process.zk.scheduler).pipe(
        map(() => {
          if (fails) throw new Error('bad luck');
        }),
        tap({
          complete: () => {
            process.note(`has done ${path}`);
            process.world.ledger.done(stint);
          },
        }),
        finalize(() => {
          work.lease = undefined;
          this.works.delete(work);
        }),
      );
    });
  }

  private begin(path: string, lease: Lease): Stint {
    const { process } = this;
    const { world, name: who } = process;
    process.checkLeases(`work on ${path}`);
    if (!lease.valid()) this.violate(`is given ${path} with a lease that has ended`);
    world.leases.granted({ who, path, lease, ...alone });
    const sessionId = world.sessionOf(process.index);
    const stint = { who, path, fence: lease.fence, sessionId };
    world.ledger.begins(stint);
    return stint;
  }

  private violate(what: string): void {
    this.process.world.journal.violate(`${this.process.name} (consumer) ${what}`);
  }
}
