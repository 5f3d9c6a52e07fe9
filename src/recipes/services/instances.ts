/** Looks on at the services that are registered: their names, and their instances. */

import { defer, distinctUntilChanged, map, type Observable } from 'rxjs';
import { checkCallable, type Given } from '../../client/checks.js';
import { type TreeUpdate } from '../../client/tree.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { checkCall, optionNames, type RecipeCall, type RecipeOptions } from '../core/options.js';
import { instanceCodec, type ServiceInstance } from './service-instance.js';
import { checkSegment } from '../core/segment.js';

/** How to look at the instances of a service. */
export interface InstancesOptions<P> extends RecipeOptions {
  /** Checks a payload (which is not `null`) and gives it its type; what it throws makes the instance one that does not decode. */
  readonly payload?: (value: unknown) => P;
}

const names = optionNames();
const instancesNames = optionNames('payload');

/**
 * Emits the names of the services, now and whenever there are others, sorted.
 *
 * ```
 * registered   search      search,billing       search
 * services$    [search]    [billing,search]     [search]
 * ```
 *
 * A name says that an instance was registered once: Java and rxzk make the znode of a service as a container, which the server removes
 * some time after its last instance.
 *
 * @param base - znode under which the services are
 * @emits the names; none while there is no such znode
 * @completes when the client is closed
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing the watch and the list with all who look at the children of this path
 * @example
 * services$(zk, '/services').subscribe((names) => show(names));
 */
export function services$(
  zk: ZooKeeper,
  base: string,
  options: RecipeOptions = {},
): Observable<readonly string[]> {
  return defer(() => {
    checkCall(options, { operation: 'services$', path: base }, names);
    return zk.children$(base).pipe(
      map((children) => [...(children ?? [])].sort()),
      distinctUntilChanged(isSameList),
      abortable(options.signal),
    );
  });
}

/**
 * Emits the instances of a service, now and whenever one comes, goes or changes, sorted by the names of their znodes.
 *
 * ```
 * znodes        a          a,b     b tells another payload    b
 * instances$    [a]        [a,b]   [a,b']                     [b']
 * ```
 *
 * An entry that does not decode is left out, and one that does not any more stays as it was last decoded; both are reported to
 * the client's `onReport`, as a `DecodeError` that names its path. What is not promised: that every change is seen; that one that is
 * replaced under its id is not seen missing for a moment; or that an instance is alive (its process may be gone and its session not
 * yet). See {@link pick} for those that do not answer.
 *
 * @param base - znode under which the services are, `<base>/<name>/<id>` in the JSON of Curator's service discovery
 * @param name - name of the service
 * @emits the {@link ServiceInstance}s, those that are not `enabled` included; none while there is no such service
 * @completes when the client is closed
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing the watch and the data are read once for all who look at the same service; decoding is done for each subscription
 * @example
 * instances$(zk, '/services', 'search').subscribe((all) => show(all.map((one) => buildUri(one))));
 */
export function instances$<P = unknown>(
  zk: ZooKeeper,
  base: string,
  name: string,
  options: InstancesOptions<P> = {},
): Observable<readonly ServiceInstance<P>[]> {
  return defer(() => {
    const call = { operation: 'instances$', path: base };
    checkCall(options, call, instancesNames);
    const path = joinPath(base, checkSegment('name', name, call));
    checkPayload(options, call);
    // Without a check, the type of the payload is what the application trusts to be there.
    const { payload = (value: unknown) => value as P, signal } = options;
    const codec = instanceCodec(payload);
    return zk.tree$(path, { maxDepth: 1, codec, onError: 'keep' }).pipe(
      map((update) => instancesOf(path, update)),
      distinctUntilChanged(isSameList),
      abortable(signal),
    );
  });
}

function instancesOf<P>(
  path: string,
  { tree }: TreeUpdate<ServiceInstance<P> | undefined>,
): readonly ServiceInstance<P>[] {
  return [...tree.children(path)]
    .sort()
    .flatMap((name) => tree.get(joinPath(path, name))?.data ?? []);
}

function checkPayload({ payload }: InstancesOptions<unknown>, context: RecipeCall): void {
  const given: Given<unknown> = { option: 'payload', value: payload, context };
  checkCallable(given);
}

/** Nodes that have not changed are the same objects. */
function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
