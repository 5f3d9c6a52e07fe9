/** A recipe's own znode of a given name: what is known of it, how it is written and how it is deleted. */

import {
  catchError,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
  NEVER,
  type Observable,
  retry,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { bytes } from '../../client/codecs.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { type Node } from '../../client/znode.js';
import { LimitExceededError } from '../../errors/client-errors.js';
import { BadVersionError, NoNodeError } from '../../errors/server-error.js';
import { type Acl, type Stat } from '../../wire/records.js';
import { type RecipeCall } from '../core/options.js';
import { type AncestorMode } from '../../client/znode.js';
import {
  beforeRetry$,
  mayHaveHappened,
  persist$,
  refusalPauseMs,
  sessionOver$,
  untilAnswered,
  writable$,
} from '../core/persist.js';

/** Data to write. */
export type NodeData = Uint8Array | string | null;

/** What is made. */
export interface NamedNodeOptions {
  readonly path: string;
  /** The data at this moment. */
  readonly data: () => NodeData;
  readonly acl?: readonly Acl[] | undefined;
  readonly parents: AncestorMode;
  /** A znode of this name that stands already, if there is one: asked for once, when the name is ours, and then looked after. */
  readonly made?: (() => NamedOwn | undefined) | undefined;
  /** Whether somebody else's znode may be replaced. */
  readonly replace: boolean | ((node: Node<Uint8Array | null>) => boolean);
  /** For error messages. */
  readonly call: RecipeCall;
}

/** The znode as it was made or found. */
export interface NamedOwn {
  readonly path: string;
  readonly sessionId: bigint;
  /** Zxid that created it: what tells it from every other znode of this name. */
  readonly fence: bigint;
  /** Version of its data, as last seen. */
  version: number;
  /** What was written last; `undefined` if that is not known. */
  written: NodeData | undefined;
  /** Whether it was seen to be gone. */
  isGone: boolean;
}

/** What an answer tells of the znode. */
export function namedOwn({
  path,
  stat,
  written,
}: {
  path: string;
  stat: Stat;
  written: NodeData | undefined;
}): NamedOwn {
  const { ephemeralOwner: sessionId, czxid: fence, version } = stat;
  return { path, sessionId, fence, version, written, isGone: false };
}

interface About {
  readonly own: NamedOwn;
  readonly call: RecipeCall;
}

/** Writes data: completes when they are written, or when the znode is found to be gone. */
export function writeOwn$(
  zk: ZooKeeper,
  { own, call, data }: About & { readonly data: NodeData | undefined },
): Observable<never> {
  if (data === undefined) return EMPTY;
  const send = () => zk.set(own.path, data, { version: own.version, ...untilAnswered });
  return writable$(zk, call).pipe(
    switchMap(send),
    map(({ version }) => {
      own.version = version;
      own.written = data;
    }),
    retry({ delay: (error) => beforeNext$(zk, { own, call }, error) }),
    ignoreElements(),
    // Whoever looks after the znode will notice.
    catchError((error: unknown) =>
      error instanceof NoNodeError ? EMPTY : throwError(() => error),
    ),
  );
}

/**
 * Deletes the znode: completes when it is certain to be gone, when its session is over or the client is closed. Never errs. Should
 * the server forbid the delete, it completes too: nothing that this client does could change that.
 */
export function removeOwn$(zk: ZooKeeper, { own, call }: About): Observable<unknown> {
  if (own.isGone) return EMPTY;
  const send = () => zk.delete(own.path, { version: own.version, ...untilAnswered });
  return writable$(zk, call).pipe(
    switchMap(send),
    retry({
      delay: (error: unknown) =>
        error instanceof LimitExceededError
          ? timer(refusalPauseMs, zk.scheduler)
          : beforeNext$(zk, { own, call }, error),
    }),
    catchError(() => EMPTY),
    takeUntil(sessionOver$(zk, own.sessionId)),
  );
}

/** Completes when the znode is gone, whoever deleted it. Should it not be readable, nothing is noticed. */
export function goneOwn$(zk: ZooKeeper, own: NamedOwn): Observable<never> {
  return goneSince$(zk, own).pipe(
    tap({
      complete: () => {
        own.isGone = true;
      },
    }),
    catchError(() => NEVER),
  );
}

/** Completes when the znode that this zxid created is gone, also when another one has taken its place unseen. */
export function goneSince$(
  zk: ZooKeeper,
  { path, fence }: Pick<NamedOwn, 'path' | 'fence'>,
): Observable<never> {
  return zk.data$(path, bytes(), { meta: true }).pipe(
    // What others have read of the path earlier says nothing of this znode.
    filter(({ stat, zxid }) => zxid >= fence && stat?.czxid !== fence),
    take(1),
    ignoreElements(),
  );
}

/** Emits when a write may be sent again, with the version as it is now; completes if the znode is gone; errs if it must not be. */
function beforeNext$(zk: ZooKeeper, { own, call }: About, error: unknown): Observable<unknown> {
  if (!(error instanceof BadVersionError) && !mayHaveHappened(error))
    return beforeRetry$(zk, error);
  const request = () =>
    zk.sync(own.path, untilAnswered).pipe(switchMap(() => zk.exists(own.path, untilAnswered)));
  return persist$(zk, { ...call, request }).pipe(
    switchMap((stat) => {
      if (stat?.czxid !== own.fence) return EMPTY;
      own.version = stat.version;
      return defer(() => [true]);
    }),
  );
}
