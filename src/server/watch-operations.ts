/** The operations on watches themselves: leaving persistent ones, asking for and removing what there is. */

import {
  type AddWatchRequest,
  addWatchModes,
  type PathWatcherRequest,
  watcherTypes,
} from '../wire/watch-records.js';
import { type Exchange } from './exchange.js';
import { type Outcome, refusals } from './refusal.js';
import { type RestoreTarget } from './restore-watches.js';

/** Works on any path, existing or not; answers 0. */
export function addWatch(
  { machine, peer }: Exchange,
  { path, mode }: AddWatchRequest,
): Outcome<number> {
  const { persistent, recursive } = machine.watches;
  if (mode === addWatchModes.persistent) persistent.add(path, peer);
  else if (mode === addWatchModes.persistentRecursive) recursive.add(path, peer);
  else return refusals.marshalling;
  return 0;
}

export function checkWatches(exchange: Exchange, request: PathWatcherRequest): Outcome<undefined> {
  if (!knowsType(exchange, request.watcherType)) return refusals.marshalling;
  const { machine, peer } = exchange;
  const found = machine.watches.has(request.watcherType, request.path, { watcher: peer });
  return found === true ? undefined : refusals.noWatcher;
}

export function removeWatches(exchange: Exchange, request: PathWatcherRequest): Outcome<undefined> {
  if (!knowsType(exchange, request.watcherType)) return refusals.marshalling;
  const { machine, peer } = exchange;
  const removed = machine.watches.remove(request.watcherType, request.path, { watcher: peer });
  return removed === true ? undefined : refusals.noWatcher;
}

/** Where `setWatches` leaves a connection's watches. */
export function restoreTarget({ machine, peer }: Exchange): RestoreTarget {
  return { tree: machine.tree, watches: machine.watches, watcher: peer };
}

function knowsType({ machine }: Exchange, type: number): boolean {
  const most = machine.rules.version.knowsPersistentWatcherTypes
    ? watcherTypes.persistentRecursive
    : watcherTypes.any;
  return type >= watcherTypes.children && type <= most;
}
