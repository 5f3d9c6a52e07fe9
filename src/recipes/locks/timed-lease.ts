/** A lease that ends by the clock, and how it is held: renewed in time, given back, or lost. */

import {
  catchError,
  concat,
  defer,
  finalize,
  ignoreElements,
  merge,
  type Observable,
  of,
  repeat,
  switchMap,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { type Lease } from '../../client/lease.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError, SessionClosedError } from '../../errors/client-errors.js';
import { maxTimerMs } from '../../rx/alarm.js';
import { type LeaseSeat, type LeaseTerms, type Taken } from './lease-seat.js';

/** What the holder of a lease for a time is given. It does not go with the session: only the clock ends it. */
export interface TimedLease extends Lease {
  /** Path of the znode that tells who holds it. */
  readonly path: string;
  /** When it ends unless it is renewed, as others read it: milliseconds since 1970. It is `valid` until a margin before that. */
  readonly endMs: number;
}

/** How it is held. */
export interface Holding {
  readonly seat: LeaseSeat;
  readonly terms: LeaseTerms;
  readonly taken: Taken;
  /** Completes when it is given back for certain; the caller's business. */
  readonly released$: Observable<never>;
}

/** Emits the lease, and renews it as long as it is subscribed; errs with `LockLostError` when it is lost. */
export function heldFor$(zk: ZooKeeper, holding: Holding): Observable<TimedLease> {
  return defer(() => {
    const lease = new ClockLease(zk, holding);
    const held$ = merge(of<TimedLease>(lease), renewals$(zk, { holding, lease }));
    return merge(expiry$(zk, lease), closing$(zk, lease), held$).pipe(
      // Before anybody is told, and before anything is given back.
      tap({
        error: (error: unknown) => {
          lease.end(error);
        },
      }),
      finalize(() => {
        lease.end();
      }),
    );
  });
}

interface Held {
  readonly holding: Holding;
  readonly lease: ClockLease;
}

/** Renews in the middle of what is left, again and again. */
function renewals$(zk: ZooKeeper, { holding, lease }: Held): Observable<never> {
  return defer(() => timer(delayMs(lease.remainingMs() / 2), zk.scheduler)).pipe(
    switchMap(() => holding.seat.renew$({ fence: lease.fence, endMs: lease.endMs })),
    tap((taken) => {
      if (taken === undefined) throw lease.lost();
      lease.endMs = taken.endMs;
    }),
    ignoreElements(),
    repeat(),
    catchError((error: unknown) =>
      throwError(() => (error instanceof SessionClosedError ? lease.lost(error) : error)),
    ),
  );
}

/** Errs when the lease has ended. */
function expiry$(zk: ZooKeeper, lease: ClockLease): Observable<never> {
  return defer(() => {
    const leftMs = lease.remainingMs();
    // It may have been renewed meanwhile: look again at the new end.
    if (leftMs > 0) return timer(delayMs(leftMs), zk.scheduler);
    return throwError(() => lease.lost());
  }).pipe(repeat(), ignoreElements());
}

/** Errs when the client is closed: nobody would renew it. */
function closing$(zk: ZooKeeper, lease: ClockLease): Observable<never> {
  const closed$ = throwError(() => lease.lost(new SessionClosedError(lease.call)));
  return concat(zk.state$.pipe(ignoreElements()), closed$);
}

/** Rounded up, so that what was waited for has come; and no more than a timer takes. */
function delayMs(ms: number): number {
  return Math.min(maxTimerMs, Math.ceil(ms));
}

class ClockLease implements TimedLease {
  readonly fence: bigint;
  readonly path: string;
  readonly released$: Observable<never>;
  readonly call: { readonly operation: string; readonly path: string };
  endMs: number;
  private readonly marginMs: number;
  private readonly controller = new AbortController();

  constructor(
    private readonly zk: ZooKeeper,
    { seat, terms, taken, released$ }: Holding,
  ) {
    this.fence = taken.fence;
    this.endMs = taken.endMs;
    this.path = seat.path;
    this.released$ = released$;
    this.marginMs = terms.skewMarginMs;
    this.call = { operation: terms.operation, path: terms.root };
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  valid(): boolean {
    return this.remainingMs() > 0;
  }

  remainingMs(): number {
    if (this.signal.aborted) return 0;
    return Math.max(0, this.endMs - this.marginMs - this.zk.scheduler.now());
  }

  throwIfExpired(): void {
    if (!this.valid()) throw this.lost();
  }

  lost(cause?: unknown): LockLostError {
    return new LockLostError(this.fence, { ...this.call, ...(cause !== undefined && { cause }) });
  }

  end(error?: unknown): void {
    this.controller.abort(error ?? this.lost());
  }
}
