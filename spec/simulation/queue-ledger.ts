/**
 * What became of every entry of the queue: the truth is the server's tree, looked at after every transaction; the consumers tell what
 * they do.
 *
 * What is promised: an entry is worked on under a mark that is there, by one consumer at a time; it goes out of the queue when, and
 * only when, its work was done; and what is done is not done again, unless the session was lost before that was known.
 */

import { type EmbeddedServer } from '../../src/server/server.js';
import { type Journal } from './journal.js';
import { type Leases } from './leases.js';
import { textOf } from './model.js';

export const queuePath = '/queue';
const entriesRoot = `${queuePath}/entries/`;
const marksRoot = `${queuePath}/taken/`;

type Tree = ReturnType<EmbeddedServer['tree']>;

/** One piece of work on an entry. */
export interface Stint {
  readonly who: string;
  readonly path: string;
  /** Of its lease. */
  readonly fence: bigint;
  readonly sessionId: bigint | undefined;
}

interface Entry {
  readonly text: string;
  isThere: boolean;
  readonly done: Stint[];
}

export class QueueLedger {
  private readonly entries = new Map<string, Entry>();
  private readonly counts = new Map<string, number>();
  private tree: Tree = {};

  constructor(
    private readonly server: EmbeddedServer,
    private readonly journal: Journal,
    private readonly leases: Leases,
  ) {}

  /** How often this was put in. */
  putsOf(text: string): number {
    return this.counts.get(text) ?? 0;
  }

  /** How many entries there are, and how many were done. */
  get standing(): { readonly left: number; readonly done: number } {
    const all = [...this.entries.values()];
    return {
      left: all.filter(({ isThere }) => isThere).length,
      done: all.filter(({ done }) => done.length > 0).length,
    };
  }

  /** To be called after every transaction. */
  look(tree: Tree): void {
    this.tree = tree;
    for (const path in tree) {
      if (!path.startsWith(entriesRoot) || this.entries.has(path)) continue;
      const text = textOf(tree[path]?.data ?? null);
      this.entries.set(path, { text, isThere: true, done: [] });
      this.counts.set(text, this.putsOf(text) + 1);
    }
    for (const [path, entry] of this.entries) {
      if (!entry.isThere || path in tree) continue;
      entry.isThere = false;
      if (entry.done.length === 0) this.journal.violate(`${path} has gone undone`);
    }
  }

  /** Work begins. */
  begins(stint: Stint): void {
    const { who, path, fence } = stint;
    if (this.leases.wasForced(fence)) return;
    const mark = this.tree[marksRoot + path.slice(entriesRoot.length)];
    if (mark?.stat.czxid !== fence) this.journal.violate(`${who} works on ${path} without a mark`);
    const entry = this.entries.get(path);
    if (entry?.isThere !== true) this.journal.violate(`${who} works on ${path}, which is gone`);
    for (const before of entry?.done ?? []) {
      if (this.leases.wasForced(before.fence) || !this.isAlive(before.sessionId)) continue;
      this.journal.violate(`${who} works on ${path} after ${before.who} did it`);
    }
  }

  /** Work is done. */
  done(stint: Stint): void {
    this.entries.get(stint.path)?.done.push(stint);
  }

  private isAlive(session: bigint | undefined): boolean {
    return this.server.sessions().some(({ id }) => id === session);
  }
}
