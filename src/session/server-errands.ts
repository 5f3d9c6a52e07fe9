/** What the watch book has done on the server: leaving recursive watches, and taking watches off that nobody needs. */

import { type ZooKeeperError } from '../errors/base.js';
import { ServerError, UnimplementedError } from '../errors/server-error.js';
import { watcherTypes } from '../wire/watch-records.js';
import { type AnyCall } from './call.js';
import { addWatchCall, removeWatchesCall } from './control-calls.js';
import { type StandingWatch, type WatchErrands } from './watch-registry.js';
import { type WatchTable } from './watched-change.js';

// Of a hundred thousand watches to take off, so many at a time: what users ask for shall not wait behind all of them.
const sweepWidth = 64;

/** The session as seen from here. */
export interface ErrandHost {
  /** Whether requests flow, and shall. */
  readonly isReady: boolean;
  submit(call: AnyCall): void;
}

export class ServerErrands implements WatchErrands {
  /** Until a server says that it cannot (before 3.5). */
  private canRemove = true;

  constructor(private readonly host: ErrandHost) {}

  remove(table: WatchTable, path: string): void {
    this.removeOf(typeOf(table), path);
  }

  addTree(root: string, refused: () => void): boolean {
    if (!this.host.isReady) return false;
    this.host.submit(addWatchCall(root, refused));
    return true;
  }

  removeTree(root: string): boolean {
    // Only since 3.9 it could be named; `any` takes off whatever stands there, on every server.
    return this.removeOf(watcherTypes.any, root);
  }

  sweep(watches: readonly StandingWatch[], isDue: (watch: StandingWatch) => boolean): void {
    let next = 0;
    const sendOne = (): void => {
      for (let watch = watches[next]; watch !== undefined; watch = watches[next]) {
        if (!this.host.isReady || !this.canRemove) return;
        next++;
        if (isDue(watch) && this.removeOf(typeOf(watch.table), watch.path, settled)) return;
      }
    };
    const settled = (error?: ZooKeeperError): void => {
      // With the connection all watches are gone.
      if (error === undefined || error instanceof ServerError) sendOne();
    };
    for (let i = 0; i < sweepWidth; i++) sendOne();
  }

  private removeOf(
    watcherType: number,
    path: string,
    settled?: (error?: ZooKeeperError) => void,
  ): boolean {
    if (!this.host.isReady || !this.canRemove) return false;
    const call = removeWatchesCall({ path, watcherType }, (error) => {
      if (error instanceof UnimplementedError) this.canRemove = false;
      settled?.(error);
    });
    this.host.submit(call);
    return true;
  }
}

function typeOf(table: WatchTable): number {
  return table === 'data' ? watcherTypes.data : watcherTypes.children;
}
