/** One ephemeral znode kept alive over sessions: a registration. */

import { defer, isObservable, type Observable, of } from 'rxjs';
import { checkAcl, checkBoolean, checkCallable, refuse } from '../../client/checks.js';
import { type Node } from '../../client/znode.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { InvalidPathError } from '../../errors/client-errors.js';
import { abortable } from '../../rx/abortable.js';
import { type Acl } from '../../wire/records.js';
import { type EphemeralState, keepNode$ } from './keep-node.js';
import { type NamedNodeOptions, type NodeData } from './named-own.js';
import {
  checkCall,
  checkOneOf,
  optionNames,
  type RecipeCall,
  type RecipeOptions,
} from '../core/options.js';
import { type AncestorMode } from '../../client/znode.js';

/** How a znode is kept. */
export interface EphemeralOptions extends RecipeOptions {
  /** Who may do what with the znode. Default: the client's `defaultAcl`. */
  readonly acl?: readonly Acl[];
  /** What missing parents are made as; a `container` (3.5.1+) goes some time after its last child. Default `persistent`. */
  readonly parents?: AncestorMode;
  /**
   * Whether a znode of somebody else that stands there may be replaced: asked once for each that is found. For a process that was
   * restarted and knows its former self by the data. Two that know each other so would replace each other for ever.
   * Default: never; it is waited for.
   */
  readonly replace?: (node: Node<Uint8Array | null>) => boolean;
  /** Whether it is made again when somebody else has deleted it. If not, the stream errs with `NoNodeError`. Default true. */
  readonly recreate?: boolean;
}

const names = optionNames('acl', 'parents', 'replace', 'recreate');

/**
 * Keeps an ephemeral znode alive, over lost connections and sessions, until it is unsubscribed: a registration.
 *
 * ```
 * zk           c----s-c----s------x-c        c connected, s suspended, x session lost
 * data         -a-b------d---------
 * ephemeral$   0-h----------------0-h        0 absent, h standing
 * znode         -a-b-----d------------d
 * ```
 *
 * Data that change are written into the znode, the newest only; it is not made anew for that, so nobody sees it missing. It is made anew
 * with a new session, and when somebody has deleted it. A znode of this client's earlier session that the server has
 * not ended yet is replaced in one transaction, so that the name never vanishes; anybody else's is waited for, unless
 * `replace` says that it is the registration of this process before its restart. When unsubscribed, the znode is deleted in the
 * background until the server has confirmed it, however early that is.
 * What is not promised: that others have it in their lists when `standing` is emitted (their servers may lag behind); that no gap is
 * seen when the session was lost on the server before this client had a new one; that a znode that somebody else
 * puts in the place of a deleted one in the very moment of unsubscribing stays; that few wake when many wait for one name: all of them try
 * to have it then. Where many want to be the one, {@link leaderElection$} has them stand in line.
 *
 * @param path - absolute path of the znode, not `/`; its parents are made if they are missing
 * @param data - what is in it: bytes, a text (UTF-8), or a stream of such; nothing is made before the first
 * @emits {@link EphemeralState}: `absent` at once, then every change
 * @completes when the client is closed; when a stream of data ends without having said anything
 * @errors never for a loss; the error of the stream of data; `NoNodeError` without `recreate`; the signal's reason; `NoAuthError`;
 * `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: of two subscriptions to one path, the second waits for the first
 * @example
 * ephemeral$(zk, '/workers/w1', load$.pipe(map((load) => JSON.stringify({ load })))).subscribe();
 */
export function ephemeral$(
  zk: ZooKeeper,
  path: string,
  data: NodeData | Observable<NodeData> = '',
  options: EphemeralOptions = {},
): Observable<EphemeralState> {
  return keep$(zk, { ...options, call: { operation: 'ephemeral$', path }, data });
}

/** What is kept, and for whom. */
export interface Keeping extends EphemeralOptions {
  /** See {@link KeptNode.recreateAfterMs}. */
  readonly recreateAfterMs?: number;
  readonly made?: NamedNodeOptions['made'];
  readonly data: NodeData | Observable<NodeData>;
  /** The path is that of the znode. */
  readonly call: RecipeCall;
}

/** As {@link ephemeral$}, for another recipe. */
export function keep$(zk: ZooKeeper, keeping: Keeping): Observable<EphemeralState> {
  return defer(() => {
    const { data, call, signal, recreateAfterMs, made, ...options } = keeping;
    check(keeping, { ...options, ...(signal && { signal }) });
    const { acl, parents = 'persistent', replace = false, recreate = true } = options;
    const data$ = isObservable(data) ? data : of(data);
    const how = { acl, parents, replace, recreate, recreateAfterMs, made };
    return keepNode$(zk, { ...how, path: call.path, data$, call }).pipe(abortable(signal));
  });
}

function check({ call, data }: Keeping, options: EphemeralOptions): void {
  checkCall(options, call, names);
  if (call.path === '/') {
    throw new InvalidPathError(call.path, 'the root is no ephemeral znode', {
      operation: call.operation,
    });
  }
  const { acl, parents, replace, recreate } = options;
  const given = <T>(option: string, value: T) => ({ option, value, context: call });
  checkAcl(given('acl', acl));
  checkOneOf(given('parents', parents), ['persistent', 'container']);
  checkCallable(given('replace', replace));
  checkBoolean(given('recreate', recreate));
  const isData = data === null || typeof data === 'string' || data instanceof Uint8Array;
  if (!isData && !isObservable(data)) {
    throw refuse(given('data', data), 'bytes, a text, null, or an Observable of such');
  }
}
