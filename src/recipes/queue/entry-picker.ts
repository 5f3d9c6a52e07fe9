/**
 * Which entry of a queue to try next.
 *
 * Theory of operation. The lists (of marks, where there are some, and of entries) are read anew for each entry, so that one put
 * in later with a higher priority is seen. Reading a long list again and again would cost more than the entries, so one
 * list serves for a hundredth of the entries in it. Only when there is nothing to take are the lists watched.
 *
 * Several consumers who read the same list would all go for its first entry. Who comes too late drops his list, and from then on
 * picks at random among the first 2, 4, … 16 of the same priority; who does not come too late narrows it again. So a
 * consumer that is alone takes strictly in order.
 */

import {
  catchError,
  combineLatest,
  concat,
  defer,
  forkJoin,
  NEVER,
  type Observable,
  of,
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
import { compareEntries, type EntryName } from './queue-layout.js';
import { type QueuePlace } from './queue-options.js';

const maxSpread = 16;
/** One list serves for this part of its entries. */
const entriesForEachReuse = 100;

/** What a picker works on. */
export interface EntryPickerOptions {
  readonly place: QueuePlace;
  /** Err with `TimeoutError` instead of waiting for an entry. */
  readonly once: boolean;
  readonly call: RecipeCall;
}

/** A time for which an entry is left alone. */
interface Pause {
  readonly sinceMs: number;
  readonly forMs: number;
}

const noPause: Pause = { sinceMs: -Infinity, forMs: 0 };

export class EntryPicker {
  /** The entries of the newest list that may be tried, the first in line first. */
  private list: EntryName[] = [];
  private reuses = 0;
  private spread = 1;
  /** Names that were picked and are not done with. */
  private readonly busy = new Set<string>();
  /** For how long to leave alone what has failed, by name. */
  private readonly putOff = new Map<string, Pause>();

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: EntryPickerOptions,
  ) {}

  /**
   * Emits the entry to try next and completes; waits until there is one. The entry is not picked again until `done` is told.
   */
  next$(): Observable<EntryName> {
    return defer(() => {
      const next = this.reuses-- > 0 ? this.pick() : undefined;
      return next === undefined ? this.fromNewList$() : of(next);
    });
  }

  /** The entry was taken, given up, or tried too late. */
  done({ name }: EntryName): void {
    this.busy.delete(name);
  }

  /** Nobody was faster. */
  inTime(): void {
    this.spread = Math.max(1, this.spread - 1);
  }

  /** The next entry comes from a new list. */
  lookAgain(): void {
    this.reuses = 0;
  }

  /** Somebody else was faster: the list is out of date. */
  tooLate(): void {
    this.lookAgain();
    this.spread = Math.min(maxSpread, this.spread * 2);
  }

  /** Leaves an entry alone for a time. */
  leaveAlone({ name }: EntryName, forMs: number): void {
    this.putOff.set(name, { sinceMs: this.zk.scheduler.now(), forMs });
  }

  private fromNewList$(): Observable<EntryName> {
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
        this.read(marks, entries);
        const next = this.pick();
        if (next !== undefined) return of(next);
        return once ? throwError(() => new TimeoutError(0, 'not-sent', call)) : this.wait$();
      }),
    );
  }

  private wait$(): Observable<EntryName> {
    const { zk } = this;
    const { call } = this.options;
    const { marks, entries } = this.options.place;
    const lists$ = [marks === undefined ? of(null) : zk.children$(marks), zk.children$(entries)];
    // The lists end only when the client is closed; whoever waits for a time to come must not outlive that.
    const closed$ = throwError(() => new SessionClosedError(call));
    return concat(combineLatest(lists$), closed$).pipe(
      switchMap(([taken, names]) => {
        this.read(taken ?? [], names ?? []);
        return this.ready$();
      }),
      take(1),
    );
  }

  /** Emits the next entry of the list as soon as one may be taken. */
  private ready$(): Observable<EntryName> {
    return defer(() => {
      const next = this.pick();
      if (next !== undefined) return of(next);
      const waitMs = this.soonestMs() - this.zk.scheduler.now();
      if (waitMs === Infinity) return NEVER;
      return timer(Math.min(maxTimerMs, waitMs), this.zk.scheduler).pipe(
        switchMap(() => this.ready$()),
      );
    });
  }

  private read(marks: readonly string[], names: readonly string[]): void {
    const taken = new Set(marks);
    const { parse } = this.options.place.format;
    this.list = names
      .filter((name) => !taken.has(name))
      .flatMap((name) => parse(name) ?? [])
      .sort(compareEntries);
    this.reuses = Math.floor(this.list.length / entriesForEachReuse);
    this.forgetPutOff(names);
  }

  private pick(): EntryName | undefined {
    const now = this.zk.scheduler.now();
    const first: number[] = [];
    for (const [index, entry] of this.list.entries()) {
      if (first.length === this.spread) break;
      const head = this.list[first[0] ?? index];
      if (head?.priority !== entry.priority) break;
      if (this.mayBeTakenAtMs(entry) <= now) first.push(index);
    }
    const chosen = first[this.chance(first.length)];
    if (chosen === undefined) return undefined;
    const [entry] = this.list.splice(chosen, 1);
    if (entry !== undefined) this.busy.add(entry.name);
    return entry;
  }

  private chance(count: number): number {
    return count <= 1 ? 0 : parseInt(this.zk.randomId().slice(0, 8), 16) % count;
  }

  private soonestMs(): number {
    return this.list.reduce(
      (soonest, entry) => Math.min(soonest, this.mayBeTakenAtMs(entry)),
      Infinity,
    );
  }

  private mayBeTakenAtMs({ name, visibleAtMs }: EntryName): number {
    if (this.busy.has(name)) return Infinity;
    const { sinceMs, forMs } = this.putOff.get(name) ?? noPause;
    // A clock that was set back meanwhile must not make it longer.
    return sinceMs > this.zk.scheduler.now() ? visibleAtMs : Math.max(visibleAtMs, sinceMs + forMs);
  }

  private forgetPutOff(names: readonly string[]): void {
    if (this.putOff.size === 0) return;
    const there = new Set(names);
    for (const name of this.putOff.keys()) if (!there.has(name)) this.putOff.delete(name);
  }
}
