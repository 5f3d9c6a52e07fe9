/**
 * Which entry of a queue to try next.
 *
 * Theory of operation. The lists (of marks, where there are some, and of entries) are read anew for each entry, so that one put
 * in later with a higher priority is seen. Reading a long list again and again would cost more than the entries, so one
 * list serves for a hundredth of the entries in it. Only when there is nothing to take does the consumer go and stand in the line
 * (`waiting-line.ts`), and only at its front are the lists watched. Which entry of a list it is: `entry-list.ts`.
 */

import {
  catchError,
  combineLatest,
  concat,
  connect,
  defer,
  distinctUntilChanged,
  forkJoin,
  map,
  NEVER,
  type Observable,
  of,
  ReplaySubject,
  switchMap,
  take,
  throwError,
  timer,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError, TimeoutError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { maxTimerMs } from '../../rx/alarm.js';
import { type RecipeCall } from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { EntryList } from './entry-list.js';
import { type EntryName } from './queue-layout.js';
import { type QueuePlace } from './queue-options.js';
import { Spread } from './spread.js';
import { waitingLine$ } from './waiting-line.js';

/** What a picker works on. */
export interface EntryPickerOptions {
  readonly place: QueuePlace;
  /** Err with `TimeoutError` instead of waiting for an entry. */
  readonly once: boolean;
  readonly call: RecipeCall;
}

export class EntryPicker {
  /** What is known of the entries. */
  readonly list: EntryList;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: EntryPickerOptions,
  ) {
    const { format, entries } = options.place;
    this.list = new EntryList({
      format,
      spread: new Spread(zk, entries),
      now: () => zk.scheduler.now(),
      randomId: () => zk.randomId(),
    });
  }

  /**
   * Picks the entry to try next, waits until there is one, and emits what `prepared$` makes of it. Whoever tries it does so before he
   * returns: then his request is on the way before he leaves the line, and before others look.
   */
  next$<T>(prepared$: (entry: EntryName) => Observable<T>): Observable<T> {
    return defer(() => {
      const next = this.list.pickAgain();
      return next === undefined ? this.fromNewList$(prepared$) : prepared$(next);
    });
  }

  private fromNewList$<T>(prepared$: (entry: EntryName) => Observable<T>): Observable<T> {
    const { zk } = this;
    const { place, call, once } = this.options;
    const names$ = (path: string): Observable<readonly string[]> =>
      zk
        .children(path, untilAnswered)
        .pipe(
          catchError((error: unknown) =>
            error instanceof NoNodeError ? of([]) : throwError(() => error),
          ),
        );
    // The marks first: what is done with in between is in neither list then.
    const request = () =>
      forkJoin([place.marks === undefined ? of([]) : names$(place.marks), names$(place.entries)]);
    return persist$(zk, { ...call, request }).pipe(
      switchMap(([marks, entries]) => {
        this.list.read(marks, entries);
        const next = this.list.pick();
        if (next !== undefined) return prepared$(next);
        return once
          ? throwError(() => new TimeoutError(0, 'not-sent', call))
          : this.wait$(prepared$);
      }),
    );
  }

  /** The same when it is our turn; in the line until it has emitted. */
  private wait$<T>(prepared$: (entry: EntryName) => Observable<T>): Observable<T> {
    const { call, place } = this.options;
    const line$ = waitingLine$(this.zk, { root: place.line, call });
    // The line ends only when the client is closed; whoever waits for a time to come must not outlive that.
    const closed$ = throwError(() => new SessionClosedError(call));
    return concat(line$, closed$).pipe(
      connect(
        (leftToOthersMs$) =>
          leftToOthersMs$.pipe(
            map((ms) => ms < Infinity),
            distinctUntilChanged(),
            switchMap((isAtFront) => (isAtFront ? this.watch$(leftToOthersMs$) : NEVER)),
            take(1),
            switchMap((next) => prepared$(next)),
          ),
        { connector: () => new ReplaySubject(1) },
      ),
    );
  }

  private watch$(leftToOthersMs$: Observable<number>): Observable<EntryName> {
    const { zk, list } = this;
    const { marks, entries } = this.options.place;
    const taken$ = marks === undefined ? of(null) : zk.children$(marks);
    /** Since when there has been something to take; what it is may have changed. */
    let sinceMs = Infinity;
    const ready$ = (leftToOthersMs: number): Observable<EntryName> =>
      defer(() => {
        const now = zk.scheduler.now();
        const soonestMs = list.soonestMs();
        // A clock that was set back must not make it longer.
        sinceMs = soonestMs > now ? Infinity : Math.min(sinceMs, now);
        const waitMs = soonestMs > now ? soonestMs - now : sinceMs + leftToOthersMs - now;
        if (waitMs === Infinity) return NEVER;
        const next = waitMs > 0 ? undefined : list.pick();
        if (next !== undefined) return of(next);
        return timer(Math.min(maxTimerMs, waitMs), zk.scheduler).pipe(
          switchMap(() => ready$(leftToOthersMs)),
        );
      });
    return combineLatest([leftToOthersMs$, taken$, zk.children$(entries)]).pipe(
      switchMap(([leftToOthersMs, taken, names]) => {
        list.read(taken ?? [], names ?? []);
        return ready$(leftToOthersMs);
      }),
    );
  }
}
