/** A many-to-many relation of paths and watchers that is cheap to walk from either side. */

import { type Acl } from '../wire/records.js';

/** Who is told of changes: a connection. */
export interface Watcher {
  /** Whether it may see a znode with this ACL. */
  mayRead(acl: readonly Acl[]): boolean;
  /** Tells of one event. `zxid` is -1 for what a watch had missed. */
  notify(event: WatchNotice): void;
}

/** One event, the same for all that are told of it. */
export interface WatchNotice {
  readonly type: number;
  readonly path: string;
  readonly zxid: bigint;
}

const nothing: ReadonlySet<string> = new Set();

/** The watches of one kind. */
export class WatchTable {
  private readonly byPath = new Map<string, Set<Watcher>>();
  private readonly byWatcher = new Map<Watcher, Set<string>>();
  private total = 0;

  /** Number of (path, watcher) pairs. */
  get size(): number {
    return this.total;
  }

  add(path: string, watcher: Watcher): void {
    const watchers = this.byPath.get(path);
    if (watchers === undefined) this.byPath.set(path, new Set([watcher]));
    else if (watchers.has(watcher)) return;
    else watchers.add(watcher);
    const paths = this.byWatcher.get(watcher);
    if (paths === undefined) this.byWatcher.set(watcher, new Set([path]));
    else paths.add(path);
    this.total += 1;
  }

  has(path: string, watcher: Watcher): boolean {
    return this.byPath.get(path)?.has(watcher) === true;
  }

  /** Removes one watch; `false` if there was none. */
  remove(path: string, watcher: Watcher): boolean {
    const watchers = this.byPath.get(path);
    if (watchers?.delete(watcher) !== true) return false;
    if (watchers.size === 0) this.byPath.delete(path);
    this.forget(watcher, path);
    return true;
  }

  /** Who watches a path. */
  at(path: string): ReadonlySet<Watcher> | undefined {
    return this.byPath.get(path);
  }

  /** What a watcher watches. */
  pathsOf(watcher: Watcher): ReadonlySet<string> {
    return this.byWatcher.get(watcher) ?? nothing;
  }

  /** Removes all watches of a path and tells whose they were. */
  take(path: string): ReadonlySet<Watcher> | undefined {
    const watchers = this.byPath.get(path);
    if (watchers === undefined) return undefined;
    this.byPath.delete(path);
    for (const watcher of watchers) this.forget(watcher, path);
    return watchers;
  }

  /** Removes everything that a watcher has. */
  drop(watcher: Watcher): void {
    const paths = this.byWatcher.get(watcher);
    if (paths === undefined) return;
    this.byWatcher.delete(watcher);
    this.total -= paths.size;
    for (const path of paths) {
      const watchers = this.byPath.get(path);
      watchers?.delete(watcher);
      if (watchers?.size === 0) this.byPath.delete(path);
    }
  }

  private forget(watcher: Watcher, path: string): void {
    const paths = this.byWatcher.get(watcher);
    paths?.delete(path);
    if (paths?.size === 0) this.byWatcher.delete(watcher);
    this.total -= 1;
  }
}
