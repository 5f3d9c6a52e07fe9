/**
 * Migrations: changes to znodes that are made once, in their order, each together with its record.
 *
 * Theory of operation. The records are the children of `<metaDataPath>/<id>`, one for each migration that was made, and say what it was
 * (`migration-hash.ts`). Whoever migrates takes Curator's lock at `<lockPath>/<id>` (an `InterProcessSemaphoreMutex`), reads the records,
 * compares them with the migrations that it knows, and makes those that have none: each in one transaction that also checks that the
 * znode of the lock is still there, and writes the record. So a migration and its record are there both or not at all, and whoever has lost
 * the lock makes nothing any more, however late it notices. After every loss it begins again from the start, and what a lost reply left
 * open is read from the records.
 */

import {
  catchError,
  concat,
  concatMap,
  defer,
  from,
  ignoreElements,
  map,
  type Observable,
  of,
  retry,
  switchMap,
  take,
  takeLast,
  throwError,
  throwIfEmpty,
  toArray,
} from 'rxjs';
import { awaitable } from '../../client/awaitable.js';
import { type Request } from '../../client/request.js';
import { check, create } from '../../client/transaction-builders.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import {
  LockLostError,
  MigrationError,
  SessionClosedError,
  TimeoutError,
} from '../../errors/client-errors.js';
import { NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { joinPath } from '../../path.js';
import { abortable } from '../../rx/abortable.js';
import { migrationHash } from './migration-hash.js';
import {
  checkMigrating,
  type MigrateOptions,
  type Migration,
  type MigrationSet,
} from './migration-set.js';
import { type RecipeCall } from '../core/options.js';
import { makeParents$ } from '../core/parents.js';
import { beforeRetry$, untilAnswered } from '../core/persist.js';
import { semaphore$ } from '../locks/semaphore.js';
import { inQueueOrder } from '../core/sequence.js';
import { whileHeld } from '../held/while-held.js';

const marker = 'meta-';

/**
 * Makes the migrations of a set that were not made yet, in their order, and answers how many those were.
 *
 * ```
 * a   lock  read []       make 1, 2   → 2
 * b   lock  (waits)                     read [1, 2]   → 0
 * ```
 *
 * Each migration is one transaction, together with its record: it is made exactly once, by whichever process comes first,
 * whatever is cut, lost or paused meanwhile. If one is refused, those before it stay, and the next call goes on with it. A
 * lost connection is ridden out. Java processes that use Curator's `MigrationManager` with the same operations take part (it makes
 * all that are missing in one transaction).
 * What is not promised: that a migration fits into a request (`maxFrameBytes`); make several of one that does not.
 *
 * @param set - the migrations, and where they are locked and recorded: `<lockPath>/<id>`, `<metaDataPath>/<id>/meta-<number>`
 * @emits the number of migrations that were missing and are made now; one whose reply was lost is counted
 * @completes after the answer, when the lock is given back
 * @errors {@link MigrationError} if what is recorded is not what the set says, or an operation is refused (its `cause` is the
 * `TransactionError`); `TimeoutError` if the lock is not had within `waitMs`; `LimitExceededError`; the signal's reason; `NoAuthError`;
 * `AuthFailedError`; `SessionClosedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription migrates
 * @example
 * await migrate(zk, {
 *   id: 'shop', lockPath: '/migrations/locks', metaDataPath: '/migrations/done',
 *   migrations: [{ operations: [create('/shop'), create('/shop/orders')] }],
 * });
 */
export function migrate(
  zk: ZooKeeper,
  set: MigrationSet,
  options: MigrateOptions = {},
): Request<number> {
  return awaitable(
    defer(() => {
      checkMigrating(set, options);
      const { signal, ...waiting } = options;
      const run = new MigrationRun(zk, set);
      const lockPath = joinPath(set.lockPath, set.id);
      const how = { ...waiting, layout: 'curator', maxLeases: 1 } as const;
      return semaphore$(zk, lockPath, how).pipe(
        whileHeld(({ path }) => run.under$(path)),
        takeLast(1),
        throwIfEmpty(() => new SessionClosedError(run.call)),
        retry({ delay: (error) => beforeNextRun$(zk, error) }),
        abortable(signal),
      );
    }),
  );
}

/** Emits when it may begin again; errs if it must not. */
function beforeNextRun$(zk: ZooKeeper, error: unknown): Observable<unknown> {
  if (error instanceof LockLostError) return of(true);
  // The only one with a limit is waiting for the lock.
  return error instanceof TimeoutError ? throwError(() => error) : beforeRetry$(zk, error);
}

/** One subscription. */
class MigrationRun {
  readonly call: RecipeCall;
  private readonly hashes: readonly Uint8Array[];
  /** How many were there when we looked first. */
  private found: number | undefined;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly set: MigrationSet,
  ) {
    this.call = { operation: 'migrate', path: joinPath(set.metaDataPath, set.id) };
    this.hashes = set.migrations.map(({ operations }) => migrationHash(operations));
  }

  /** Makes what is missing, under the lock whose znode this is; emits how many that were. */
  under$(lock: string): Observable<number> {
    return this.records$().pipe(
      switchMap((records) => {
        this.compare(records);
        this.found ??= records.length;
        const answer$ = of(this.set.migrations.length - this.found);
        const missing = this.set.migrations.slice(records.length);
        if (missing.length === 0) return answer$;
        const { path } = this.call;
        const ready$ = makeParents$(this.zk, path, { parents: 'container', call: this.call });
        const made$ = missing.map((one, i) => this.make$(one, records.length + i, lock));
        return concat(concat(ready$.pipe(take(1)), ...made$).pipe(ignoreElements()), answer$);
      }),
    );
  }

  /** What is recorded, in the order in which it was. */
  private records$(): Observable<readonly (Uint8Array | null)[]> {
    const { path } = this.call;
    return this.zk.children(path, untilAnswered).pipe(
      catchError((error: unknown) =>
        error instanceof NoNodeError ? of([]) : throwError(() => error),
      ),
      switchMap((names) => from(inQueueOrder(names, [marker]))),
      concatMap(({ name }) => this.zk.get(joinPath(path, name), untilAnswered)),
      map(({ data }) => data),
      toArray(),
      // One was removed since it was listed: the next list is without it.
      retry({
        delay: (error: unknown) =>
          error instanceof NoNodeError ? of(true) : throwError(() => error),
      }),
    );
  }

  private compare(records: readonly (Uint8Array | null)[]): void {
    const { migrations } = this.set;
    const known = migrations.length;
    if (records.length > known) {
      const reason = `${String(records.length)} migrations are recorded, but only ${String(known)} are known: this program is older than another, or one was removed`;
      throw this.error({ reason, index: known });
    }
    records.forEach((record, index) => {
      if (isSame(record, this.hashes[index])) return;
      const reason = `${this.nameOf(index)} is not what was recorded: it was changed, or another one was put before it`;
      throw this.error({ reason, index });
    });
  }

  private make$(migration: Migration, index: number, lock: string): Observable<unknown> {
    const operations = [
      check(lock),
      ...migration.operations,
      create(joinPath(this.call.path, marker), this.hashes[index], {
        sequential: true,
      }),
    ];
    return this.zk
      .transaction(operations, untilAnswered)
      .pipe(catchError((error: unknown) => throwError(() => this.refused(error, index))));
  }

  private refused(cause: unknown, index: number): unknown {
    if (!(cause instanceof TransactionError)) return cause;
    const refusal = cause.errors[cause.index];
    if (cause.index === 0 && refusal instanceof NoNodeError) {
      return new LockLostError(0n, { ...this.call, cause });
    }
    const what = `operation ${String(cause.index)} of ${this.nameOf(index)} was refused`;
    return this.error({ reason: `${what}, ${refusal?.message ?? cause.message}`, index, cause });
  }

  private nameOf(index: number): string {
    const name = this.set.migrations[index]?.name;
    return `migration ${String(index + 1)}${name === undefined ? '' : ` ("${name}")`}`;
  }

  private error({
    cause,
    ...about
  }: {
    readonly reason: string;
    readonly index: number;
    readonly cause?: unknown;
  }): MigrationError {
    return new MigrationError({ ...about, id: this.set.id }, { ...this.call, cause });
  }
}

function isSame(a: Uint8Array | null, b: Uint8Array | undefined): boolean {
  return a !== null && a.length === b?.length && a.every((byte, i) => byte === b[i]);
}
