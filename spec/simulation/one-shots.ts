/** The one-shots of one process: each is answered exactly once, in order, and its answer agrees with what happened. */

import { type Observable } from 'rxjs';
import { ConnectionLossError, TimeoutError } from '../../src/errors/client-errors.js';
import { ServerError } from '../../src/errors/server-error.js';
import { TransactionError } from '../../src/errors/transaction-error.js';
import { type Process } from './process.js';

/** Whether a write was carried out, as far as its answer tells. */
export type Fate = 'done' | 'not done' | 'unknown';

export interface Sent {
  readonly what: string;
  /** What it writes; nobody else ever writes the same. */
  readonly data?: string;
  /** The path that it deletes. */
  readonly deletes?: string;
}

interface Pending extends Sent {
  readonly index: number;
  emitted: number;
}

/** How many deletes of a path were answered how. */
interface DeleteCount {
  done: number;
  unknown: number;
}

export class OneShots {
  /** Which of its writes came to what. */
  readonly fates = new Map<string, Fate>();
  readonly deletes = new Map<string, DeleteCount>();
  answered = 0;
  private readonly pending = new Set<Pending>();
  private lastIndex = 0;

  constructor(private readonly process: Process) {}

  get pendingCount(): number {
    return this.pending.size;
  }

  /** Sends a request; the function returned is its caller's unsubscribing. */
  send(sent: Sent, request$: Observable<unknown>): () => void {
    const pending: Pending = { ...sent, index: ++this.lastIndex, emitted: 0 };
    this.pending.add(pending);
    if (sent.data !== undefined) this.fates.set(sent.data, 'unknown');
    this.process.note(`#${pending.index} ${sent.what}`);
    const subscription = request$.subscribe({
      next: () => {
        pending.emitted++;
        this.answer(pending, 'done');
      },
      error: (error: unknown) => {
        const fate = fateOf(error);
        const isAnswer = error instanceof ServerError || error instanceof TransactionError;
        this.process.note(`#${pending.index} errs: ${String(error)}`);
        if (isAnswer) this.answer(pending, fate);
        this.settle(pending, fate);
      },
      complete: () => {
        if (pending.emitted !== 1) this.violate(pending, `completes after ${pending.emitted}`);
        this.process.note(`#${pending.index} |`);
        this.settle(pending, 'done');
      },
    });
    return () => {
      if (!this.pending.has(pending)) return;
      subscription.unsubscribe();
      this.process.note(`#${pending.index} is left`);
      this.settle(pending, 'unknown');
    };
  }

  /** The process is dead: it will never know what came of them. */
  abandon(): void {
    for (const pending of [...this.pending]) this.settle(pending, 'unknown');
  }

  /** What the answers say of the deletes of a path. */
  deletesOf(path: string): DeleteCount {
    const count = this.deletes.get(path) ?? { done: 0, unknown: 0 };
    this.deletes.set(path, count);
    return count;
  }

  private answer(pending: Pending, fate: Fate): void {
    this.answered++;
    this.process.checkLeases(`#${pending.index}`);
    // Those sent before it are answered before it.
    for (const earlier of this.pending) {
      if (earlier.index >= pending.index) break;
      this.violate(pending, `is answered (${fate}) before #${earlier.index}`);
    }
  }

  private settle(pending: Pending, fate: Fate): void {
    if (!this.pending.delete(pending)) this.violate(pending, 'is settled twice');
    if (pending.data !== undefined) this.fates.set(pending.data, fate);
    if (pending.deletes === undefined || fate === 'not done') return;
    this.deletesOf(pending.deletes)[fate]++;
  }

  private violate({ index, what }: Pending, how: string): void {
    this.process.world.journal.violate(`${this.process.name} #${index} ${what} ${how}`);
  }
}

/** Whether a write was carried out, as far as its error tells. */
export function fateOf(error: unknown): Fate {
  if (error instanceof ServerError || error instanceof TransactionError) return 'not done';
  if (error instanceof ConnectionLossError || error instanceof TimeoutError) {
    return error.outcome === 'not-sent' ? 'not done' : 'unknown';
  }
  return 'unknown';
}
