/**
 * An entry whose name the server completes with a number, kept as long as it is wanted.
 *
 * Its first znode is made by a sequential create, and from then on it is kept under the name that it has got, over sessions, too.
 * Nobody else has a reason to use that name; but a parent that was removed and made again counts anew. So when somebody else's
 * znode stands there after all, that one is left in peace, and a new number is taken.
 *
 * After a lost reply it is told from others of its id by its session; two subscriptions of this client with one id, by the names that
 * they have claimed, which each does as soon as it has found one, and until it is gone if nobody wants it any more.
 */

import {
  catchError,
  defer,
  EMPTY,
  finalize,
  type Observable,
  of,
  repeat,
  switchMap,
  takeWhile,
  tap,
  throwError,
} from 'rxjs';
import { type AncestorMode } from '../../client/znode.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { type RecipeCall } from '../core/options.js';
import { ProtectedNode } from '../core/protected-node.js';
import { sequenceAfter } from '../core/sequence.js';
import { memoryOf } from '../membership/client-memory.js';
import { keep$ } from '../membership/ephemeral.js';
import { type EphemeralState } from '../membership/keep-node.js';
import { type NamedOwn } from '../membership/named-own.js';

/** What is kept. */
export interface SequentialEntryOptions {
  /** Parent of the znode. */
  readonly root: string;
  /** The name before the number. */
  readonly prefix: string;
  /** What it says at first. */
  readonly data: () => Uint8Array;
  /** The newest at once, then every change. */
  readonly data$: Observable<Uint8Array>;
  readonly parents: AncestorMode;
  /** See `KeptNode`. */
  readonly recreateAfterMs: number;
  readonly call: RecipeCall;
}

/**
 * Emits how the znode stands, never `blocked`. Completes when the client is closed; errs when a request is refused, or with the
 * error of `data$`. Unsubscribing deletes the znode in the background.
 */
export function sequentialEntry$(
  zk: ZooKeeper,
  options: SequentialEntryOptions,
): Observable<EphemeralState> {
  return defer(() => {
    let isTaken = false;
    return defer(() => {
      isTaken = false;
      return numbered$(zk, options);
    }).pipe(
      tap(({ status }) => {
        if (status === 'blocked') isTaken = true;
      }),
      takeWhile(({ status }) => status !== 'blocked'),
      repeat({ delay: () => (isTaken ? of(true) : EMPTY) }),
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
    );
  });
}

/** One number: made, then kept. */
function numbered$(zk: ZooKeeper, options: SequentialEntryOptions): Observable<EphemeralState> {
  const { root, prefix, parents, recreateAfterMs, call } = options;
  const memory = memoryOf(zk);
  const written = options.data();
  const isOwn = (path: string, owner: bigint): boolean =>
    owner === zk.session?.id && isNumbered(path, joinPath(root, prefix)) && !memory.isClaimed(path);
  const node = new ProtectedNode(zk, {
    root,
    prefix,
    data: written,
    parents,
    isOwn,
    call,
  });
  let isHandedOver = false;
  const made$ = node.make();
  const leave = (): void => {
    node.release();
    // Nobody else of this client takes for its own what is about to be deleted.
    made$.subscribe({
      next: ({ name }) => {
        memory.hold(joinPath(root, name), node.released$);
      },
      error: () => undefined,
    });
  };
  return made$.pipe(
    switchMap(({ name, sessionId, fence }) => {
      const path = joinPath(root, name);
      const own: NamedOwn = { path, sessionId, fence, version: 0, written, isGone: false };
      const made = (): NamedOwn | undefined => {
        if (isHandedOver) return undefined;
        isHandedOver = true;
        return own;
      };
      const keeping = { data: options.data$, parents, recreateAfterMs, made };
      return keep$(zk, { ...keeping, call: { ...call, path } });
    }),
    finalize(() => {
      if (!isHandedOver) leave();
    }),
  );
}

function isNumbered(path: string, beginning: string): boolean {
  return path.startsWith(beginning) && sequenceAfter(path, beginning) !== undefined;
}
