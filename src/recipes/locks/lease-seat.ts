/**
 * One place that can be leased for a time, on the znodes of kazoo's `NonBlockingLease`.
 *
 * Theory of operation. `ROOT/lease_holder` is a persistent znode that says who holds the lease and until when; whoever changes
 * it holds the lock at `ROOT` while it does. The lock is lost with the connection, so each change goes together with a check
 * that our znode in the lock's queue is still there, in one transaction: a change that was overtaken is refused. When the
 * answer is lost, the lock is taken anew and the znode is read again. A take makes the znode anew, so that its czxid
 * fences; a renewal only writes it, and only if it is still the one that was made.
 */

import {
  catchError,
  defer,
  map,
  type Observable,
  of,
  switchMap,
  throwError,
  throwIfEmpty,
} from 'rxjs';
import { check, create, remove, set } from '../../client/transaction-builders.js';
import { type TransactionOperation } from '../../client/transaction.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { LockLostError, SessionClosedError } from '../../errors/client-errors.js';
import { BadVersionError, NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { joinPath } from '../../path.js';
import { type Stat } from '../../wire/records.js';
import { acquire$ } from '../held/acquire.js';
import {
  formatRecord,
  type LeaseRecord,
  otherVersion,
  parseRecord,
  wholeSeconds,
} from './lease-record.js';
import { persist$, untilAnswered } from '../core/persist.js';
import { retryLost } from '../held/retry-lost.js';
import { whileHeld } from '../held/while-held.js';

/** Who leases what for how long. */
export interface LeaseTerms {
  readonly root: string;
  readonly holder: string;
  readonly durationMs: number;
  /** How far the clocks of the holders may be apart. */
  readonly skewMarginMs: number;
  /** For error messages. */
  readonly operation: string;
}

/** What was taken. */
export interface Taken {
  /** Zxid that created the znode. */
  readonly fence: bigint;
  /** As written there. */
  readonly endMs: number;
}

interface Found {
  readonly record: LeaseRecord | typeof otherVersion;
  readonly stat: Stat;
  readonly text: string;
}

const decoder = new TextDecoder();

export class LeaseSeat {
  /** Path of the znode that tells who holds the lease. */
  readonly path: string;
  /** Zxid that created the znode that we took. */
  private fence: bigint | undefined;
  /** Takes that were sent and not answered: one of them may stand there. */
  private sent: readonly string[] = [];

  constructor(
    private readonly zk: ZooKeeper,
    private readonly terms: LeaseTerms,
  ) {
    this.path = joinPath(terms.root, 'lease_holder');
  }

  /** Takes the lease if it is free, has ended, or is our own; `undefined` if somebody else has it. */
  take$(): Observable<Taken | undefined> {
    return this.locked$((found, lockPath) => {
      if (found !== undefined && !this.isOurs(found.record)) return of(undefined);
      const { endMs, text } = this.next();
      // Of those before, at most the last has been written.
      this.sent = [...this.sent.slice(-1), text];
      const make = create(this.path, text, { withStat: true });
      const made$ =
        found === undefined
          ? this.send$([check(lockPath), make]).pipe(map(([, made]) => made))
          : this.send$([
              check(lockPath),
              remove(this.path, { version: found.stat.version }),
              make,
            ]).pipe(map(([, , made]) => made));
      return made$.pipe(
        map(({ stat }) => {
          this.fence = stat.czxid;
          this.sent = [];
          return { fence: stat.czxid, endMs };
        }),
      );
    });
  }

  /** Prolongs what was taken; `undefined` if it is not ours any more. */
  renew$({ fence }: Taken): Observable<Taken | undefined> {
    return this.locked$((found, lockPath) => {
      if (found?.stat.czxid !== fence) return of(undefined);
      const { endMs, text } = this.next();
      const { version } = found.stat;
      return this.send$([check(lockPath), set(this.path, text, { version })]).pipe(
        map(() => ({ fence, endMs })),
      );
    });
  }

  /** Gives back what was taken, or may have been. */
  giveBack$(): Observable<unknown> {
    if (this.sent.length === 0 && this.fence === undefined) return of(true);
    return this.locked$<unknown>((found, lockPath) => {
      if (found === undefined) return of(true);
      if (found.stat.czxid !== this.fence && !this.sent.includes(found.text)) return of(true);
      const { version } = found.stat;
      return this.send$([check(lockPath), remove(this.path, { version })]);
    });
  }

  /** Does something under the lock, knowing what is in the znode; again if the lock was lost meanwhile. */
  private locked$<T>(
    work: (found: Found | undefined, lockPath: string) => Observable<T>,
  ): Observable<T> {
    const { root, holder, operation } = this.terms;
    const lock = { path: root, role: 'lock', operation, identifier: holder } as const;
    return acquire$(this.zk, lock).pipe(
      whileHeld(({ path }) =>
        this.find$().pipe(
          switchMap((found) => work(found, path)),
          catchError((error: unknown) => throwError(() => this.overtaken(error))),
        ),
      ),
      retryLost(),
      // The lock is waited for in vain when the client is closed.
      throwIfEmpty(() => new SessionClosedError({ operation, path: root })),
    );
  }

  private find$(): Observable<Found | undefined> {
    const call = { operation: this.terms.operation, path: this.path };
    const request = () => this.zk.get(this.path, untilAnswered);
    return persist$(this.zk, { ...call, request }).pipe(
      map(({ data, stat }) => {
        const text = decoder.decode(data ?? undefined);
        return { record: parseRecord(data, call), stat, text };
      }),
      catchError((error: unknown) =>
        error instanceof NoNodeError ? of(undefined) : throwError(() => error),
      ),
    );
  }

  private isOurs(record: Found['record']): boolean {
    if (record === otherVersion) return false;
    const { holder, skewMarginMs } = this.terms;
    return record.holder === holder || this.zk.scheduler.now() >= record.endMs + skewMarginMs;
  }

  /** What is written now. */
  private next(): { readonly endMs: number; readonly text: string } {
    const { holder, durationMs } = this.terms;
    const endMs = wholeSeconds(this.zk.scheduler.now() + durationMs);
    const text = formatRecord({ holder, endMs });
    return { endMs, text };
  }

  private send$<const T extends readonly TransactionOperation[]>(operations: T) {
    return defer(() => this.zk.transaction(operations, untilAnswered));
  }

  /** A change that was refused because something has changed, or whose answer was lost, is tried again under a new hold of the lock. */
  private overtaken(error: unknown): unknown {
    const cause = error instanceof TransactionError ? error.errors[error.index] : undefined;
    const hasChanged =
      cause instanceof NoNodeError ||
      cause instanceof BadVersionError ||
      cause instanceof NodeExistsError;
    const { root: path, operation } = this.terms;
    return hasChanged ? new LockLostError(0n, { operation, path, cause: error }) : error;
  }
}
