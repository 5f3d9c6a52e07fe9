/**
 * What the znodes of a double barrier tell of a round: who is in it, and whether it is over.
 *
 * A round begins when `ready` is made, and those are in it whose znodes are older (by czxid). It is over when none of them
 * is there any more. A `ready` that outlives its round (all who were in it died) would let the next one through alone, so
 * whoever meets it takes it away: in a transaction that also writes the root's own data once more, unchanged. So of two who have
 * seen the same `ready`, the slower one cannot delete that of the next round.
 */

import { catchError, defer, map, type Observable, of, switchMap, throwError } from 'rxjs';
import { remove, set } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { errorCodes } from '../../errors/codes.js';
import { NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { joinPath } from '../../path.js';
import { type RecipeCall } from '../core/options.js';
import { persist$, untilAnswered } from '../core/persist.js';

const readyName = 'ready';

/** Who is at a double barrier. */
export interface Listing {
  readonly names: readonly string[];
  /** How many znodes had ever been made below the barrier. */
  readonly made: number;
}

/** The znodes of one double barrier. */
export class BarrierRound {
  /** Path of the znode that says that a round has begun. */
  readonly ready: string;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly call: RecipeCall,
  ) {
    this.ready = joinPath(call.path, readyName);
  }

  pathOf(name: string): string {
    return joinPath(this.call.path, name);
  }

  /** Emits the names of the members, sorted as kazoo and Curator sort them; none if there is no barrier. */
  names$(): Observable<readonly string[]> {
    return this.listing$().pipe(map(({ names }) => names));
  }

  /** As `names$`, and how many znodes had been made until then. */
  listing$(): Observable<Listing> {
    const { path } = this.call;
    const options = { ...untilAnswered, withStat: true } as const;
    return this.asked$(() => this.zk.children(path, options)).pipe(
      map(({ children, stat: { cversion, numChildren } }) => ({
        names: children.filter((name) => name !== readyName).sort(),
        // The version counts creates and deletes, in 32 bits.
        made: ((cversion + numChildren) >>> 0) / 2,
      })),
      catchError((error: unknown) =>
        error instanceof NoNodeError ? of({ names: [], made: 0 }) : throwError(() => error),
      ),
    );
  }

  /** Emits the zxid that made `ready`; `undefined` if it is not there. */
  began$(): Observable<bigint | undefined> {
    return this.czxid$(this.ready);
  }

  /** Emits a zxid that is greater than that of every znode made under the root until now. */
  now$(): Observable<bigint> {
    return this.asked$(() => this.zk.exists(this.call.path, untilAnswered)).pipe(
      map((stat) => (stat?.pzxid ?? 0n) + 1n),
    );
  }

  /** Emits the first of these members that is there and older than a zxid; `undefined` if none is. Looks at one after the other. */
  firstOlder$(names: readonly string[], than: bigint): Observable<string | undefined> {
    const [first, ...others] = names;
    if (first === undefined) return of(undefined);
    return this.czxid$(this.pathOf(first)).pipe(
      switchMap((czxid) =>
        czxid !== undefined && czxid < than ? of(first) : this.firstOlder$(others, than),
      ),
    );
  }

  /** Takes away the `ready` of a round that began then, if that round is over. Emits when it has looked. */
  sweep$(began: bigint): Observable<unknown> {
    const { zk, ready } = this;
    const { path } = this.call;
    // The root first: whatever is swept after this changes its version.
    const swept$ = defer(() => zk.get(path, untilAnswered)).pipe(
      switchMap((root) =>
        this.isOver$(began).pipe(
          switchMap((over): Observable<unknown> => {
            if (!over) return of(false);
            const { version } = root.stat;
            const operations = [set(path, root.data, { version }), remove(ready)] as const;
            return zk.transaction(operations, untilAnswered);
          }),
        ),
      ),
    );
    return this.asked$(() => swept$).pipe(
      catchError((error: unknown) => (isOvertaken(error) ? of(false) : throwError(() => error))),
    );
  }

  private isOver$(began: bigint): Observable<boolean> {
    return this.began$().pipe(
      switchMap((now) =>
        now === began
          ? this.names$().pipe(
              switchMap((names) => this.firstOlder$(names, began)),
              map((older) => older === undefined),
            )
          : of(false),
      ),
    );
  }

  private czxid$(path: string): Observable<bigint | undefined> {
    return this.asked$(() => this.zk.exists(path, untilAnswered)).pipe(map((stat) => stat?.czxid));
  }

  private asked$<T>(request: () => Observable<T>): Observable<T> {
    return persist$(this.zk, { ...this.call, request });
  }
}

/** Somebody else has swept, or the barrier itself is gone. */
function isOvertaken(error: unknown): boolean {
  if (error instanceof NoNodeError) return true;
  return (
    error instanceof TransactionError &&
    (error.code === errorCodes.BadVersion || error.code === errorCodes.NoNode)
  );
}
