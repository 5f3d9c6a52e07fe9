/**
 * When a live tree is told: first as a whole, then what has changed in it.
 *
 * Nothing is told before everything that was found on the way down has been read once. From then on, the first change
 * waits for the reads that were under way when it came, and for the end of what came with it from the server in one
 * piece; whatever changes until then is told with it.
 */

import { type TreeChange } from '../tree.js';
import { type CellHost } from './cell-host.js';
import { bits, dataPending, listPending, type TreeEntry } from './tree-entry.js';
import { type TreeStore } from './tree-store.js';

/** Whom a tree tells. */
export interface TreeAudience {
  /** Everything has been read once. */
  onReady(): void;
  onChanges(changes: readonly TreeChange<Uint8Array | null>[]): void;
  /** It is over; `error`: because of it. */
  onEnd(error: unknown): void;
}

/** What there is to tell of. */
export interface NewsSource {
  readonly store: TreeStore;
  /** How many reads were sent, and how many of them are over. */
  readonly reads: { readonly sent: number; readonly done: number };
}

export class TreeNews {
  /** Everything has been read once, and the audience has been told. */
  ready = false;
  /** Entries that the first emission waits for. */
  private awaited = 0;
  /** How many reads must be over before what has changed is told; 0: nothing has. */
  private dueAt = 0;
  private willTell = false;
  private stopped = false;

  constructor(
    private readonly host: CellHost,
    private readonly source: NewsSource,
    private readonly audience: TreeAudience,
  ) {}

  /** The first emission waits for this entry. */
  await(entry: TreeEntry): void {
    entry.set(bits.awaited);
    this.awaited++;
  }

  /** The first emission does not wait for this entry any more. */
  settle(entry: TreeEntry): void {
    if (!entry.is(bits.awaited)) return;
    entry.clear(bits.awaited);
    if (--this.awaited > 0) return;
    this.host.session.afterTurn(() => {
      if (this.stopped) return;
      this.source.store.startNoting();
      this.ready = true;
      this.audience.onReady();
    });
  }

  onReadDone(entry: TreeEntry): void {
    if (this.stopped) return;
    if (this.awaited > 0 && isRead(entry)) this.settle(entry);
    this.tellIfDue();
  }

  tellIfDue(): void {
    const { store, reads } = this.source;
    if (this.stopped || this.willTell || !store.hasChanges) return;
    if (this.dueAt === 0) this.dueAt = reads.sent;
    if (reads.done < this.dueAt) return;
    this.willTell = true;
    this.host.session.afterTurn(() => {
      this.tellNow();
    });
  }

  /** Tells what has changed so far, whatever is under way. */
  tellNow(): void {
    if (this.stopped || !this.ready) return;
    this.willTell = false;
    this.dueAt = 0;
    const changes = this.source.store.takeChanges();
    if (changes.length > 0) this.audience.onChanges(changes);
  }

  stop(): void {
    this.stopped = true;
  }
}

/** Whether what is known of an entry will do for the first emission, even if it is being read again already. */
function isRead(entry: TreeEntry): boolean {
  if (entry.is(bits.removed)) return false;
  if (entry.node === undefined) return !entry.is(dataPending);
  return entry.is(bits.listKnown) || !entry.is(listPending);
}
