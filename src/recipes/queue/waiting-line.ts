/**
 * Where the consumers of a queue wait that have nothing to do, so that an entry put in wakes three of them at most, and not all.
 *
 * Theory of operation. They stand in a line of sequential ephemerals, as for a lock (`contender.ts`). The first in line watches the
 * queue; the others only watch those before them. Who has seen an entry tries it, and leaves the line: its request for the entry is on the
 * way before the one that deletes its znode, so the next, who reads the queue when he is first, finds that entry taken.
 *
 * The first in line may be frozen, busy, or dead and its session not yet over. So the second stands by: it watches the queue too,
 * and takes what has been there for {@link standbyMs} and was not taken. Should both be out of order, entries wait until one of them
 * wakes up or its session ends.
 *
 * Consumers of kazoo and Curator know nothing of the line, and need not: who gets an entry is decided by its mark or its delete, as
 * ever. A consumer that is not allowed to stand in the line watches the queue as if it were the first.
 */

import { catchError, concat, map, NEVER, type Observable, of, throwError } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NoAuthError } from '../../errors/server-error.js';
import { type RecipeCall } from '../core/options.js';
import { contend$ } from '../held/contender.js';
import { type QueueLayout, type Standing } from '../held/standing.js';

/** How long the first in line has an entry to itself: a few round trips, and not so long that anybody would notice. */
export const standbyMs = 100;

const marker = '__waiting__';
/** A container, which is gone again when nobody waits. */
const layout: QueueLayout = {
  prefix: (id) => id + marker,
  rivals: [marker],
  parents: 'container',
};

/**
 * Stands in the line, and emits for how many milliseconds an entry is left to others: 0 for the first, {@link standbyMs} for the second,
 * `Infinity` for all others. Completes when the client is closed. Unsubscribing leaves the line.
 */
export function waitingLine$(
  zk: ZooKeeper,
  { root, call }: { readonly root: string; readonly call: RecipeCall },
): Observable<number> {
  const { operation } = call;
  return contend$(zk, {
    root,
    layout,
    identifier: new Uint8Array(),
    standbys: 1,
    giveUp: 'lease',
    once: false,
    operation,
  }).pipe(
    map(leftToOthersMs),
    catchError((error: unknown) =>
      error instanceof NoAuthError ? concat(of(0), NEVER) : throwError(() => error),
    ),
  );
}

function leftToOthersMs(standing: Standing): number {
  switch (standing.status) {
    case 'held':
      return 0;
    case 'waiting':
      return standing.ahead === 1 ? standbyMs : Infinity;
    case 'lost':
      return Infinity;
  }
}
