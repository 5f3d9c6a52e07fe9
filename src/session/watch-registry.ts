/**
 * Which watches stand on the server, who listens to them, and how they are left again after a reconnect.
 */

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
}
