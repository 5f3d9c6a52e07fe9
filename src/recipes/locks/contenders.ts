/** Who stands in a queue: the contenders of a lock, a read/write lock or an election, live and in order. */

import { defer, map, type Observable } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { abortable } from '../../rx/abortable.js';
import { identities$, type Identity } from '../core/identities.js';
import {
  checkCall,
  checkLayout,
  checkTexts,
  type LayoutOptions,
  optionNames,
  type RecipeOptions,
} from '../core/options.js';
import { contenderMarkers, isShared } from '../held/contender-layouts.js';
import { inQueueOrder, type Numbered } from '../core/sequence.js';
import { olderFirst } from '../held/ties.js';

/** How to look at a queue. */
export interface ContendersOptions extends RecipeOptions, LayoutOptions {
  /** Further texts before the number by which the znodes of other clients' contenders are known. Default: none. */
  readonly alsoWaitFor?: readonly string[];
}

/** Somebody who stands in a queue. */
export interface Contender {
  /** Path of the znode; `requestRevocation` takes it. */
  readonly path: string;
  /** Data of the znode, as it was when the contender was first seen. */
  readonly identifier: string;
  /** The number that the server gave the znode; a counter of 32 bits with a sign. */
  readonly sequence: number;
  /** `shared` for a reader of a read/write lock, `exclusive` for everybody else. */
  readonly access: 'exclusive' | 'shared';
}

const names = optionNames('layout', 'alsoWaitFor');

/**
 * Emits who holds and who waits for a lock, a read/write lock or an election, now and after every change, the first in line first.
 *
 * ```
 * a         h------------r            a holds, releases
 * b           w----------h---         b waits, holds
 * result    -[a]-[a,b]---[b]--
 * ```
 *
 * The first in line holds; with a read/write lock, so do all readers before the first writer. What is not promised: that the holder
 * still believes so (it may be about to give up, or its process may be gone and its session not yet), or that every change is
 * seen. Looking costs one watch on the list, one list for each change that is seen, and one read for each new contender; nobody else is
 * woken by it.
 *
 * @param path - znode under which the contenders stand
 * @emits the {@link Contender}s in order; none while there is no such znode
 * @completes when the client is closed
 * @errors the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing the watch and the list with all who look at the children of this path; the contenders' data are read for each subscription
 * @example
 * contenders$(zk, '/locks/report').subscribe(([holder, ...waiting]) => show(holder?.identifier, waiting.length));
 */
export function contenders$(
  zk: ZooKeeper,
  path: string,
  options: ContendersOptions = {},
): Observable<readonly Contender[]> {
  return defer(() => {
    const call = { operation: 'contenders$', path };
    checkCall(options, call, names);
    const { layout, alsoWaitFor = [], signal } = options;
    checkLayout({ option: 'layout', value: layout, context: call });
    checkTexts({ option: 'alsoWaitFor', value: options.alsoWaitFor, context: call });
    const markers = [...contenderMarkers[layout ?? 'kazoo'], ...alsoWaitFor];
    const select = (children: readonly string[]) => inQueueOrder(children, markers);
    return identities$(zk, { ...call, select }).pipe(
      // By age, because the last of all numbers may be that of many.
      map((queue) => [...queue].sort(olderFirst).map(contender)),
      abortable(signal),
    );
  });
}

function contender({ path, identifier, sequence, marker }: Identity<Numbered>): Contender {
  return { path, identifier, sequence, access: isShared(marker) ? 'shared' : 'exclusive' };
}
