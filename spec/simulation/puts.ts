/** What one process puts into the queue: each is answered once, and is in the queue as often as the answer says. */

import { type Observable } from 'rxjs';
import { enqueue, enqueueAll } from '../../src/recipes/queue/enqueue.js';
import { type Fate, fateOf } from './one-shots.js';
import { type Process } from './process.js';
import { queuePath } from './queue-ledger.js';

export class Puts {
  readonly fates = new Map<string, Fate>();
  pendingCount = 0;

  constructor(private readonly process: Process) {}

  /** One alone, or several in a transaction. */
  put(texts: readonly string[], priority: number): void {
    const { zk } = this.process;
    const [first = ''] = texts;
    const request$: Observable<unknown> =
      texts.length === 1
        ? enqueue(zk, queuePath, first, { priority })
        : enqueueAll(zk, queuePath, texts, { priority });
    this.process.note(`puts in ${texts.join(', ')}`);
    this.pendingCount++;
    this.settle(texts, 'unknown');
    request$.subscribe({
      next: () => {
        this.settle(texts, 'done');
      },
      error: (error: unknown) => {
        this.pendingCount--;
        this.process.note(`${texts.join(', ')} errs: ${String(error)}`);
        this.settle(texts, fateOf(error));
      },
      complete: () => {
        this.pendingCount--;
        this.process.note(`${texts.join(', ')} |`);
      },
    });
  }

  private settle(texts: readonly string[], fate: Fate): void {
    for (const text of texts) this.fates.set(text, fate);
  }
}
