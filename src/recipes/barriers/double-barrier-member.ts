/**
 * One member of a double barrier: how it comes in with the others, and goes out with them.
 *
 * Theory of operation. The znodes are kazoo's and Curator's: an ephemeral for each member, and `ready`, which says that the
 * round has begun. What is a round, and who is in it, is in `barrier-round.ts`.
 *
 * *Entering.* While a round is running (there is a `ready` with older members) a member waits outside, without a znode: it would hold up
 * those who leave. Then it makes its znode, having left a watch on `ready`, and *then* lists. Who sees `count` members makes
 * `ready` (`gather.ts`). All others wait for `ready` to be made. That it was made is enough: kazoo deletes it as soon as the
 * first one leaves. A `ready` that we hear of before our own znode is the older one: then we came too late, and go outside again.
 *
 * *Leaving* is in `leave-together.ts`.
 *
 * | what happens to a member                        | to itself                              | to the others                        |
 * |-------------------------------------------------|----------------------------------------|--------------------------------------|
 * | it is unsubscribed while it waits, or dies      | its znode goes                         | they wait for somebody else to come  |
 * | its session ends, its znode is deleted outside  | comes anew, with a new znode           | the same                             |
 * | its lease ends inside                           | `LockLostError`; its znode goes        | as if it had left                    |
 * | it is unsubscribed inside, or dies              | its znode goes                         | as if it had left                    |
 * | its session ends while it leaves                | waits on for the others                | as if it had left                    |
 */

import {
  catchError,
  concat,
  defaultIfEmpty,
  defer,
  EMPTY,
  endWith,
  finalize,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  repeat,
  Subject,
  switchMap,
  takeUntil,
  throwError,
} from 'rxjs';
import { type GiveUp } from '../../client/lease.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError } from '../../errors/client-errors.js';
import { firstToComplete$ } from '../../rx/first-to-complete.js';
import { barrierDoor$, refused$ } from './barrier-door.js';
import { BarrierRound } from './barrier-round.js';
import { gather$ } from './gather.js';
import { leaveTogether$, untilClosed } from './leave-together.js';
import { type RecipeCall } from '../core/options.js';
import { ownLease$ } from '../held/own-lease.js';
import { type OwnNode } from '../core/own-node.js';
import { type AncestorMode } from '../../client/znode.js';
import { passage, type Passage } from './passage.js';
import { type ReadyWatch } from './ready-watch.js';
import { sessionOver$, writable$ } from '../core/persist.js';
import { ProtectedNode } from '../core/protected-node.js';

/** What a member is. */
export interface MemberOptions {
  /** Name of its znode, from an id of 32 hex digits. */
  readonly nameOf: (id: string) => string;
  readonly data: Uint8Array;
  readonly parents: AncestorMode;
  readonly count: number;
  readonly giveUp: GiveUp;
  /** Err with `TimeoutError` instead of waiting for others. */
  readonly once: boolean;
  readonly call: RecipeCall;
}

/** A member with a znode. */
interface Present {
  readonly node: ProtectedNode;
  readonly own: OwnNode;
  /** Left before the znode was made. */
  readonly watch: ReadyWatch;
  /** There was a `ready` when we heard of our znode: older than it (we are late), or younger (after a lost connection). */
  readonly doubtful: boolean;
}

/** One member: subscribe to `enter$()` once. */
export class BarrierMember {
  private readonly round: BarrierRound;
  private readonly leaving = new Subject<void>();
  private isLeaving = false;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: MemberOptions,
  ) {
    this.round = new BarrierRound(zk, options.call);
  }

  /** Emits the passage when all have come; completes when leaving begins. Unsubscribing before goes away at once. */
  enter$(): Observable<Passage> {
    const { once, call } = this.options;
    const turn$ = (watch: ReadyWatch) => this.turn$(watch);
    return barrierDoor$(this.zk, this.round, { once, call, turn$ }).pipe(
      repeat(),
      untilClosed(),
      takeUntil(this.leaving),
    );
  }

  /** One znode's life; completes when it is time for another. */
  private turn$(watch: ReadyWatch): Observable<Passage> {
    const { zk, options } = this;
    const { call, nameOf, data, parents } = options;
    const prefix = nameOf(zk.randomId());
    const node = new ProtectedNode(zk, {
      root: call.path,
      prefix,
      sequential: false,
      data,
      parents,
      call,
    });
    return node.make().pipe(
      switchMap((own) => this.present$({ node, own, watch, doubtful: watch.isMade })),
      finalize(() => {
        if (!this.isLeaving) node.release();
      }),
    );
  }

  private present$(present: Present): Observable<Passage> {
    const { zk, options } = this;
    const over$ = new Subject<void>();
    const end$ = defer(() => {
      over$.next();
      return EMPTY;
    });
    let began: bigint | undefined;
    const round$ = writable$(zk, options.call).pipe(
      switchMap(() => {
        if (zk.session?.id !== present.own.sessionId) return end$;
        const began$ =
          began === undefined ? this.began$(present) : this.stillThere$(present, began);
        return began$.pipe(
          defaultIfEmpty(undefined),
          switchMap((zxid) => {
            if (zxid === undefined) return end$;
            began = zxid;
            return this.inside$(present, zxid);
          }),
        );
      }),
    );
    // Without a lease (the connection has just gone) once more, as soon as there is a connection.
    return round$.pipe(repeat(), takeUntil(over$));
  }

  /**
   * Emits when our round began, if the znode is there. It must ask the server: a lease that was refused because the process was paused
   * can be had only when the server has answered something.
   */
  private stillThere$({ own }: Present, began: bigint): Observable<bigint> {
    return this.round
      .names$()
      .pipe(switchMap((names) => (names.includes(own.name) ? of(began) : EMPTY)));
  }

  /** Emits when our round began; completes without that if the znode is of no use any more. */
  private began$({ node, own, watch, doubtful }: Present): Observable<bigint> {
    const { zk, round } = this;
    const over$ = merge(sessionOver$(zk, own.sessionId), node.gone$().pipe(endWith(undefined)));
    const inTime$ = (began: bigint | undefined) =>
      began !== undefined && began > own.fence ? of(began) : EMPTY;
    const waited$ = concat(
      firstToComplete$([watch.made$, concat(this.gather$(node, own), NEVER)]),
      // Made since our znode was; perhaps deleted again already.
      round
        .began$()
        .pipe(switchMap((began) => (began === undefined ? round.now$() : inTime$(began)))),
    );
    const began$ = doubtful ? round.began$().pipe(switchMap(inTime$)) : waited$;
    return began$.pipe(takeUntil(over$));
  }

  /** Makes `ready` if all are there; completes when that is done, or not our turn to do. */
  private gather$(node: ProtectedNode, own: OwnNode): Observable<never> {
    const { count, call, once } = this.options;
    return gather$(this.zk, { round: this.round, own: own.name, count, call }).pipe(
      switchMap((all) => {
        if (all || !once) return EMPTY;
        // Before the error is seen, so that whoever tries again at once does not meet our own znode.
        node.release();
        return refused$(call);
      }),
    );
  }

  /** Completes without having emitted if the lease cannot be had at this moment. */
  private inside$(present: Present, began: bigint): Observable<Passage> {
    const { zk, options } = this;
    const { call, giveUp } = options;
    const { path: root, operation } = call;
    let granted = false;
    return ownLease$(zk, { ...present, root, giveUp, operation }).pipe(
      map((lease) => {
        granted = true;
        return passage(lease, this.leave$(present, began));
      }),
      catchError((error: unknown) =>
        error instanceof LockLostError && !granted ? EMPTY : throwError(() => error),
      ),
    );
  }

  private leave$(present: Present, began: bigint): Observable<never> {
    const leaving = { ...present, zk: this.zk, round: this.round, call: this.options.call, began };
    return defer(() => {
      this.isLeaving = true;
      this.leaving.next();
      return leaveTogether$(leaving);
    });
  }
}
