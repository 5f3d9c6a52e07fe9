/** The newest list of a queue's entries, and which of them a consumer tries next. */

import { type Spread } from './spread.js';
import { compareEntries, type EntryFormat, type EntryName } from './queue-layout.js';

/** One list serves for this part of its entries. */
const entriesForEachReuse = 100;

/** What a list needs of the world. */
export interface EntryListOptions {
  readonly format: EntryFormat;
  /** Among how many to pick. */
  readonly spread: Spread;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Chance: an id of 32 hex digits. */
  readonly randomId: () => string;
}

/** A time for which an entry is left alone. */
interface Pause {
  readonly sinceMs: number;
  readonly forMs: number;
}

const noPause: Pause = { sinceMs: -Infinity, forMs: 0 };

/** Everything that one consumer knows of its queue's entries. */
export class EntryList {
  /** Those that may be tried, the first in line first. */
  private entries: EntryName[] = [];
  private reuses = 0;
  /** Names that were picked and are not done with. */
  private readonly busy = new Set<string>();
  /** For how long to leave alone what has failed, by name. */
  private readonly putOff = new Map<string, Pause>();

  constructor(private readonly options: EntryListOptions) {}

  /** Takes the names of the marks and of the entries for the newest list. */
  read(marks: readonly string[], names: readonly string[]): void {
    const taken = new Set(marks);
    const { parse } = this.options.format;
    this.entries = names
      .filter((name) => !taken.has(name))
      .flatMap((name) => parse(name) ?? [])
      .sort(compareEntries);
    this.reuses = Math.floor(this.entries.length / entriesForEachReuse);
    this.forgetPutOff(names);
  }

  /** The entry to try next, not picked again until `done` is told; `undefined` if none may be taken at this moment. */
  pick(): EntryName | undefined {
    const { size } = this.options.spread;
    const now = this.options.now();
    const first: number[] = [];
    for (const [index, entry] of this.entries.entries()) {
      if (first.length === size) break;
      const head = this.entries[first[0] ?? index];
      if (head?.priority !== entry.priority) break;
      if (this.mayBeTakenAtMs(entry) <= now) first.push(index);
    }
    const chosen = first[this.chance(first.length)];
    if (chosen === undefined) return undefined;
    const [entry] = this.entries.splice(chosen, 1);
    if (entry !== undefined) this.busy.add(entry.name);
    return entry;
  }

  /** As `pick`, from a list that is not the newest any more; `undefined` when it has served for long enough. */
  pickAgain(): EntryName | undefined {
    return this.reuses-- > 0 ? this.pick() : undefined;
  }

  /** When the next entry may be taken, in epoch milliseconds; `Infinity` if there is none. */
  soonestMs(): number {
    return this.entries.reduce(
      (soonest, entry) => Math.min(soonest, this.mayBeTakenAtMs(entry)),
      Infinity,
    );
  }

  /** The entry was taken, given up, or tried too late. */
  done({ name }: EntryName): void {
    this.busy.delete(name);
  }

  /** Nobody was faster. */
  inTime(): void {
    this.options.spread.narrow();
  }

  /** Somebody else was faster: the list is out of date. */
  tooLate(): void {
    this.drop();
    this.options.spread.widen();
  }

  /** The next entry comes from a new list. */
  drop(): void {
    this.reuses = 0;
  }

  /** Leaves an entry alone for a time. */
  leaveAlone({ name }: EntryName, forMs: number): void {
    this.putOff.set(name, { sinceMs: this.options.now(), forMs });
  }

  private chance(count: number): number {
    return count <= 1 ? 0 : parseInt(this.options.randomId().slice(0, 8), 16) % count;
  }

  private mayBeTakenAtMs({ name, visibleAtMs }: EntryName): number {
    if (this.busy.has(name)) return Infinity;
    const { sinceMs, forMs } = this.putOff.get(name) ?? noPause;
    // A clock that was set back meanwhile must not make it longer.
    return sinceMs > this.options.now() ? visibleAtMs : Math.max(visibleAtMs, sinceMs + forMs);
  }

  private forgetPutOff(names: readonly string[]): void {
    if (this.putOff.size === 0) return;
    const there = new Set(names);
    for (const name of this.putOff.keys()) if (!there.has(name)) this.putOff.delete(name);
  }
}
