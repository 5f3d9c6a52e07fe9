/**
 * Which watches stand on the server, who listens to them, and how they are left again after a reconnect.
 *
 * A server keeps one-shot watches of a connection in two tables, *data* (left by getData and exists) and *child* (left by
 * getChildren); each fires once. All listeners of one path and table share one watch: the server has it once however often
 * it was left, and only one kind (one-shot) is ever used on a path, because servers before 3.9 keep only one mode for each
 * path (ZOOKEEPER-4466). A watch is *armed* from the reply of the read that left it until its event comes; being armed
 * survives the connection, because SetWatches puts it back. Whole trees are watched in another way, see `tree-watches.ts`;
 * where a tree's watch covers a path, its events take the place of a one-shot data watch.
 */

import { type AnyOperation, operations } from '../wire/operations.js';
import { watchEventTypes } from '../wire/records.js';
import { type PathWatchRequest } from '../wire/request-records.js';
import { type AnyCall } from './call.js';
import { type TreeListener, TreeWatches } from './tree-watches.js';
import { type WatchChunk, WatchChunks } from './watch-chunks.js';
import { type WatchedChange, type WatchTable } from './watched-change.js';

/** Gets every event on one path; it runs in the order of the wire, before any later reply. */
export interface WatchListener {
  onWatchEvent(event: WatchedChange): void;
  /** Whether the server may not know what this listener has missed while there was no connection. */
  mayMissChildren?(): boolean;
}

/** The part of the registry that the client layer uses. Paths are the server's (chroot included). */
export interface WatchRegistry {
  /** Listens to a path. Leaves no watch: a read with `watch: true` does, and its reply tells the registry. */
  listen(table: WatchTable, path: string, listener: WatchListener): void;
  /** Stops listening. When the last listener of a watch leaves, the watch is removed on the server. */
  unlisten(table: WatchTable, path: string, listener: WatchListener): void;
  /** Follows a znode and everything below it. Reads behind this call miss nothing, if they leave watches as `recursive` says. */
  listenTree(root: string, listener: TreeListener): void;
  /** Stops following. What only this listener needed is removed on the server, in the background if it is much. */
  unlistenTree(root: string, listener: TreeListener): void;
  /** A one-shot data watch may stand here that was left to a tree, and the tree has no use for it. */
  abandon(path: string): void;
  /** Whether one watch tells of whole trees; otherwise the reads of a tree must leave theirs. */
  readonly recursive: boolean;
  /** How many watches stand on the server, as far as replies and events have told. */
  armedCount(): number;
}

const changes = new Map<number, WatchedChange>([
  [watchEventTypes.created, 'created'],
  [watchEventTypes.deleted, 'deleted'],
  [watchEventTypes.dataChanged, 'dataChanged'],
  [watchEventTypes.childrenChanged, 'childrenChanged'],
]);

interface Entry {
  /** One listener is by far the usual case, and 100,000 arrays for it would not be cheap. */
  listeners: WatchListener | WatchListener[];
  /** `exist`: armed on a znode that was absent. */
  armed: 'no' | 'present' | 'exist';
}

/** A one-shot watch that may stand on the server. */
export interface StandingWatch {
  readonly table: WatchTable;
  readonly path: string;
}

/** What the book has done on the server; each does nothing while there is no connection. */
export interface WatchErrands {
  /** Takes off a one-shot watch that nobody listens to. */
  remove(table: WatchTable, path: string): void;
  /**
   * Leaves a recursive watch; `refused` is called by a server that has none. Whether that is on its way: without a connection
   * it comes with the restoration.
   */
  addTree(root: string, refused: () => void): boolean;
  /** Takes off every watch on a path. Whether that is on its way. */
  removeTree(root: string): boolean;
  /** Takes off many, each if it is still due when its turn comes. */
  sweep(watches: readonly StandingWatch[], isDue: (watch: StandingWatch) => boolean): void;
}

export class WatchBook implements WatchRegistry {
  private readonly tables = { data: new Map<string, Entry>(), child: new Map<string, Entry>() };
  private readonly trees = new TreeWatches();

  constructor(private readonly errands: WatchErrands) {}

  get recursive(): boolean {
    return this.trees.recursive;
  }

  listen(table: WatchTable, path: string, listener: WatchListener): void {
    const entry = this.tables[table].get(path);
    if (entry === undefined) this.tables[table].set(path, { listeners: listener, armed: 'no' });
    else entry.listeners = [...listenersOf(entry), listener];
  }

  unlisten(table: WatchTable, path: string, listener: WatchListener): void {
    const entry = this.tables[table].get(path);
    if (entry === undefined) return;
    if (entry.listeners !== listener) {
      const left = listenersOf(entry).filter((other) => other !== listener);
      if (left.length > 0) {
        entry.listeners = left;
        return;
      }
    }
    this.tables[table].delete(path);
    if (entry.armed === 'no' || this.trees.holds(table, path)) return;
    // Before 3.9 that would take off the tree's own watch.
    if (table === 'data' && this.trees.covers(path)) return;
    this.errands.remove(table, path);
  }

  listenTree(root: string, listener: TreeListener): void {
    const isFirst = this.trees.add(root, listener);
    if (!isFirst || !this.trees.recursive) return;
    const refused = (): void => {
      this.refuseTrees();
    };
    // Before 3.9 that takes the place of a watch on the children, which must be left again.
    if (this.errands.addTree(root, refused)) this.distrust('child', root);
  }

  unlistenTree(root: string, listener: TreeListener): void {
    const leftovers: StandingWatch[] = [];
    if (this.trees.leavesOneShots(listener)) {
      listener.forEachEntry((table, path) => {
        leftovers.push({ table, path });
      });
    }
    const wasLast = this.trees.remove(root, listener);
    if (wasLast && this.trees.recursive && this.errands.removeTree(root)) {
      this.distrust('data', root);
      this.distrust('child', root);
    }
    if (leftovers.length > 0) this.errands.sweep(leftovers, (watch) => this.isUnwanted(watch));
  }

  abandon(path: string): void {
    const isNeeded = this.tables.data.has(path) || this.trees.holds('data', path);
    if (!this.trees.recursive && !isNeeded) this.errands.remove('data', path);
  }

  /** The server has no recursive watches. */
  refuseTrees(): void {
    for (const root of this.trees.refuse()) this.distrust('data', root);
  }

  armedCount(): number {
    let count = 0;
    for (const table of [this.tables.data, this.tables.child]) {
      for (const { armed } of table.values()) if (armed !== 'no') count++;
    }
    return this.trees.recursive ? count + this.trees.size : count;
  }

  /** The request as it must be sent: without a watch where the watch of a tree is in its place. */
  requestOf(call: AnyCall): unknown {
    const { operation } = call;
    const mayCollide = operation === operations.getData || operation === operations.exists;
    if (this.trees.size === 0 || !mayCollide) return call.request;
    // It is the request of one of these two.
    const request = call.request as PathWatchRequest;
    return request.watch && this.trees.covers(request.path)
      ? { path: request.path, watch: false }
      : request;
  }

  /** A read with `watch: true` was answered, so its watch stands. `absent`: the answer was NoNode. */
  arm(operation: AnyOperation, path: string, absent: boolean): void {
    // Of the reads, only exists leaves a watch on a znode that is not there.
    if (absent && operation !== operations.exists) return;
    const table =
      operation === operations.exists || operation === operations.getData ? 'data' : 'child';
    const entry = this.tables[table].get(path);
    if (entry !== undefined) entry.armed = absent ? 'exist' : 'present';
    else if (!this.trees.holds(table, path) && !(table === 'data' && this.trees.covers(path)))
      this.errands.remove(table, path);
  }

  /** An event came: its watches are used up, and everybody who listens is told. */
  dispatch(type: number, path: string): void {
    const change = changes.get(type);
    if (change === undefined) return;
    const data = change === 'childrenChanged' ? undefined : this.tables.data.get(path);
    const child =
      change === 'childrenChanged' || change === 'deleted'
        ? this.tables.child.get(path)
        : undefined;
    // Both first: a listener that is told may read again at once.
    if (data !== undefined) data.armed = 'no';
    if (child !== undefined) child.armed = 'no';
    if (data !== undefined) tell(data, change);
    if (child !== undefined) tell(child, change);
    if (this.trees.size > 0) this.trees.dispatch(change, path);
  }

  /** The server did not put these back: whoever listens must look for itself what has changed. */
  missed({ data, exist, child, persistentRecursive }: WatchChunk): void {
    if (persistentRecursive !== undefined) this.refuseTrees();
    for (const path of data) this.dispatch(watchEventTypes.dataChanged, path);
    for (const path of exist) this.dispatch(watchEventTypes.created, path);
    for (const path of child) this.dispatch(watchEventTypes.childrenChanged, path);
  }

  /** What puts the armed watches back on a new connection, in pieces that fit a frame and in this order. */
  restoration(relativeZxid: bigint): readonly WatchChunk[] {
    const chunks = new WatchChunks(relativeZxid);
    this.trees.restore(chunks, (table) => {
      for (const [path, { armed }] of this.tables[table]) {
        if (armed !== 'no') chunks.add(armed === 'exist' ? 'exist' : table, path);
      }
    });
    return chunks.finish();
  }

  /** All of the restoration is answered. */
  restored(): void {
    this.trees.restored();
    for (const entry of this.tables.child.values()) {
      if (listenersOf(entry).some((one) => one.mayMissChildren?.())) tell(entry, 'childrenChanged');
    }
  }

  /** A watch may not stand any more: its listeners must look for themselves. */
  private distrust(table: WatchTable, path: string): void {
    const entry = this.tables[table].get(path);
    if (entry === undefined) return;
    entry.armed = 'no';
    tell(entry, table === 'data' ? 'dataChanged' : 'childrenChanged');
  }

  /** Whether a watch that a tree has left behind is nobody's. If somebody listens there by now, it is his. */
  private isUnwanted({ table, path }: StandingWatch): boolean {
    const entry = this.tables[table].get(path);
    if (entry?.armed === 'no') entry.armed = 'present';
    if (entry !== undefined || this.trees.holds(table, path)) return false;
    return !this.trees.covers(path);
  }
}

function tell({ listeners }: Entry, change: WatchedChange): void {
  if (!Array.isArray(listeners)) listeners.onWatchEvent(change);
  else for (const listener of listeners) listener.onWatchEvent(change);
}

function listenersOf({ listeners }: Entry): readonly WatchListener[] {
  return Array.isArray(listeners) ? listeners : [listeners];
}
