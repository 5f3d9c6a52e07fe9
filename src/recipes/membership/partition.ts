/** The partitioner: a set of items divided among those who are there, each item held by one; shared with kazoo. */

import {
  catchError,
  defer,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  merge,
  type Observable,
  startWith,
  throwError,
} from 'rxjs';
import { checkCallable, checkNumber, refuse } from '../../client/checks.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError } from '../../errors/client-errors.js';
import { assertPath, joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { maxTimerMs } from '../../rx/alarm.js';
import { inCodePointOrder } from './code-points.js';
import { keep$ } from './ephemeral.js';
import {
  checkContending,
  type ContendOptions,
  optionNames,
  type RecipeCall,
} from '../core/options.js';
import { PartitionRounds } from './partition-rounds.js';
import { type Partition, type PartitionView } from './partition-state.js';
import { memberName } from './party.js';

/** How to take part. */
export interface PartitionOptions extends ContendOptions {
  /** What the others know this member by, without a `/`; every member needs one of its own. Default: a random one. */
  readonly identifier?: string;
  /**
   * The share of a member, from the same view that all others have. All must use the same function, and their shares must not
   * overlap: of two who want an item, one waits for it. Default: kazoo's, every n-th of the items in the order of their code points.
   */
  readonly partitionBy?: (view: PartitionView) => readonly string[];
  /** Milliseconds for which the members must have been the same before the items are divided among them. Default 5000. */
  readonly settleMs?: number;
}

const names = optionNames('identifier', 'giveUp', 'partitionBy', 'settleMs');

/**
 * Divides items among all who are there, and again whenever somebody comes or goes; no item is held by two.
 *
 * ```
 * a         -----A(1,2,3)--R--A(1,3)------R--A(1,2,3)     A acquired, R released, allocating in between
 * b                       ------A(2)----u                 u unsubscribed (or its session is over)
 * ```
 *
 * Each member joins a shallow party, waits until that has been the same for `settleMs`, and takes the lock of each item of its
 * share. When somebody comes or goes, `released` is emitted at once and synchronously, then the locks are released, and when that is
 * confirmed, all begins anew. A lost connection does the same, before anybody sees the state (unless `giveUp: 'lease'` rides it out), long before
 * others could have the items. After that no time is waited for, if the members are the same.
 *
 * What is not promised: that all items are held at any time (while members settle they are not), or that work on an item that was
 * given up a moment ago is at its end everywhere: guard it with the item's lease (`lease.leases[i].fence`, `valid()`). All who meet at one
 * path must be given the same items and function. kazoo's `SetPartitioner` members take part; with its rule that all items are released when
 * the members change, and only when its program calls `release_set()`.
 *
 * @param path - znode under which the party (`party`) and the locks (`locks/<item>`) are, made if it is missing
 * @param items - different texts, each of which can be the name of a znode
 * @emits {@link Partition}: `allocating` at once, then every change
 * @completes when the client is closed
 * @errors never for a loss; what `partitionBy` throws; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a member of its own
 * @example
 * partition$(zk, '/shards', ['s1', 's2', 's3'])
 *   .pipe(switchMap((state) => (state.status === 'acquired' ? workOn$(state.items, state.lease) : EMPTY)))
 *   .subscribe();
 */
export function partition$(
  zk: ZooKeeper,
  path: string,
  items: readonly string[],
  options: PartitionOptions = {},
): Observable<Partition> {
  return defer(() => {
    const call = { operation: 'partition$', path };
    check({ items, options, call });
    const { identifier = zk.randomId(), settleMs = 5000, giveUp = 'suspended', signal } = options;
    const { partitionBy = everyNth } = options;
    const partyPath = joinPath(path, 'party');
    const name = memberName(zk.randomId(), { identifier, layout: 'shallow', call });
    const ownPath = joinPath(partyPath, name);
    const membership$ = keep$(zk, {
      data: identifier,
      call: { operation: call.operation, path: ownPath },
    });
    const paths = { partyPath, ownPath, locksPath: joinPath(path, 'locks') };
    const dividing = { items: [...items], settleMs, giveUp, partitionBy, call, ...paths };
    const rounds = new PartitionRounds(zk, dividing);
    return merge(membership$.pipe(ignoreElements()), rounds.states$()).pipe(
      startWith<Partition>({ status: 'allocating' }),
      distinctUntilChanged((a, b) => a.status === 'allocating' && b.status === 'allocating'),
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
      abortable(signal),
    );
  });
}

/** kazoo's: `sorted(items)[index::len(members)]`. */
function everyNth({ items, index, members }: PartitionView): readonly string[] {
  return [...items].sort(inCodePointOrder).filter((_, i) => i % members.length === index);
}

function check({
  items,
  options,
  call,
}: {
  readonly items: readonly string[];
  readonly options: PartitionOptions;
  readonly call: RecipeCall;
}): void {
  checkContending(options, call, names);
  const given = <T>(option: string, value: T) => ({ option, value, context: call });
  checkCallable(given('partitionBy', options.partitionBy));
  checkNumber(given('settleMs', options.settleMs), { min: 0, max: maxTimerMs });
  // A caller without types may have given anything.
  const isList: boolean = Array.isArray(items);
  if (!isList || items.some((item) => typeof item !== 'string' || item === '')) {
    throw refuse(given('items', items), 'a list of texts that are not empty');
  }
  if (new Set(items).size < items.length) {
    throw refuse(given('items', items), 'a list of different texts');
  }
  for (const item of items) assertPath(`${joinPath(call.path, 'locks')}/${item}`, call.operation);
}
