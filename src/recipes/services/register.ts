/** Registers an instance of a service, in the layout and the JSON of Curator's service discovery. */

import {
  defer,
  distinctUntilChanged,
  isObservable,
  map,
  type Observable,
  of,
  ReplaySubject,
  share,
  startWith,
  switchMap,
  take,
  tap,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { keep$ } from '../membership/ephemeral.js';
import { type EphemeralState } from '../membership/keep-node.js';
import { checkCall, optionNames, type RecipeCall, type RecipeOptions } from '../core/options.js';
import { completed, type ServiceRegistration } from './registration.js';
import { encodeInstance, type ServiceInstance } from './service-instance.js';
import { sequentialEntry$ } from './sequential-entry.js';
import { staticEntry$ } from './static-entry.js';

/** How a registration stands. */
export type RegistrationState<P = unknown> =
  | {
      /** Nobody finds the instance: it is about to be registered, or waits for a connection. */
      readonly status: 'unregistered';
    }
  | {
      /** Another process has registered itself under this id after us (or another subscription of this client has it). */
      readonly status: 'replaced';
    }
  | {
      readonly status: 'registered';
      /** Path of its znode. */
      readonly path: string;
      /** The instance as it stood then; what a stream says later is written, but not told here. */
      readonly instance: ServiceInstance<P>;
    };

const names = optionNames();
const parents = 'container';

/**
 * Registers an instance of a service, for as long as it is subscribed.
 *
 * ```
 * zk           c----s-c------x-c        c connected, s suspended, x session lost
 * instance     -a------b-------
 * register$    u-r-----------u-r        u unregistered, r registered
 * entry         -a------b------b        what others find
 * ```
 *
 * A `DYNAMIC` instance (the default) has an ephemeral znode, which is kept over lost connections and sessions. A
 * `DYNAMIC_SEQUENTIAL` one has that, too, with the server's number behind its id: several may have one id, so none is replaced, and
 * each keeps its number, also in a new session. A `STATIC` one has a
 * persistent znode, which stays when the process dies, and is removed when it is unsubscribed; a `PERMANENT` one stays then, too. An
 * instance given as a stream is written again with each value, into the same znode: nobody sees it missing meanwhile.
 *
 * What stands under the id already (left behind by an earlier life of the process, most of the time) is replaced, as Curator does it,
 * but in one transaction. Two processes with one id do not replace each other for ever: the one that comes later has the entry, and the
 * other is told `replaced` until it is gone. An entry that somebody deletes is put back after a second: Curator takes another's place by
 * a delete and a create, and gives up without a word when something comes between them.
 * What is not promised: that others have it in their lists when `registered` is emitted, or that they see every value.
 *
 * @param base - znode under which the services are; `<base>/<name>/<id>`, missing parents are made as container znodes (3.5.1+)
 * @param instance - what is registered; what is left out has defaults, see {@link ServiceRegistration}. In a stream, `name`, `id` and
 * `serviceType` must stay as they are
 * @emits {@link RegistrationState}, the current one at once
 * @completes when the client is closed; when a stream of instances ends without having said anything
 * @errors never for a loss; the error of the stream of instances; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`,
 * `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a registration of its own
 * @example
 * register$(zk, '/services', { name: 'search', address: '10.0.0.1', port: 8080 }).subscribe();
 */
export function register$<P = unknown>(
  zk: ZooKeeper,
  base: string,
  instance: ServiceRegistration<P> | Observable<ServiceRegistration<P>>,
  options: RecipeOptions = {},
): Observable<RegistrationState<P>> {
  return defer(() => {
    const call = { operation: 'register$', path: base };
    checkCall(options, call, names);
    const given$ = isObservable(instance) ? instance : of(instance);
    const instances$ = given$.pipe(
      map(completed<P>(zk, call)),
      // The first tells where the entry is; a stream that has ended is still remembered.
      share({ connector: () => new ReplaySubject(1), resetOnComplete: false }),
    );
    return instances$.pipe(
      take(1),
      switchMap((first) => {
        return entry$(zk, { instances$, root: joinPath(base, first.name), first });
      }),
      startWith<RegistrationState<P>>({ status: 'unregistered' }),
      distinctUntilChanged((a, b) => a.status === b.status),
      abortable(options.signal),
    );
  });
}

/** An instance's znode. */
interface Entry<P> {
  readonly root: string;
  readonly instances$: Observable<ServiceInstance<P>>;
  readonly first: ServiceInstance<P>;
}

function entry$<P>(
  zk: ZooKeeper,
  { root, instances$, first }: Entry<P>,
): Observable<RegistrationState<P>> {
  let instance = first;
  let data = encodeInstance(first);
  const data$ = instances$.pipe(
    map((newest) => {
      instance = newest;
      const encoded = encodeInstance(newest);
      // The same bytes for what says the same: what is there need not be written again.
      if (!isSame(encoded, data)) data = encoded;
      return data;
    }),
  );
  const path = joinPath(root, first.id);
  const call = { operation: 'register$', path };
  const registered = (at = path): RegistrationState<P> => {
    return { status: 'registered', path: at, instance };
  };
  const told = (state: EphemeralState): RegistrationState<P> => {
    if (state.status === 'standing') return registered(state.path);
    return { status: state.status === 'absent' ? 'unregistered' : 'replaced' };
  };
  if (first.serviceType === 'DYNAMIC_SEQUENTIAL') {
    const how = { root, prefix: first.id, parents, recreateAfterMs, call } as const;
    return sequentialEntry$(zk, { ...how, data: () => data, data$ }).pipe(map(told));
  }
  if (first.serviceType !== 'DYNAMIC') {
    const leave = first.serviceType === 'PERMANENT';
    return staticEntry$(zk, { data$, leave, parents, call }).pipe(map(() => registered()));
  }
  return dynamicEntry$(zk, data$, call).pipe(map(told));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

// For Curator's delete and create.
const recreateAfterMs = 1000;

function dynamicEntry$(
  zk: ZooKeeper,
  data: Observable<Uint8Array>,
  call: RecipeCall,
): Observable<EphemeralState> {
  let cameIn: bigint | undefined;
  // Only who has just come replaces.
  const replace = () => cameIn !== zk.session?.id;
  return keep$(zk, { data, parents, replace, recreateAfterMs, call }).pipe(
    tap(({ status }) => {
      if (status === 'standing') cameIn = zk.session?.id;
    }),
  );
}
