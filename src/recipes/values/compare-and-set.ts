/**
 * Changes a znode's data by compare and set: read, compute, write if nobody wrote in between, else once more.
 *
 * Theory of operation. A write carries the version that was read, so of those who read the same version one gets through,
 * and the others are told (`BadVersion`; `NodeExists` where the znode has to be made). They try again at a random moment of a pause
 * that doubles with each defeat, in units of how long this client's own attempt took: all at once would be a herd, in
 * which n clients need n/2 attempts for each change.
 *
 * The reply to a write can be lost. The version tells that *a* write happened, not whose. So the znode is read again behind a
 * `sync` (by then the write is carried out, or never will be: the server refuses what a session left behind on a
 * connection that it has moved away from):
 *
 * | the znode now                              | our write              |
 * |--------------------------------------------|------------------------|
 * | has the version that we had read           | was not carried out    |
 * | has the next version and other data        | was not carried out    |
 * | does not exist                             | does not matter        |
 * | anything else                              | nobody can know        |
 *
 * What nobody can know is an error, `ConnectionLossError { outcome: 'unknown' }`, unless the caller says that once too often does no
 * harm. Nothing else is sent again.
 */

import {
  catchError,
  defer,
  map,
  type Observable,
  of,
  retry,
  switchMap,
  throwError,
  timer,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { ConnectionLossError, type Outcome } from '../../errors/client-errors.js';
import { BadVersionError, NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { parentPath } from '../../path.js';
import { type Stat } from '../../wire/records.js';
import { decoded } from '../core/decoded.js';
import { type RecipeCall } from '../core/options.js';
import { makeParents$ } from '../core/parents.js';
import { beforeRetry$, mayHaveHappened, persist$, untilAnswered } from '../core/persist.js';

/** A change that was made. */
export interface ValueChange<T> {
  /** The value before, and after. */
  readonly before: T;
  readonly after: T;
  /** Version of the znode's data with which it has the value after. */
  readonly version: number;
}

/** What is changed, and how. */
export interface ChangeOptions<T> {
  /** Reads the data, `null` if there is none, of a znode that may not exist. What it throws becomes a `DecodeError`. */
  readonly decode: (data: Uint8Array | null, exists: boolean) => T;
  /** Makes the new value; may be asked several times. What it throws ends everything. */
  readonly change: (value: T) => T;
  readonly encode: (value: T) => Uint8Array;
  /** Whether a change that may have been made already may be made once more. */
  readonly repeatable: boolean;
  readonly call: RecipeCall;
}

/** What was read. */
interface Seen {
  readonly data: Uint8Array | null;
  /** `undefined`: there is no znode. */
  readonly stat: Stat | undefined;
}

const mostDoublings = 6;
/** The longest pause before the next attempt. */
const maxPauseMs = 1000;

/** One change: subscribe to `change$()` once. */
export class CompareAndSet<T> {
  private seen: Seen = { data: null, stat: undefined };
  private bytes: Uint8Array = new Uint8Array(0);
  private inDoubt = false;
  private defeats = 0;
  private startedAt = 0;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: ChangeOptions<T>,
  ) {}

  /** Whether the change may have been made already. */
  get outcome(): Outcome {
    return this.inDoubt && !this.options.repeatable ? 'unknown' : 'not-sent';
  }

  change$(): Observable<ValueChange<T>> {
    return defer(() => this.attempt$()).pipe(
      retry({ delay: (error) => this.beforeNextAttempt$(error) }),
    );
  }

  private attempt$(): Observable<ValueChange<T>> {
    this.startedAt = this.zk.scheduler.now();
    return this.read$(false).pipe(
      switchMap((seen) => {
        const { decode, change, call } = this.options;
        const before = decoded(seen.data, (data) => decode(data, seen.stat !== undefined), call);
        const after = change(before);
        this.seen = seen;
        this.bytes = this.options.encode(after);
        if (seen.stat !== undefined && areEqual(seen.data, this.bytes)) {
          return of({ before, after, version: seen.stat.version });
        }
        this.inDoubt = true;
        return this.write$(seen).pipe(map(({ version }) => ({ before, after, version })));
      }),
    );
  }

  private read$(afterSync: boolean): Observable<Seen> {
    const { call } = this.options;
    const get$ = this.zk.get(call.path, untilAnswered);
    const request = () =>
      afterSync ? this.zk.sync(call.path, untilAnswered).pipe(switchMap(() => get$)) : get$;
    return persist$<Seen>(this.zk, { ...call, request }).pipe(
      catchError((error: unknown) =>
        error instanceof NoNodeError
          ? of({ data: null, stat: undefined })
          : throwError(() => error),
      ),
    );
  }

  private write$({ stat }: Seen): Observable<Stat> {
    const { zk, bytes } = this;
    const { path } = this.options.call;
    if (stat !== undefined) return zk.set(path, bytes, { version: stat.version, ...untilAnswered });
    return zk
      .create(path, bytes, { withStat: true, ...untilAnswered })
      .pipe(map((made) => made.stat));
  }

  /** Emits when the next attempt may start; errs if there must be none. */
  private beforeNextAttempt$(error: unknown): Observable<unknown> {
    const { call, repeatable } = this.options;
    if (mayHaveHappened(error) && this.inDoubt && !repeatable) return this.settle$(error);
    this.inDoubt = false;
    if (error instanceof BadVersionError || error instanceof NodeExistsError) return this.pause$();
    if (error instanceof NoNodeError) {
      // It was deleted since it was read, or has nothing to stand under.
      return this.seen.stat === undefined
        ? makeParents$(this.zk, parentPath(call.path), { parents: 'persistent', call })
        : of(true);
    }
    return beforeRetry$(this.zk, error);
  }

  private settle$(error: unknown): Observable<unknown> {
    return this.read$(true).pipe(
      map((now) => {
        if (this.mayBeOurs(now)) {
          throw new ConnectionLossError('unknown', { ...this.options.call, cause: error });
        }
        this.inDoubt = false;
        return true;
      }),
    );
  }

  private mayBeOurs({ stat, data }: Seen): boolean {
    const before = this.seen.stat;
    if (stat === undefined) return false;
    if (before !== undefined && before.czxid !== stat.czxid) return true;
    const steps = stat.version - (before?.version ?? -1);
    return steps > 1 || (steps === 1 && areEqual(data, this.bytes));
  }

  private pause$(): Observable<unknown> {
    const attemptMs = Math.max(1, this.zk.scheduler.now() - this.startedAt);
    // The attempt may have waited for a connection, or the clock may have been set meanwhile.
    const mostMs = Math.min(maxPauseMs, attemptMs * 2 ** Math.min(this.defeats++, mostDoublings));
    // The first digits of an id serve as a fraction: whatever is drawn is drawn from the client's own randomness.
    const fraction = parseInt(this.zk.randomId().slice(0, 8), 16) / 2 ** 32;
    return timer(fraction * mostMs, this.zk.scheduler);
  }
}

function areEqual(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
