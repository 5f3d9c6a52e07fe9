/** The requests that a session makes for itself: putting watches back, taking them off, ending the session. */

import { type ZooKeeperError } from '../errors/base.js';
import { ConnectionLossError } from '../errors/client-errors.js';
import { ServerError, UnimplementedError } from '../errors/server-error.js';
import { operations } from '../wire/operations.js';
import { addWatchModes } from '../wire/watch-records.js';
import { type AnyCall, ForwardedCall } from './call.js';
import { type WatchChunk } from './watch-chunks.js';
import { type WatchBook } from './watch-registry.js';

/** Puts all armed watches back on a new connection; `done` is called with the reply to the last piece. */
export function setWatchesCalls(
  book: WatchBook,
  relativeZxid: bigint,
  done: () => void,
): AnyCall[] {
  const chunks = book.restoration(relativeZxid);
  let outstanding = chunks.length;
  const settled = (): void => {
    if (--outstanding > 0) return;
    book.restored();
    done();
  };
  return chunks.map((chunk) => {
    const fail = (error: ZooKeeperError): void => {
      // With the connection gone all of them are sent again on the next one.
      if (!(error instanceof ServerError)) return;
      // A server that does not know the request closes the connection, and on the next one all goes out in the old way.
      if (error instanceof UnimplementedError && chunk.persistentRecursive !== undefined) {
        book.refuseTrees();
        return;
      }
      book.missed(chunk);
      settled();
    };
    return setWatchesCall(chunk, { reply: settled, fail });
  });
}

function setWatchesCall(
  { persistentRecursive, ...chunk }: WatchChunk,
  answer: { reply(): void; fail(error: ZooKeeperError): void },
): AnyCall {
  const context = { operation: 'setWatches', path: undefined };
  if (persistentRecursive === undefined)
    return new ForwardedCall(operations.setWatches, chunk, { context, answer });
  const request = { ...chunk, persistent: [], persistentRecursive };
  return new ForwardedCall(operations.setWatches2, request, { context, answer });
}

/** Leaves a recursive watch. `refused` is called by a server that has none (before 3.6). */
export function addWatchCall(path: string, refused: () => void): AnyCall {
  const answer = {
    reply: () => undefined,
    fail: (error: ZooKeeperError) => {
      // With the connection gone it is left on the next one with all the others.
      if (error instanceof ServerError) refused();
    },
  };
  const context = { operation: 'addWatch', path };
  const request = { path, mode: addWatchModes.persistentRecursive };
  return new ForwardedCall(operations.addWatch, request, { context, answer });
}

/** Takes watches of a type off a path. `settled` is called with the error, if there is one. */
export function removeWatchesCall(
  request: { readonly path: string; readonly watcherType: number },
  settled: (error?: ZooKeeperError) => void,
): AnyCall {
  const answer = {
    reply: () => {
      settled();
    },
    fail: settled,
  };
  const context = { operation: 'removeWatches', path: request.path };
  return new ForwardedCall(operations.removeWatches, request, { context, answer });
}

/**
 * Asks the server to end the session; `done` is called when it has answered. A lost connection is no answer: the next one is
 * asked again.
 */
export function closeSessionCall(done: () => void): AnyCall {
  const context = { operation: 'close', path: undefined };
  const fail = (error: ZooKeeperError): void => {
    if (!(error instanceof ConnectionLossError)) done();
  };
  return new ForwardedCall(operations.closeSession, undefined, {
    context,
    answer: { reply: done, fail },
  });
}
