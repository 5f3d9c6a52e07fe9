/**
 * Who watches whole trees, and what the server is told of it.
 *
 * Theory of operation. On a server of 3.6 or later one *persistent recursive* watch on the root tells of everything at and
 * below it, again and again. On an older one, *one-shot* watches are left on every znode by the reads themselves. Which
 * of the two it is, is learnt once: a server that does not know `addWatch` refuses it (and closes the connection), and from
 * then on nobody asks again.
 *
 * A recursive watch does not catch up after a reconnect (SetWatches2 only arms it). One-shot watches do, so they serve as
 * a comparison: each listener names the znodes it knows, they go out as if one-shot watches had stood on them, and the
 * server answers with an event for each one that has changed. The unchanged ones are left with a one-shot watch, which
 * does no harm: the server sends one notification for each connection, event and path however many watches match.
 *
 * Servers before 3.9 keep one kind of watch for each connection, path and table (ZOOKEEPER-4466), the last one that was
 * left. So nothing else may be left on the data of a root: reads of it do without, and hear of changes through the tree's
 * watch (`covers`). On the list of its children a one-shot watch may stand, if it is left after the recursive one.
 */

import { parentPath } from '../path.js';
import { type OneShotList, type WatchChunks } from './watch-chunks.js';
import { type WatchedChange, type WatchTable } from './watched-change.js';

/** Somebody who follows a tree. Paths are the server's. */
export interface TreeListener {
  /** A znode at or below the root changed. `childrenChanged` only where one-shot watches tell it. */
  onTreeEvent(change: WatchedChange, path: string): void;
  /** The server has no recursive watches: reads leave one-shot ones from now on, and those under way must be repeated. */
  onRecursiveRefused(): void;
  /** Whether a one-shot watch on this znode is one that its reads have left. */
  holds(table: WatchTable, path: string): boolean;
  /** Names every one-shot watch that may have been left for it. */
  forEachEntry(tell: (table: WatchTable, path: string) => void): void;
  /** Names what it knows and has no read under way for; `exist`: known to be absent. */
  forEachKnown(tell: (list: OneShotList, path: string) => void): void;
  /** Everything that the comparison after a reconnect can tell has been told. */
  onCompared(): void;
}

export class TreeWatches {
  /** Whether servers are asked for recursive watches: until one refuses. */
  recursive = true;
  private readonly roots = new Map<string, readonly TreeListener[]>();
  /** Those for whom a comparison has left one-shot watches on this connection. */
  private compared = new Set<TreeListener>();
  private comparing = false;

  get size(): number {
    return this.roots.size;
  }

  /** Whether the recursive watch on exactly this path tells of its data. */
  covers(path: string): boolean {
    return this.recursive && this.roots.has(path);
  }

  /** Whether it is the first on this root. */
  add(root: string, listener: TreeListener): boolean {
    const others = this.roots.get(root) ?? [];
    this.roots.set(root, [...others, listener]);
    return others.length === 0;
  }

  /** Whether it was the last on this root. */
  remove(root: string, listener: TreeListener): boolean {
    this.compared.delete(listener);
    const others = (this.roots.get(root) ?? []).filter((other) => other !== listener);
    if (others.length > 0) this.roots.set(root, others);
    else this.roots.delete(root);
    return others.length === 0;
  }

  /** Whether one-shot watches may stand on the server for it. */
  leavesOneShots(listener: TreeListener): boolean {
    return !this.recursive || this.compared.has(listener);
  }

  dispatch(change: WatchedChange, path: string): void {
    // Comes for one-shot watches of others too (ZOOKEEPER-4475), where the recursive one has told of the child itself.
    if (change === 'childrenChanged' && this.recursive && !this.comparing) return;
    this.forEachAbove(path, (listener) => {
      listener.onTreeEvent(change, path);
    });
  }

  /** Whether the reads of a tree have left this one-shot watch. */
  holds(table: WatchTable, path: string): boolean {
    if (this.recursive) return false;
    let held = false;
    this.forEachAbove(path, (listener) => {
      held ||= listener.holds(table, path);
    });
    return held;
  }

  /** Returns the roots on which nothing stands now; empty if it was known. */
  refuse(): readonly string[] {
    if (!this.recursive) return [];
    this.recursive = false;
    const roots = [...this.roots.keys()];
    for (const listeners of [...this.roots.values()]) {
      for (const listener of listeners) listener.onRecursiveRefused();
    }
    return roots;
  }

  /** Everything known, for the comparison after a reconnect: data first, then the recursive watches, then lists. */
  restore(chunks: WatchChunks, others: (list: 'data' | 'child') => void): void {
    this.compared = new Set();
    this.comparing = this.roots.size > 0;
    others('data');
    this.compare(chunks, (list) => list !== 'child');
    if (this.recursive) for (const root of this.roots.keys()) chunks.addRecursive(root);
    others('child');
    this.compare(chunks, (list) => list === 'child');
  }

  /** The comparison is over. */
  restored(): void {
    this.comparing = false;
    for (const listeners of [...this.roots.values()]) {
      for (const listener of listeners) listener.onCompared();
    }
  }

  private compare(chunks: WatchChunks, wanted: (list: OneShotList) => boolean): void {
    for (const listeners of this.roots.values()) {
      for (const listener of listeners) {
        listener.forEachKnown((list, path) => {
          if (!wanted(list)) return;
          this.compared.add(listener);
          chunks.add(list, path);
        });
      }
    }
  }

  private forEachAbove(path: string, visit: (listener: TreeListener) => void): void {
    for (let at = path; ; at = parentPath(at)) {
      const listeners = this.roots.get(at);
      if (listeners !== undefined) for (const listener of listeners) visit(listener);
      if (at === '/') return;
    }
  }
}
