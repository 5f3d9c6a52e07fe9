/** Watches to be put back on a new connection, gathered into requests that fit a frame. */

import { type SetWatchesRequest } from '../wire/watch-records.js';

/** One request. With recursive watches in it, it takes a server of 3.6. */
export interface WatchChunk extends SetWatchesRequest {
  readonly persistentRecursive?: readonly string[];
}

/** The lists of one-shot watches in a request. */
export type OneShotList = 'data' | 'exist' | 'child';

// SetWatches goes out in pieces of about this size (ZOOKEEPER-706: one big frame makes the server close the connection).
const chunkChars = 128 * 1024;

export class WatchChunks {
  private readonly done: WatchChunk[] = [];
  private lists = emptyLists();
  private recursive: string[] = [];
  private size = 0;

  constructor(private readonly relativeZxid: bigint) {}

  add(list: OneShotList, path: string): void {
    this.lists[list].push(path);
    this.grow(path);
  }

  addRecursive(path: string): void {
    this.recursive.push(path);
    this.grow(path);
  }

  /** All requests, in the order in which they must be sent. */
  finish(): readonly WatchChunk[] {
    if (this.size > 0) this.cut();
    return this.done;
  }

  private grow(path: string): void {
    this.size += path.length + 4;
    if (this.size >= chunkChars) this.cut();
  }

  private cut(): void {
    const { relativeZxid, lists, recursive } = this;
    const chunk = { relativeZxid, ...lists };
    this.done.push(recursive.length > 0 ? { ...chunk, persistentRecursive: recursive } : chunk);
    this.lists = emptyLists();
    this.recursive = [];
    this.size = 0;
  }
}

function emptyLists(): Record<OneShotList, string[]> {
  return { data: [], exist: [], child: [] };
}
