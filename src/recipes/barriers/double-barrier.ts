/** The double barrier: so many enter together, and leave together; shared with kazoo or with Curator. */

import { defer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { refuse } from '../../client/checks.js';
import { type GiveUp } from '../../client/lease.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { BarrierMember } from './double-barrier-member.js';
import {
  checkContending,
  checkCount,
  type LayoutOptions,
  optionNames,
  type WaitOptions,
} from '../core/options.js';
import { type Passage } from './passage.js';
import { toUtf8 } from '../core/utf8.js';
import { dashedUuid } from '../core/uuid.js';
import { runWhileHeld } from '../held/while-held.js';
import { within } from '../core/within.js';

/** How to take part in a double barrier. */
export interface DoubleBarrierOptions extends WaitOptions, LayoutOptions {
  /** How many must have come before anybody is let in: 1 to 10,000, the same for all. */
  readonly count: number;
  /** Who takes part, for people: the data of the member's znode. Default: empty. */
  readonly identifier?: string;
  /**
   * When a member inside gives up. Default `'lease'`, unlike with locks: in a short disconnect nobody takes its place, and the
   * others wait for it.
   */
  readonly giveUp?: GiveUp;
}

const names = optionNames('count', 'identifier', 'giveUp', 'waitMs', 'layout');
// All of them are checked in one transaction, which must fit into one request.
const maxCount = 10_000;

/**
 * Enters a double barrier: emits when so many members have come.
 *
 * ```
 * a    e---------i------              with a count of 2; e enters (has its znode), i is let in
 * b         e----i---x                x unsubscribed: goes out alone, at once
 * c              e---------           comes when the round has begun: waits for the next
 * ```
 *
 * A round begins when `count` members are there at the same moment; whoever comes later waits until it is over, and
 * counts for the next. Members that give up or are lost before that do not count. A member that is lost inside has left, as far as the
 * others can know. Waiting rides out lost connections; a lost session means coming anew.
 * What is not promised: that all `count` are still there when this is seen; nor, of processes that share the barrier with kazoo or
 * Curator, that their latecomers wait outside (both let in whoever comes while `ready` is there), or that a member
 * whose connection is down notices a round that kazoo ended meanwhile. With kazoo, let `count` be all who share the barrier: it
 * deletes `ready` as soon as the first one leaves, so whoever comes just then takes those who are leaving for members of
 * the next round. Curator's members (5.4) may take those of the next round for stragglers of their own and hang: let the next round on the
 * same path begin when they are through. When all who are inside die, `ready` stays behind; the next who comes takes it away.
 *
 * @param path - znode of the barrier, made if it is missing; `<id>` for each member and `ready` below it, as kazoo's `DoubleBarrier`
 * and Curator's `DistributedDoubleBarrier` (whose ids have dashes, and whose parents are container znodes)
 * @emits one {@link Passage}, when all have come; `passage.leave$` leaves together, unsubscribing leaves alone
 * @completes when `leave$` is subscribed to; when the client is closed
 * @errors `LockLostError` when the lease ends inside by the policy `giveUp`, or somebody deletes the member's znode; `TimeoutError` after
 * `waitMs`, with 0 if not all others are there; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`,
 * `InvalidOptionError`
 * @sharing nothing is shared: each subscription is a member of its own
 * @example
 * doubleBarrier$(zk, '/phase-1', { count: 3 })
 *   .pipe(switchMap(({ leave$ }) => concat(work$, leave$)))
 *   .subscribe({ complete: nextPhase });
 */
export function doubleBarrier$(
  zk: ZooKeeper,
  path: string,
  options: DoubleBarrierOptions,
): Observable<Passage> {
  return enter$(zk, { ...options, path, operation: 'doubleBarrier$' });
}

/**
 * Runs the source between entering a double barrier and leaving it: all begin together, and all end together.
 *
 * ```
 * a    e---------1---2---|      o|    e enters, 1 2 its source's values, | its source ends, o| all have left
 * b         e----1--------2--|  o|
 * ```
 *
 * @param path - znode of the barrier, see {@link doubleBarrier$}
 * @emits what the source emits
 * @completes when the source has completed and all who entered together have left or are lost; when the client is closed
 * @errors with the source's error, when all have left; `LockLostError` as soon as the membership is lost inside (the source is unsubscribed
 * before), so that {@link retryLost} enters again, with the next round; and as {@link doubleBarrier$}
 * @sharing nothing is shared: each subscription is a member of its own
 * @example
 * phase1$.pipe(withDoubleBarrier(zk, '/phase-1', { count: 3 })).subscribe({ complete: nextPhase });
 */
export function withDoubleBarrier<T>(
  zk: ZooKeeper,
  path: string,
  options: DoubleBarrierOptions,
): MonoTypeOperatorFunction<T> {
  return (source) =>
    runWhileHeld(
      enter$(zk, { ...options, path, operation: 'withDoubleBarrier' }),
      () => source,
      ({ leave$ }) => leave$,
    );
}

interface Entering extends DoubleBarrierOptions {
  readonly path: string;
  readonly operation: string;
}

function enter$(zk: ZooKeeper, { path, operation, ...options }: Entering): Observable<Passage> {
  return defer(() => {
    const call = { operation, path };
    checkContending(options, call, names);
    const { count, identifier = '', giveUp = 'lease', layout, waitMs } = options;
    const given = { option: 'count', value: count as unknown, context: call };
    // A caller without types may have left it out.
    if (given.value === undefined)
      throw refuse(given, `a whole number from 1 to ${String(maxCount)}`);
    checkCount(given, maxCount);
    const isCurator = layout === 'curator';
    const member = new BarrierMember(zk, {
      nameOf: isCurator ? dashedUuid : (id) => id,
      data: toUtf8(identifier),
      parents: isCurator ? 'container' : 'persistent',
      count,
      giveUp,
      once: waitMs === 0,
      call,
    });
    return member.enter$().pipe(within(zk, options, call));
  });
}
