/** The data of a znode's children, live: a flat map, where a tree would be more than is wanted. */

import { defer, filter, map, type Observable } from 'rxjs';
import { checkCallable } from '../../client/checks.js';
import { type ValueCodec } from '../../client/codec.js';
import { type TreeUpdate } from '../../client/tree.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { DecodeError } from '../../errors/client-errors.js';
import { baseName, joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { checkCall, optionNames, type RecipeOptions } from '../core/options.js';

/** How children are read. */
export interface ChildrenDataOptions extends RecipeOptions {
  /** Whether a child is wanted, by its name. Must always answer the same for a name. Default: all are. */
  readonly filter?: (name: string) => boolean;
}

/** How children are read and decoded. */
export interface DecodedChildrenOptions<T> extends ChildrenDataOptions {
  /** Decodes each child, not the parent. */
  readonly codec: ValueCodec<T>;
}

type Raw = Uint8Array | null;

const names = optionNames('filter', 'codec');
const noBytes = new Uint8Array(0);

/**
 * Emits the data of a znode's children by name, now and after every change of the list or of any of them.
 *
 * ```
 * server   a=1, b=2        set a=3     delete b     delete the parent
 * result   {a:1, b:2}      {a:3, b:2}  {a:3}        null
 * ```
 *
 * It is a `tree$` of depth 1, so it costs one watch for all children (3.6+), one read for each child that comes or changes,
 * and none for one that goes; the server also tells of what changes further below, which is dropped unread. Each emission is a map of
 * its own that does not change any more; changes in quick succession are seen as one. What is not promised: that the children of
 * one emission were all there at one moment.
 *
 * @param path - the parent
 * @emits a map from names to data; `null` while there is no such znode
 * @completes when the client is closed
 * @errors `NoAuthError` of the parent (a child that may not be read is left out); `DecodeError`; what the filter throws; the
 *   signal's reason; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing watches and reads with every `childrenData$` of this path without a filter, and with `tree$` of depth 1
 * @example
 * childrenData$(zk, '/workers', { codec: json<Worker>() }).subscribe((workers) => show(workers?.size ?? 0));
 */
export function childrenData$(
  zk: ZooKeeper,
  path: string,
  options?: ChildrenDataOptions,
): Observable<ReadonlyMap<string, Uint8Array | null> | null>;
export function childrenData$<T>(
  zk: ZooKeeper,
  path: string,
  options: DecodedChildrenOptions<T>,
): Observable<ReadonlyMap<string, T> | null>;
export function childrenData$(
  zk: ZooKeeper,
  path: string,
  options: Partial<DecodedChildrenOptions<unknown>> = {},
): Observable<ReadonlyMap<string, unknown> | null> {
  // One function for all subscribers, so that they share one tree.
  const admits = (child: string): boolean => options.filter?.(baseName(child)) ?? true;
  return defer(() => {
    const call = { operation: 'childrenData$', path };
    checkCall(options, call, names);
    checkCallable({ option: 'filter', value: options.filter, context: call });
    checkCallable({ option: 'codec', value: options.codec, context: call }, 'decode');
    const values = new ChildValues(path, options.codec);
    const scope = options.filter === undefined ? { maxDepth: 1 } : { maxDepth: 1, filter: admits };
    return zk.tree$(path, scope).pipe(
      filter((update) => concernsChildren(update)),
      map((update) => values.after(update)),
      abortable(options.signal),
    );
  });
}

/** Whether it is more than new data of the parent. */
function concernsChildren({ tree, changes }: TreeUpdate<Raw>): boolean {
  const isOfParent = changes.length === 1 && changes[0]?.path === tree.root;
  return !isOfParent || changes[0]?.type !== 'changed';
}

/** What each child was decoded to: once for each change of it. */
class ChildValues {
  private readonly values = new Map<string, unknown>();
  private begun = false;

  constructor(
    private readonly parent: string,
    private readonly codec: ValueCodec<unknown> | undefined,
  ) {}

  after({ tree, changes }: TreeUpdate<Raw>): ReadonlyMap<string, unknown> | null {
    if (this.begun) {
      for (const { path } of changes) if (path !== this.parent) this.take(path, tree);
    } else {
      this.begun = true;
      for (const name of tree.children(this.parent)) this.take(joinPath(this.parent, name), tree);
    }
    return tree.has(this.parent) ? new Map(this.values) : null;
  }

  private take(path: string, tree: TreeUpdate<Raw>['tree']): void {
    const node = tree.get(path);
    if (node === undefined) this.values.delete(baseName(path));
    else this.values.set(baseName(path), this.decode(path, node.data));
  }

  private decode(path: string, data: Raw): unknown {
    if (this.codec === undefined) return data;
    try {
      return this.codec.decode(data ?? noBytes);
    } catch (cause) {
      throw new DecodeError({ operation: 'childrenData$', path, cause });
    }
  }
}
