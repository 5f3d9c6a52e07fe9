/**
 * How one of a semaphore's leases is acquired: take the gate, wait for a free lease, take it, leave the gate.
 *
 * Theory of operation. The gate is a lock, contended for as any other, under the policy that rides out short disconnects; nobody but
 * its holder makes a lease's znode. Once it has the gate, the holder counts the leases; from then on they can only go. If all are taken
 * it waits for the live list to be shorter. That list is never older than the view in which the gate was ours: a client hears of a change
 * that it watches before it sees anything newer, over reconnects too. It makes its own in a transaction that checks that its znode at the gate
 * still exists: then nobody else had the gate since it counted, however long this process was paused or cut off.
 *
 * | what happened                                | then                                                               |
 * |----------------------------------------------|--------------------------------------------------------------------|
 * | the gate is lost                             | a lease that is being made is given up; back to the gate           |
 * | the reply to the transaction is lost         | the lease's znode is looked for; if it is there it is ours         |
 * | the connection goes right after it was made  | it is held as soon as the connection is back, if the session lives |
 * | left at any step                             | the lease that may exist is deleted, and the znode at the gate     |
 */

import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  map,
  type Observable,
  of,
  repeat,
  switchMap,
  take,
  tap,
  throwError,
  throwIfEmpty,
} from 'rxjs';
import { type GiveUp } from '../../client/lease.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError, SessionClosedError, TimeoutError } from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { contend$ } from '../held/contender.js';
import { type HeldLease } from '../held/held-lease.js';
import { type Layout, type RecipeCall } from '../core/options.js';
import { ownLease$, type OwnLeaseOptions } from '../held/own-lease.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { ProtectedNode } from '../core/protected-node.js';
import { queueOptions } from '../held/contender-layouts.js';
import { type SemaphoreLayout } from './semaphore-layout.js';
import { type Standing } from '../held/standing.js';
import { toUtf8 } from '../core/utf8.js';

/** What is wanted. */
export interface Seat {
  readonly znodes: SemaphoreLayout;
  readonly layout: Layout;
  readonly maxLeases: number;
  readonly identifier: string;
  readonly giveUp: GiveUp;
  /** Err with `TimeoutError` when all leases are taken, instead of waiting. */
  readonly once: boolean;
  readonly call: RecipeCall;
}

/** Emits the lease; errs when it is lost. Completes when the client is closed while it waits. */
export function seat$(zk: ZooKeeper, seat: Seat): Observable<HeldLease> {
  return attempt$(zk, seat).pipe(repeat());
}

/** Completes without having emitted when it must be started anew. */
function attempt$(zk: ZooKeeper, seat: Seat): Observable<HeldLease> {
  return defer(() => {
    const { call, znodes, giveUp } = seat;
    let node: ProtectedNode | undefined;
    const leave = () => {
      node?.release();
      node = undefined;
    };
    const make$ = ({ lease }: Standing & { status: 'held' }) =>
      defer(() => {
        const made = leaseNode(zk, { ...seat, gatePath: lease.path });
        node = made;
        return made.make().pipe(map((own) => ({ own, node: made })));
      });
    return contend$(zk, gateOptions(seat)).pipe(
      switchMap((standing) => {
        // What was being made under an earlier hold of the gate.
        leave();
        if (standing.status === 'held') {
          return free$(zk, seat).pipe(switchMap(() => make$(standing)));
        }
        return seat.once ? full$(zk, seat) : EMPTY;
      }),
      // Leaves the gate.
      take(1),
      throwIfEmpty(() => new SessionClosedError(call)),
      catchError((error: unknown) =>
        error instanceof LockLostError ? EMPTY : throwError(() => error),
      ),
      switchMap((made) => {
        const { operation, path } = call;
        return held$(zk, { ...made, root: znodes.leasesRoot, giveUp, operation, path });
      }),
      finalize(leave),
    );
  });
}

function gateOptions({ znodes, layout, identifier, call }: Seat) {
  const { operation } = call;
  return queueOptions(znodes.gateRoot, {
    role: 'lock',
    layout,
    identifier,
    giveUp: 'lease',
    operation,
  });
}

function leaseNode(zk: ZooKeeper, seat: Seat & { readonly gatePath: string }): ProtectedNode {
  return new ProtectedNode(zk, {
    ...seat.znodes.lease(zk.randomId()),
    root: seat.znodes.leasesRoot,
    data: toUtf8(seat.identifier),
    onlyWith: seat.gatePath,
    call: seat.call,
  });
}

/** Emits as soon as there is a free lease. Only for the holder of the gate: nobody else may take it meanwhile. */
function free$(zk: ZooKeeper, seat: Seat): Observable<unknown> {
  const isFree = (count: number) => count < seat.maxLeases;
  return count$(zk, seat).pipe(
    switchMap((count) => {
      if (isFree(count)) return of(true);
      if (seat.once) return throwError(() => taken(seat));
      return liveCount$(zk, seat).pipe(filter(isFree));
    }),
    take(1),
  );
}

/** Errs as soon as all leases are taken. */
function full$(zk: ZooKeeper, seat: Seat): Observable<never> {
  const isFull = (count: number) => count >= seat.maxLeases;
  return liveCount$(zk, seat).pipe(
    filter(isFull),
    switchMap(() => throwError(() => taken(seat))),
  );
}

function taken({ call }: Seat): TimeoutError {
  return new TimeoutError(0, 'not-sent', call);
}

/** How many leases there are, as of a request that is sent now. */
function count$(zk: ZooKeeper, { znodes, call }: Seat): Observable<number> {
  const path = znodes.leasesRoot;
  const request = () => zk.children(path, untilAnswered);
  return persist$(zk, { operation: call.operation, path, request }).pipe(
    map((names) => names.length),
    catchError((error: unknown) =>
      error instanceof NoNodeError ? of(0) : throwError(() => error),
    ),
  );
}

/** How many leases there are, live. */
function liveCount$(zk: ZooKeeper, { znodes }: Seat): Observable<number> {
  return zk.children$(znodes.leasesRoot).pipe(map((names) => names?.length ?? 0));
}

/** Completes without having emitted if the lease's znode is of no use any more. */
function held$(zk: ZooKeeper, holder: OwnLeaseOptions): Observable<HeldLease> {
  const { root, own, operation } = holder;
  return defer(() => {
    let granted = false;
    const lease$ = ownLease$(zk, holder).pipe(
      tap(() => {
        granted = true;
      }),
      catchError((error: unknown) =>
        error instanceof LockLostError && !granted ? EMPTY : throwError(() => error),
      ),
    );
    // The connection has just gone: look whether it is still ours when it is back.
    const path = joinPath(root, own.name);
    const request = () => zk.exists(path, untilAnswered);
    const again$ = persist$(zk, { operation, path, request }).pipe(
      switchMap((stat) => {
        const isOurs = stat?.ephemeralOwner === own.sessionId && zk.session?.id === own.sessionId;
        return isOurs ? held$(zk, holder) : EMPTY;
      }),
    );
    return concat(lease$, again$);
  });
}
