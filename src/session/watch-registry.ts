/**
 * Which watches stand on the server, who listens to them, and how they are left again after a reconnect.
 *
 * A server keeps one-shot watches of a connection in two tables, *data* (left by getData and exists) and *child* (left by
 * getChildren); each fires once. All listeners of one path and table share one watch: the server has it once however often
 * it was left, and only one kind (one-shot) is ever used on a path, because servers before 3.9 keep only one mode for each
 * path (ZOOKEEPER-4466). A watch is *armed* from the reply of the read that left it until its event comes; being armed
 * survives the connection, because SetWatches puts it back.
 */

import { type AnyOperation, operations } from '../wire/operations.js';
import { watchEventTypes } from '../wire/records.js';
import { type SetWatchesRequest } from '../wire/watch-records.js';

/** Gets every event on one path; it runs in the order of the wire, before any later reply. */
export interface WatchListener {
  onWatchEvent(event: WatchedChange): void;
}

/** What happened: the znode was `created`, `deleted`, its data or its children changed. */
export type WatchedChange = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged';

/** The two tables of one-shot watches that a server keeps: `data` (get and exists), `child` (children). */
export type WatchTable = 'data' | 'child';

/** The part of the registry that the client layer uses. Paths are the server's (chroot included). */
export interface WatchRegistry {
  /** Listens to a path. Leaves no watch: a read with `watch: true` does, and its reply tells the registry. */
  listen(table: WatchTable, path: string, listener: WatchListener): void;
  /** Stops listening. When the last listener of a watch leaves, the watch is removed on the server. */
  unlisten(table: WatchTable, path: string, listener: WatchListener): void;
  /** How many watches stand on the server, as far as replies and events have told. */
  armedCount(): number;
}

// SetWatches goes out in pieces of about this size (ZOOKEEPER-706: one big frame makes the server close the connection).
const chunkChars = 128 * 1024;

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

export class WatchBook implements WatchRegistry {
  private readonly tables = { data: new Map<string, Entry>(), child: new Map<string, Entry>() };

  /** `removeOnServer` is called for a watch that stands on the server and that nobody listens to. */
  constructor(private readonly removeOnServer: (table: WatchTable, path: string) => void) {}

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
    if (entry.armed !== 'no') this.removeOnServer(table, path);
  }

  armedCount(): number {
    let count = 0;
    for (const table of [this.tables.data, this.tables.child]) {
      for (const { armed } of table.values()) if (armed !== 'no') count++;
    }
    return count;
  }

  /** A read with `watch: true` was answered, so its watch stands. `absent`: the answer was NoNode. */
  arm(operation: AnyOperation, path: string, absent: boolean): void {
    // Of the reads, only exists leaves a watch on a znode that is not there.
    if (absent && operation !== operations.exists) return;
    const table =
      operation === operations.exists || operation === operations.getData ? 'data' : 'child';
    const entry = this.tables[table].get(path);
    if (entry === undefined) this.removeOnServer(table, path);
    else entry.armed = absent ? 'exist' : 'present';
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
  }

  /** The server did not put these back: whoever listens must look for itself what has changed. */
  missed({ data, exist, child }: SetWatchesRequest): void {
    for (const path of data) this.dispatch(watchEventTypes.dataChanged, path);
    for (const path of exist) this.dispatch(watchEventTypes.created, path);
    for (const path of child) this.dispatch(watchEventTypes.childrenChanged, path);
  }

  /** What puts the armed watches back on a new connection, in pieces that fit a frame. */
  *restoration(relativeZxid: bigint): Generator<SetWatchesRequest> {
    let chunk = emptyChunk();
    let size = 0;
    for (const table of ['data', 'child'] as const) {
      for (const [path, { armed }] of this.tables[table]) {
        if (armed === 'no') continue;
        chunk[armed === 'exist' ? 'exist' : table].push(path);
        size += path.length + 4;
        if (size < chunkChars) continue;
        yield { relativeZxid, ...chunk };
        chunk = emptyChunk();
        size = 0;
      }
    }
    if (size > 0) yield { relativeZxid, ...chunk };
  }
}

function tell({ listeners }: Entry, change: WatchedChange): void {
  if (!Array.isArray(listeners)) listeners.onWatchEvent(change);
  else for (const listener of listeners) listener.onWatchEvent(change);
}

function listenersOf({ listeners }: Entry): readonly WatchListener[] {
  return Array.isArray(listeners) ? listeners : [listeners];
}

function emptyChunk(): { data: string[]; exist: string[]; child: string[] } {
  return { data: [], exist: [], child: [] };
}
