/**
 * Leaves a connection's watches again after a reconnect, and tells what they missed (`DataTree.setWatches`).
 *
 * One-shot watches catch up: whatever has changed since the last zxid the client saw is told at once, the rest is armed
 * again. Persistent watches are armed and nothing else: what happened in between is lost.
 */

import { watchEventTypes } from '../wire/records.js';
import { type SetWatches2Request, type SetWatchesRequest } from '../wire/watch-records.js';
import { type Tree } from './tree.js';
import { type Watcher } from './watch-table.js';
import { type Watches } from './watches.js';

/** Where the watches are left, for whom. */
export interface RestoreTarget {
  readonly tree: Tree;
  readonly watches: Watches;
  readonly watcher: Watcher;
}

export function restoreWatches(target: RestoreTarget, request: SetWatchesRequest): void {
  for (const path of request.data) restoreData(target, path, request.relativeZxid);
  for (const path of request.exist) restoreExists(target, path);
  for (const path of request.child) restoreChild(target, path, request.relativeZxid);
}

export function restoreAllWatches(target: RestoreTarget, request: SetWatches2Request): void {
  restoreWatches(target, request);
  const { watches, watcher } = target;
  for (const path of request.persistent) watches.persistent.add(path, watcher);
  for (const path of request.persistentRecursive) watches.recursive.add(path, watcher);
}

function restoreData(target: RestoreTarget, path: string, seen: bigint): void {
  const node = target.tree.get(path);
  if (node === undefined) missed(target, 'deleted', path);
  else if (node.mzxid > seen) missed(target, 'dataChanged', path);
  else target.watches.data.add(path, target.watcher);
}

function restoreExists(target: RestoreTarget, path: string): void {
  if (target.tree.get(path) !== undefined) missed(target, 'created', path);
  else target.watches.data.add(path, target.watcher);
}

function restoreChild(target: RestoreTarget, path: string, seen: bigint): void {
  const node = target.tree.get(path);
  if (node === undefined) missed(target, 'deleted', path);
  else if (node.pzxid > seen) missed(target, 'childrenChanged', path);
  else target.watches.child.add(path, target.watcher);
}

function missed(target: RestoreTarget, type: keyof typeof watchEventTypes, path: string): void {
  target.watcher.notify({ type: watchEventTypes[type], path, zxid: -1n });
}
