/** Somebody who wants a lock of some kind or to lead: alone, under a retry, with work under it, or in an election. */

import {
  finalize,
  map,
  NEVER,
  type Observable,
  retry,
  type Subscription,
  throwError,
  timer,
} from 'rxjs';
import { type GiveUp, type Lease } from '../../src/client/lease.js';
import { LockLostError, TimeoutError } from '../../src/errors/client-errors.js';
import { leaderElection$ } from '../../src/recipes/locks/election.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { type Layout } from '../../src/recipes/core/options.js';
import { readLock$, writeLock$ } from '../../src/recipes/locks/read-write-lock.js';
import { semaphore$ } from '../../src/recipes/locks/semaphore.js';
import { whileHeld } from '../../src/recipes/held/while-held.js';
import { alone, type Share } from './leases.js';
import { textOf } from './model.js';
import { type Process } from './process.js';

export const contenderStyles = ['lock', 'retry', 'work', 'election'] as const;
export type ContenderStyle = (typeof contenderStyles)[number];

/** What can be wanted, and how much of it there is. */
export type Wanted = 'lock' | 'read' | 'write' | 'semaphore';

export const maxLeases = 2;
const crowd = 1000;
const shares: Readonly<Record<Wanted, Share>> = {
  lock: alone,
  read: { takes: 1, room: crowd },
  write: { takes: crowd, room: crowd },
  semaphore: { takes: 1, room: maxLeases },
};

export interface ContenderTerms {
  /** Default: `lock`. */
  readonly wanted?: Wanted;
  readonly layout?: Layout;
  readonly style: ContenderStyle;
  readonly path: string;
  readonly giveUp: GiveUp;
  readonly waitMs: number;
  /** How long work takes. */
  readonly workMs: number;
}

export class Contender {
  /** What it believes to hold. */
  lease: Lease | undefined;
  ended = false;
  private readonly identifier: string;
  private readonly subscription: Subscription;
  private signal: AbortSignal | undefined;

  constructor(
    private readonly process: Process,
    readonly terms: ContenderTerms,
  ) {
    this.identifier = `contender-${process.world.nextNumber()}`;
    this.subscription = this.contend().subscribe({
      error: (error: unknown) => {
        this.fail(error);
      },
      complete: () => {
        this.complete();
      },
    });
  }

  /** Gives up, or gives back. */
  stop(): void {
    if (this.ended) return;
    const { lease } = this;
    this.end();
    this.process.note(`leaves ${this.terms.path}`);
    this.subscription.unsubscribe();
    if (lease?.valid() === true) this.violate('has a valid lease after it unsubscribed');
  }

  private contend(): Observable<unknown> {
    const { zk } = this.process;
    const { style, path, giveUp, workMs } = this.terms;
    const { identifier } = this;
    const lock = this.acquire();
    switch (style) {
      case 'lock':
        return this.observed(lock);
      case 'retry':
        return this.observed(lock).pipe(
          retry({
            delay: (error: unknown) => {
              this.lost();
              return error instanceof LockLostError ? [true] : throwError(() => error);
            },
          }),
        );
      case 'work':
        return this.observed(lock).pipe(
          whileHeld(() =>
            (workMs === Infinity ? NEVER : timer(workMs, zk.scheduler)).pipe(
              // Whether it was done or stopped: nobody believes in the lease any more.
              finalize(() => {
                this.lease = undefined;
              }),
            ),
          ),
        );
      case 'election':
        return this.observed(
          leaderElection$(zk, path, { giveUp, identifier }).pipe(
            map((leadership) => (leadership.role === 'leader' ? leadership.lease : undefined)),
          ),
        );
    }
  }

  private acquire(): Observable<Lease> {
    const { zk } = this.process;
    const { wanted = 'lock', path, giveUp, waitMs, layout = 'kazoo' } = this.terms;
    const options = { giveUp, waitMs, layout, identifier: this.identifier };
    switch (wanted) {
      case 'lock':
        return lock$(zk, path, options);
      case 'read':
        return readLock$(zk, path, options);
      case 'write':
        return writeLock$(zk, path, options);
      case 'semaphore':
        return semaphore$(zk, path, { ...options, maxLeases });
    }
  }

  private observed(source$: Observable<Lease | undefined>): Observable<Lease> {
    return source$.pipe(
      map((lease) => {
        this.lost();
        if (lease !== undefined) this.hold(lease);
        // Those without a lease are for the elections, where nobody looks at what is emitted.
        return lease as Lease;
      }),
    );
  }

  private hold(lease: Lease): void {
    const { world } = this.process;
    this.process.checkLeases(`a grant of ${this.terms.path}`);
    this.lease = lease;
    this.signal = lease.signal;
    if (!lease.valid()) this.violate('is granted a lease that has ended');
    const { path, wanted = 'lock' } = this.terms;
    world.leases.granted({ who: this.process.name, path, lease, ...shares[wanted] });
    if (world.calm) this.process.leaveSoon(this);
  }

  /** The lease has ended, and it was told. */
  private lost(): void {
    const { lease } = this;
    if (lease === undefined) return;
    this.lease = undefined;
    if (lease.valid()) this.violate('is told of a loss while its lease is valid');
    if (this.signal?.aborted === false) this.violate('has a signal that does not tell of the loss');
    this.process.note(`loses ${this.terms.path}`);
  }

  private fail(error: unknown): void {
    const name = error instanceof Error ? error.name : String(error);
    if (error instanceof LockLostError) this.lost();
    this.end();
    this.process.note(`${this.terms.style} at ${this.terms.path} errs: ${name}`);
    if (error instanceof LockLostError || this.process.closing) return;
    if (error instanceof TimeoutError && this.terms.waitMs !== Infinity) return;
    this.violate(`errs: ${String(error)}`);
  }

  /** Work is done, so everything is given back; an election ends with its client. */
  private complete(): void {
    this.end();
    if (this.process.closing) return;
    if (this.terms.style !== 'work') this.violate('completes');
    const sessionId = this.process.zk.session?.id;
    const left = Object.entries(this.process.world.server.tree()).find(
      ([, { data, ephemeralOwner }]) =>
        ephemeralOwner === sessionId && textOf(data) === this.identifier,
    );
    if (left !== undefined) this.violate(`completes, but ${left[0]} is still there`);
    this.process.note(`work at ${this.terms.path} |`);
  }

  private end(): void {
    this.ended = true;
    this.lease = undefined;
  }

  private violate(what: string): void {
    const { style, path } = this.terms;
    this.process.world.journal.violate(`${this.process.name} (${style} at ${path}) ${what}`);
  }
}
