/**
 * The rounds of a partitioner: the members settle, each takes the locks of its share, until the members change or a lock is lost.
 *
 * Theory of operation. What makes it safe is the lock of each item alone: whoever's view of the party is out of date, or whoever's
 * function gives another share, waits for a lock, and holds none that somebody else holds. What makes it live is that
 * views become the same: every change of the party ends the round at everybody who sees it, with all of its locks, so that nobody waits
 * for ever for what somebody holds by an old view.
 *
 * | what happened                | then                                                                        |
 * |------------------------------|-----------------------------------------------------------------------------|
 * | the party has changed        | `released` (if it was acquired), locks released, settle, next round         |
 * | a lock is lost               | the same; the members have settled already, if they are still the same      |
 * | we are not in the party      | `allocating`; our znode is about to be made, and that is a change           |
 */

import {
  catchError,
  concat,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  switchMap,
  throwError,
  timer,
} from 'rxjs';
import { type GiveUp } from '../../client/lease.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { InvalidOptionError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { acquireAll$ } from '../held/acquire-all.js';
import { type LeaseOfAll } from '../held/multi-lease.js';
import { type RecipeCall } from '../core/options.js';
import { type Partition, type PartitionView } from './partition-state.js';
import { type PartyMember, shallowMembers } from './party.js';
import { retryLost } from '../held/retry-lost.js';

/** What is divided, and how. */
export interface Dividing {
  readonly items: readonly string[];
  readonly settleMs: number;
  readonly giveUp: GiveUp;
  readonly partitionBy: (view: PartitionView) => readonly string[];
  readonly partyPath: string;
  /** Of this member's znode in the party. */
  readonly ownPath: string;
  readonly locksPath: string;
  readonly call: RecipeCall;
}

const allocating: Partition = { status: 'allocating' };

export class PartitionRounds {
  private held: { readonly items: readonly string[]; readonly lease: LeaseOfAll } | undefined;
  /** Completes when what was held last is given back for certain. */
  private releasing$: Observable<never> = EMPTY;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly dividing: Dividing,
  ) {}

  /** Emits how this member stands; completes when the client is closed. */
  states$(): Observable<Partition> {
    const { partyPath } = this.dividing;
    return this.zk.children$(partyPath).pipe(
      map((children) => shallowMembers(partyPath, children)),
      distinctUntilChanged(isSame),
      connect((members$) =>
        merge(
          // First in line: who works on the items stops before the round ends and their locks are released.
          members$.pipe(mergeMap(() => this.stop$())),
          members$.pipe(switchMap((members) => this.round$(members))),
        ),
      ),
    );
  }

  /** Emits `released` if something is held. */
  private stop$(): Observable<Partition> {
    return defer(() => {
      const { held } = this;
      if (held === undefined) return EMPTY;
      this.held = undefined;
      this.releasing$ = held.lease.released$;
      held.lease.end();
      return of<Partition>({ status: 'released', items: held.items });
    });
  }

  private round$(members: readonly PartyMember[]): Observable<Partition> {
    return defer(() => {
      const { settleMs, ownPath } = this.dividing;
      const { scheduler } = this.zk;
      const settledAt = scheduler.now() + settleMs;
      const settle$ = defer(() => {
        // Bounded also when a clock is set back meanwhile.
        const leftMs = Math.min(settleMs, Math.max(0, settledAt - scheduler.now()));
        return timer(leftMs, scheduler);
      }).pipe(ignoreElements());
      const index = members.findIndex(({ path }) => path === ownPath);
      const hold$ = index === -1 ? EMPTY : concat(settle$, this.hold$(members, index));
      return defer(() => concat(this.releasing$, of(allocating), hold$)).pipe(
        catchError((error: unknown) =>
          concat(
            this.stop$(),
            throwError(() => error),
          ),
        ),
        retryLost(),
      );
    });
  }

  /** Takes the locks of its share; errs with `LockLostError` when one of them is lost. */
  private hold$(members: readonly PartyMember[], index: number): Observable<Partition> {
    return defer(() => {
      const { locksPath, giveUp, call } = this.dividing;
      const items = this.share(members, index);
      const locks = items.map((item) => {
        const path = joinPath(locksPath, item);
        return { path, role: 'lock', giveUp, operation: call.operation } as const;
      });
      return acquireAll$(this.zk, locks).pipe(
        map((lease): Partition => {
          this.held = { items, lease };
          return { status: 'acquired', items, lease };
        }),
      );
    });
  }

  private share(members: readonly PartyMember[], index: number): readonly string[] {
    const { items, partitionBy, call } = this.dividing;
    const identifiers = members.map(({ identifier }) => identifier);
    const identifier = identifiers[index] ?? '';
    const share = partitionBy({ identifier, index, members: identifiers, items });
    const known = new Set(items);
    // A caller without types may give anything.
    const isList: boolean = Array.isArray(share);
    if (!isList || new Set(share).size < share.length || !share.every((item) => known.has(item))) {
      throw new InvalidOptionError('partitionBy', 'must give some of the items, each once', call);
    }
    return [...share];
  }
}

function isSame(a: readonly PartyMember[], b: readonly PartyMember[]): boolean {
  return a.length === b.length && a.every(({ path }, i) => path === b[i]?.path);
}
