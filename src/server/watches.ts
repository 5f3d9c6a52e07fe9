/**
 * All watches of a server, and what each change of the tree tells whom.
 *
 * Theory of operation. Four tables: one-shot watches on data (from getData and exists), one-shot watches on children,
 * persistent ones, and persistent recursive ones. As since 3.9 they do not touch each other (before, the last registration
 * on a path won, ZOOKEEPER-4466). A change is told in this order: the znode itself (data, persistent, recursive, each
 * watcher once); for a deletion those who watch its children and have not been told; then the children of its parent.
 * Recursive watches are told of znodes only, never of lists of children. A watcher that may not read the znode, as
 * it was, is not told, though its one-shot watch is used up (CVE-2024-23944).
 */

import { parentPath } from '../path.js';
import { type Acl, watchEventTypes } from '../wire/records.js';
import { watcherTypes } from '../wire/watch-records.js';
import { type Watcher, type WatchNotice, WatchTable } from './watch-table.js';

/** One change of the tree, as far as watches are concerned. */
export interface Change {
  readonly type: 'created' | 'deleted' | 'dataChanged';
  readonly path: string;
  /** The znode's ACL, for a deletion the one it had. */
  readonly acl: readonly Acl[];
  /** The parent's ACL. */
  readonly parentAcl: readonly Acl[];
  /** By how much there is more data now; negative for less. Quotas go by it. */
  readonly bytes: number;
}

export class Watches {
  readonly data = new WatchTable();
  readonly child = new WatchTable();
  readonly persistent = new WatchTable();
  readonly recursive = new WatchTable();

  /** Number of watches of all kinds. */
  get size(): number {
    return this.data.size + this.child.size + this.persistent.size + this.recursive.size;
  }

  /** Removes all watches of a connection that is gone. */
  drop(watcher: Watcher): void {
    this.data.drop(watcher);
    this.child.drop(watcher);
    this.persistent.drop(watcher);
    this.recursive.drop(watcher);
  }

  /** Tells all watchers of a change. */
  publish(change: Change, zxid: bigint): void {
    if (this.size === 0) return;
    const { path, acl } = change;
    const notice = { type: watchEventTypes[change.type], path, zxid };
    const told = this.tellOfZnode(notice, acl);
    if (change.type === 'dataChanged') return;
    if (change.type === 'deleted') tell(this.child.take(path), notice, { acl, told });
    this.tellOfChildren(parentPath(path), change.parentAcl, zxid);
  }

  /** Whether a watcher has a watch of a type; `undefined` for a type that does not exist. */
  has(type: number, path: string, { watcher }: { watcher: Watcher }): boolean | undefined {
    return this.tablesOf(type)?.some((table) => table.has(path, watcher));
  }

  /** Removes a watcher's watches of a type; `false` if there were none, `undefined` for a type that does not exist. */
  remove(type: number, path: string, { watcher }: { watcher: Watcher }): boolean | undefined {
    return this.tablesOf(type)
      ?.map((table) => table.remove(path, watcher))
      .includes(true);
  }

  private tablesOf(type: number): readonly WatchTable[] | undefined {
    switch (type) {
      case watcherTypes.children:
        return [this.child];
      case watcherTypes.data:
        return [this.data];
      case watcherTypes.persistent:
        return [this.persistent];
      case watcherTypes.persistentRecursive:
        return [this.recursive];
      case watcherTypes.any:
        return [this.data, this.child, this.persistent, this.recursive];
      default:
        return undefined;
    }
  }

  private tellOfZnode(notice: WatchNotice, acl: readonly Acl[]): Set<Watcher> {
    const told = new Set<Watcher>();
    tell(this.data.take(notice.path), notice, { acl, told });
    tell(this.persistent.at(notice.path), notice, { acl, told });
    if (this.recursive.size === 0) return told;
    for (let path = notice.path; ; path = parentPath(path)) {
      tell(this.recursive.at(path), notice, { acl, told });
      if (path === '/') return told;
    }
  }

  private tellOfChildren(path: string, acl: readonly Acl[], zxid: bigint): void {
    const notice = { type: watchEventTypes.childrenChanged, path, zxid };
    const told = new Set<Watcher>();
    tell(this.child.take(path), notice, { acl, told });
    tell(this.persistent.at(path), notice, { acl, told });
  }
}

/** Tells each watcher that has not been told, and remembers it. */
function tell(
  watchers: ReadonlySet<Watcher> | undefined,
  notice: WatchNotice,
  { acl, told }: { acl: readonly Acl[]; told: Set<Watcher> },
): void {
  if (watchers === undefined) return;
  for (const watcher of watchers) {
    if (told.has(watcher)) continue;
    told.add(watcher);
    if (watcher.mayRead(acl)) watcher.notify(notice);
  }
}
