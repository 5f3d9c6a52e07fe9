/** The requests that a session makes for itself: putting watches back, taking them off, ending the session. */

import { type ZooKeeperError } from '../errors/base.js';
import { ConnectionLossError } from '../errors/client-errors.js';
import { ServerError, UnimplementedError } from '../errors/server-error.js';
import { operations } from '../wire/operations.js';
import { watcherTypes } from '../wire/watch-records.js';
import { type AnyCall, ForwardedCall } from './call.js';
import { type WatchBook, type WatchTable } from './watch-registry.js';

/** Puts all armed watches back on a new connection; `done` is called with the reply to the last piece. */
export function setWatchesCalls(
  book: WatchBook,
  relativeZxid: bigint,
  done: () => void,
): AnyCall[] {
  const requests = [...book.restoration(relativeZxid)];
  let outstanding = requests.length;
  const settled = (): void => {
    if (--outstanding === 0) done();
  };
  return requests.map(
    (request) =>
      new ForwardedCall(operations.setWatches, request, {
        context: { operation: 'setWatches', path: undefined },
        answer: {
          reply: settled,
          fail: (error: ZooKeeperError) => {
            // With the connection gone all of them are sent again on the next one.
            if (!(error instanceof ServerError)) return;
            book.missed(request);
            settled();
          },
        },
      }),
  );
}

/** Takes a watch off the server. `unsupported` is called by a server that cannot do that (before 3.5). */
export function removeWatchesCall(
  table: WatchTable,
  path: string,
  unsupported: () => void,
): AnyCall {
  const watcherType = table === 'data' ? watcherTypes.data : watcherTypes.children;
  const answer = {
    reply: () => undefined,
    fail: (error: ZooKeeperError) => {
      if (error instanceof UnimplementedError) unsupported();
    },
  };
  const context = { operation: 'removeWatches', path };
  return new ForwardedCall(operations.removeWatches, { path, watcherType }, { context, answer });
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
