/** The lease for a time: held until a moment on the clock, whatever becomes of the session; shared with kazoo. */

import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  finalize,
  from,
  type Observable,
  Subject,
  switchMap,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { checkNumber, refuse } from '../../client/checks.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { SessionClosedError, TimeoutError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { maxTimerMs } from '../../rx/alarm.js';
import { LeaseSeat, type LeaseTerms } from './lease-seat.js';
import {
  checkCall,
  checkCount,
  checkOneOf,
  checkText,
  optionNames,
  type RecipeCall,
  type RecipeOptions,
} from '../core/options.js';
import { heldFor$, type TimedLease } from './timed-lease.js';

/** How to lease something for a time. */
export interface LeaseOptions extends RecipeOptions {
  /** Milliseconds for which it is leased, and to which it is prolonged as long as it is subscribed; at least `skewMarginMs` + 2000. */
  readonly durationMs: number;
  /** Who leases it. It must be unique: one of the same name takes the lease over. Default: a random one. */
  readonly identifier?: string;
  /**
   * How many may hold one at the same time: there are so many places, `PATH/0`, `PATH/1`, …, the same number for all (kazoo's
   * `MultiNonBlockingLease`). Left out, there is one, at `PATH` itself (`NonBlockingLease`), which is not the same as 1.
   */
  readonly holders?: number;
  /** Unsubscribing gives it back (`'release'`, default), or leaves it taken until its end (`'keep'`), as kazoo always does. */
  readonly onLeave?: 'release' | 'keep';
  /** Milliseconds by which the clocks of the holders may be apart, see {@link lease$}. Default 1000. */
  readonly skewMarginMs?: number;
}

const names = optionNames('durationMs', 'identifier', 'holders', 'onLeave', 'skewMarginMs');
const maxHolders = 1000;
/** The end is told in whole seconds, so up to one is lost; one more is what is left to work with. */
const leastMs = 2000;

/**
 * Leases something for a time, without waiting: emits a lease if it is free, renews it, and gives it back when unsubscribed.
 *
 * ```
 * us        h----+----+----u             h held, + renewed, u unsubscribed: given back
 * others    #                h           # TimeoutError: taken
 * cut off   h----+----------#            # LockLostError, a margin before its end
 * ```
 *
 * The lease stands in a persistent znode, with its end: a lost connection or session does not end it, a restarted process
 * with the same identifier has it again at once, and one that is gone for good holds it until its end. It is renewed when half of the time is over.
 *
 * Ends are read on each process's own wall clock (`zk.scheduler.now()`), so it is only as good as the clocks are alike. A holder stops
 * `skewMarginMs` before the end that it has written, and another's lease is taken only `skewMarginMs` after its end: two of ours never
 * hold at once if their clocks are less than twice that apart; one of ours and a kazoo process, which knows no
 * margin, if less than once. A clock that is set back makes its process believe for longer. Give `lease.fence` to what you protect: it grows with
 * each grant of one place.
 *
 * @param path - znode under which the lease is told (`lease_holder`), made if it is missing, and lock for all who change that; see `holders`
 * @emits one {@link TimedLease}
 * @completes when the client is closed before it has one
 * @errors `TimeoutError` if it is taken; `LockLostError` when its end comes before it could be renewed, somebody else has taken or deleted
 * it, or the client is closed; `DecodeError` if the znode holds something else; the signal's reason; `NoAuthError`; `AuthFailedError`;
 * `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription leases for itself
 * @example
 * // At most one host cleans up in an hour.
 * lease$(zk, '/leases/cleanup', { durationMs: 3_600_000, onLeave: 'keep' }).pipe(whileHeld(() => cleanUp$)).subscribe();
 */
export function lease$(zk: ZooKeeper, path: string, options: LeaseOptions): Observable<TimedLease> {
  return defer(() => {
    const call = { operation: 'lease$', path };
    check(options, call);
    const { durationMs, skewMarginMs = 1000, holders, onLeave = 'release', signal } = options;
    const holder = options.identifier ?? zk.randomId();
    const roots =
      holders === undefined
        ? [path]
        : Array.from({ length: holders }, (_, i) => joinPath(path, String(i)));
    const tries$ = from(roots).pipe(
      concatMap((root) =>
        place$(zk, { root, holder, durationMs, skewMarginMs, operation: call.operation, onLeave }),
      ),
    );
    const taken$ = throwError(() => new TimeoutError(0, 'not-sent', call));
    return concat(tries$, taken$).pipe(
      catchError((error: unknown) =>
        error instanceof SessionClosedError ? EMPTY : throwError(() => error),
      ),
      abortable(signal),
    );
  });
}

interface Place extends LeaseTerms {
  readonly onLeave: 'release' | 'keep';
}

/** Emits the lease of one place; completes if it is taken. */
function place$(zk: ZooKeeper, { onLeave, ...terms }: Place): Observable<TimedLease> {
  return defer(() => {
    const seat = new LeaseSeat(zk, terms);
    const released = new Subject<never>();
    let wasHeld = false;
    const leave = () => {
      const done = () => {
        released.complete();
      };
      if (onLeave === 'keep' && wasHeld) done();
      else giveBack$(zk, { seat, terms }).subscribe({ error: done, complete: done });
    };
    return seat.take$().pipe(
      filter((taken) => taken !== undefined),
      switchMap((taken) => {
        wasHeld = true;
        return heldFor$(zk, { seat, terms, taken, released$: released.asObservable() });
      }),
      finalize(leave),
    );
  });
}

/** Gives the lease back, or lets it be when it has ended by itself. */
function giveBack$(
  zk: ZooKeeper,
  { seat, terms }: { readonly seat: LeaseSeat; readonly terms: LeaseTerms },
): Observable<unknown> {
  const over$ = timer(Math.min(terms.durationMs, maxTimerMs), zk.scheduler);
  return seat.giveBack$().pipe(takeUntil(over$));
}

function check(options: LeaseOptions, call: RecipeCall): void {
  checkCall(options, call, names);
  const { durationMs, skewMarginMs = 1000 } = options;
  const given = <T>(option: string, value: T) => ({ option, value, context: call });
  checkNumber(given('skewMarginMs', options.skewMarginMs), { min: 0, max: maxTimerMs });
  // A caller without types may have left it out.
  if ((durationMs as unknown) === undefined)
    throw refuse(given('durationMs', durationMs), 'a number');
  const range = { min: skewMarginMs + leastMs, max: Number.MAX_SAFE_INTEGER / 1000 };
  checkNumber(given('durationMs', durationMs), range);
  checkText(given('identifier', options.identifier));
  checkCount(given('holders', options.holders), maxHolders);
  checkOneOf(given('onLeave', options.onLeave), ['release', 'keep']);
}
