/** Runs work while a lease is held, and gives the lease back before the work's end is seen. */

import {
  defer,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  Subject,
  type Subscriber,
  takeUntil,
} from 'rxjs';
import { type Lease } from '../../client/lease.js';

/**
 * Subscribes to work while a lease is held; when the work ends, gives the lease back first and only then ends.
 *
 * ```
 * leases   ---h--------------       lease is given back at "r"
 * work        --1--2--|
 * result   -----1--2--r-|
 * ```
 *
 * When the leases err (the lock is lost) the work is unsubscribed first, synchronously; then the error goes on. A new lease
 * ends the work under the one before. Unsubscribing ends the work and gives the lease back in the background.
 * What is not promised: that nothing of the work is still on its way after a loss; give `lease.fence` to what you protect.
 *
 * @param work - makes the work for a lease; what it throws is an error of the work
 * @emits what the work emits
 * @completes when the work has completed and the server has confirmed that the lease is given back
 * @errors with the error of the work, when the lease is given back; with the error of the leases, at once
 * @sharing nothing is shared: each subscription acquires for itself
 * @example
 * lock$(zk, '/locks/report').pipe(whileHeld((lease) => writeReport$(lease.fence))).subscribe();
 */
export function whileHeld<L extends Lease, R>(
  work: (lease: L) => ObservableInput<R>,
): OperatorFunction<L, R> {
  return (leases$) => runWhileHeld(leases$, work);
}

/**
 * As {@link whileHeld}, over a stream that also says `undefined`: nothing is held now. `givenBack$` is subscribed to when the work has
 * ended, right before the leases are unsubscribed; when it completes, the lease is given back.
 */
export function runWhileHeld<L extends Lease, R>(
  leases$: Observable<L | undefined>,
  work: (lease: L) => ObservableInput<R>,
  givenBack$: (lease: L) => Observable<never> = ({ released$ }) => released$,
): Observable<R> {
  return new Observable<R>((subscriber) => {
    const run = new Run(subscriber, work, givenBack$);
    // Whoever stops listening ends the work first and then gives the lease back.
    subscriber.add(() => {
      run.endTerm();
      run.finish();
    });
    leases$.pipe(takeUntil(run.done$)).subscribe({
      next: (lease) => {
        run.endTerm();
        if (lease !== undefined) run.begin(lease);
      },
      error: (error: unknown) => {
        run.endTerm();
        subscriber.error(error);
      },
      complete: () => {
        run.leasesEnded();
      },
    });
  });
}

/** One subscription: at most one term (a lease and the work under it) at a time. */
class Run<L extends Lease, R> {
  /** The work has ended by itself: the lease is given back now. */
  readonly done$: Observable<void>;
  private readonly done = new Subject<void>();
  private termOver$: Subject<void> | undefined;
  private settled = false;

  constructor(
    private readonly subscriber: Subscriber<R>,
    private readonly work: (lease: L) => ObservableInput<R>,
    private readonly givenBack$: (lease: L) => Observable<never>,
  ) {
    this.done$ = this.done.asObservable();
  }

  begin(lease: L): void {
    const over$ = new Subject<void>();
    this.termOver$ = over$;
    const end = (deliver: () => void) => {
      if (this.termOver$ !== over$) return;
      this.termOver$ = undefined;
      this.giveBack(lease, deliver);
    };
    defer(() => this.work(lease))
      .pipe(takeUntil(over$))
      .subscribe({
        next: (value) => {
          this.subscriber.next(value);
        },
        error: (error: unknown) => {
          end(() => {
            this.subscriber.error(error);
          });
        },
        complete: () => {
          end(() => {
            this.subscriber.complete();
          });
        },
      });
  }

  /** Unsubscribes the work, if there is any. */
  endTerm(): void {
    const over$ = this.termOver$;
    this.termOver$ = undefined;
    over$?.next();
  }

  leasesEnded(): void {
    if (!this.settled && this.termOver$ === undefined) this.subscriber.complete();
  }

  /** Unsubscribes the leases: that gives back what is held. */
  finish(): void {
    this.done.next();
  }

  private giveBack(lease: L, deliver: () => void): void {
    this.settled = true;
    const givingBack = this.givenBack$(lease).subscribe({
      error: (error: unknown) => {
        this.subscriber.error(error);
      },
      complete: deliver,
    });
    this.finish();
    this.subscriber.add(givingBack);
  }
}
