/**
 * The life of something of ours on the server, a znode most of the time: made exactly once, and given up for certain.
 *
 * Theory of operation. When the reply to a request that makes it is lost, nobody can know whether it exists: from sending that
 * request to a definite answer it is in doubt. Whoever has this life finds out, and makes it only if it is not there.
 *
 * It outlives the subscription that asked for it. `release()` may come at any moment:
 *
 * | when                             | then                                                             |
 * |----------------------------------|------------------------------------------------------------------|
 * | nothing was sent yet             | nothing is sent any more                                         |
 * | it is in doubt                   | its fate is waited for (looked up if the reply is lost); what was made is removed |
 * | it exists                        | it is removed                                                    |
 *
 * `released$` completes then.
 */

import { AsyncSubject, defer, EMPTY, type Observable, retry, Subject, Subscription } from 'rxjs';
import { mayHaveHappened } from './persist.js';

/** How it is made. */
export interface Making<A> {
  /** Sends the request, or looks first if it is in doubt. Completes if it is not to be made any more. */
  readonly attempt$: () => Observable<A>;
  /** Emits when the next attempt may start, completes if none is wanted, errs if there must be none. */
  readonly beforeNext$: (error: unknown) => Observable<unknown>;
}

/** One life: `begin` once, `release` once or more often. */
export class OwnLife<T> {
  /** From sending the request to a definite answer: it may exist without our knowing it. */
  inDoubt = false;
  private readonly made = new AsyncSubject<T>();
  private readonly released = new Subject<never>();
  private making = Subscription.EMPTY;
  private existing: T | undefined;
  private releasing = false;

  /** Completes when it is certain to be gone; replays its completion. */
  readonly released$: Observable<never> = this.released.asObservable();

  /** @param remove$ - ends when it is gone, or when nothing more can be done about it */
  constructor(private readonly remove$: (own: T) => Observable<unknown>) {}

  /** What was made; `undefined` as long as nothing is. */
  get own(): T | undefined {
    return this.existing;
  }

  get isReleasing(): boolean {
    return this.releasing;
  }

  /** One attempt after the other, until the first that is answered. */
  attempts$<A>({ attempt$, beforeNext$ }: Making<A>): Observable<A> {
    return defer(attempt$).pipe(
      retry({
        delay: (error: unknown) => {
          if (!mayHaveHappened(error)) {
            this.inDoubt = false;
            // Released, and certain that there is nothing: that is all.
            if (this.releasing) return EMPTY;
          }
          return beforeNext$(error);
        },
      }),
    );
  }

  /** Makes it, and emits what was made; completes if it was not to be. Unsubscribing alone stops nothing: `release` does. */
  begin(making$: Observable<T>): Observable<T> {
    this.making = making$.subscribe({
      next: (own) => {
        this.existing = own;
        this.inDoubt = false;
        if (this.releasing) this.remove(own);
        this.made.next(own);
        this.made.complete();
      },
      // Whoever tries again at once finds nothing of this life in the way.
      error: (error: unknown) => {
        this.released.complete();
        this.made.error(error);
      },
      complete: () => {
        if (this.existing !== undefined) return;
        this.released.complete();
        this.made.complete();
      },
    });
    return this.made;
  }

  /** Gives it up, whatever stage it is in. */
  release(): void {
    if (this.releasing) return;
    this.releasing = true;
    if (this.existing !== undefined) {
      this.remove(this.existing);
    } else if (!this.inDoubt) {
      this.making.unsubscribe();
      this.released.complete();
    }
  }

  private remove(own: T): void {
    const done = () => {
      this.released.complete();
    };
    this.remove$(own).subscribe({ error: done, complete: done });
  }
}
