/**
 * One ephemeral znode of a given name: made as soon as the name is free, written to, and deleted for certain.
 *
 * Theory of operation. Unlike a `ProtectedNode` it cannot be told from others by its name, so it is told by its owner and by the
 * zxid that created it. Whatever stands under the name is judged behind a `sync`, after a refused create as well as after one
 * whose reply was lost:
 *
 * | who owns what stands there               | then                                                               |
 * |------------------------------------------|--------------------------------------------------------------------|
 * | this client's current session            | it is ours: the reply to its create was lost                       |
 * | an earlier session of this client        | stale: replaced in one transaction, if it is still as it was seen  |
 * | anybody else, and `replace` says so      | the same                                                           |
 * | anybody else                             | waited for, with a read that leaves no watch behind                |
 * | another subscription of this client      | waited for: it has claimed the path (`client-memory.ts`)           |
 *
 * Writes and deletes name the version last seen, and are sent again (after a lost reply, or when the version was another one)
 * only if the znode that was made still stands there. `release()` may come at any moment, see `own-life.ts`.
 */

import { EMPTY, endWith, map, NEVER, type Observable, of, ReplaySubject, switchMap } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NodeExistsError, NoNodeError } from '../../errors/server-error.js';
import { parentPath } from '../../path.js';
import { firstToComplete$ } from '../../rx/first-to-complete.js';
import { type Stat } from '../../wire/records.js';
import { memoryOf } from './client-memory.js';
import {
  type NamedNodeOptions,
  goneOwn$,
  type NamedOwn,
  namedOwn,
  removeOwn$,
  writeOwn$,
} from './named-own.js';
import { OwnLife } from '../core/own-life.js';
import { makeParents$ } from '../core/parents.js';
import { beforeRetry$, persist$, sessionOver$, untilAnswered, writable$ } from '../core/persist.js';
import { replaceNode$ } from './replace-node.js';

/** How far it has come. */
export type NamedStanding =
  | { readonly status: 'blocked'; readonly owner: bigint }
  | { readonly status: 'standing'; readonly own: NamedOwn };

/** One znode's life: `make` once, `release` once or more often. */
export class NamedNode {
  private readonly life = new OwnLife<NamedOwn>((own) =>
    removeOwn$(this.zk, { own, call: this.options.call }),
  );
  private readonly standing = new ReplaySubject<NamedStanding>(1);
  /** Something stands there: look before creating. */
  private isTaken = false;

  /** Completes when the znode is certain to be gone; replays its completion. */
  readonly released$ = this.life.released$;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: NamedNodeOptions,
  ) {
    const memory = memoryOf(zk);
    const sessions = memory.watchSessions();
    const free = () => {
      sessions.unsubscribe();
      memory.unclaim(options.path, this.released$);
    };
    // The first to be told: whoever is told later finds the path free.
    this.released$.subscribe({ error: free, complete: free });
  }

  /** Makes the znode: emits what is in the way, then how it stands, and completes. Unsubscribing alone stops nothing. */
  make(): Observable<NamedStanding> {
    const attempts$ = this.life.attempts$({
      attempt$: () => this.attempt$(),
      beforeNext$: (error) => this.beforeNext$(error),
    });
    this.life
      .begin(
        this.claim$().pipe(
          switchMap(() => {
            const made = this.options.made?.();
            return made === undefined ? attempts$ : of(made);
          }),
        ),
      )
      .pipe(map((own): NamedStanding => ({ status: 'standing', own })))
      .subscribe(this.standing);
    return this.standing;
  }

  /** Writes data; completes when they are written, or when the znode is found to be gone. */
  write$(data: NamedOwn['written']): Observable<never> {
    const { own } = this.life;
    if (own === undefined || own.written === data) return EMPTY;
    return writeOwn$(this.zk, { own, data, call: this.options.call });
  }

  /** Completes when the znode that was made is gone, whoever deleted it. Should it not be readable, nothing is noticed. */
  gone$(): Observable<never> {
    const { own } = this.life;
    if (own === undefined) return NEVER;
    return goneOwn$(this.zk, own);
  }

  /** Gives the znode up, whatever stage it is in. */
  release(): void {
    this.life.release();
  }

  /** Emits once no other subscription of this client has the path. */
  private claim$(): Observable<unknown> {
    const { path } = this.options;
    return memoryOf(this.zk).claim$(path, {
      until$: this.released$,
      blocked: () => {
        this.tellBlocked(this.zk.session?.id ?? 0n);
      },
    });
  }

  private attempt$(): Observable<NamedOwn> {
    if (!this.life.inDoubt && !this.isTaken) return this.create$();
    const { path, call } = this.options;
    const request = () =>
      this.zk.sync(path, untilAnswered).pipe(switchMap(() => this.zk.exists(path, untilAnswered)));
    return persist$(this.zk, { ...call, request }).pipe(switchMap((stat) => this.judge$(stat)));
  }

  private create$(): Observable<NamedOwn> {
    this.life.inDoubt = false;
    this.isTaken = false;
    if (this.life.isReleasing) return EMPTY;
    const { path, acl } = this.options;
    return writable$(this.zk, this.options.call).pipe(
      switchMap(() => {
        this.life.inDoubt = true;
        const written = this.options.data();
        const how = { mode: 'ephemeral', withStat: true, ...(acl && { acl }) } as const;
        return this.zk
          .create(path, written, { ...how, ...untilAnswered })
          .pipe(map(({ stat }) => this.ownOf(stat, written)));
      }),
    );
  }

  /** What to do about what stands there. */
  private judge$(stat: Stat | null): Observable<NamedOwn> {
    if (stat === null) return this.create$();
    const owner = stat.ephemeralOwner;
    if (owner !== 0n && owner === this.zk.session?.id) return of(this.ownOf(stat));
    const isStale = memoryOf(this.zk).sessions.has(owner);
    if (this.life.isReleasing) return isStale ? of(this.ownOf(stat)) : EMPTY;
    return replaceNode$(this.zk, {
      ...this.options,
      ...(isStale && { replace: true }),
      stat,
      beforeSending: () => {
        this.life.inDoubt = true;
      },
    }).pipe(
      switchMap((done) =>
        done === undefined ? this.blocked$(owner) : of(this.ownOf(done.stat, done.written)),
      ),
    );
  }

  /** Waits for what stands there to go, and creates. */
  private blocked$(owner: bigint): Observable<NamedOwn> {
    this.life.inDoubt = false;
    this.tellBlocked(owner);
    const sessionId = this.zk.session?.id ?? 0n;
    const waits = [this.zk.deleted$(this.options.path), sessionOver$(this.zk, sessionId)];
    return firstToComplete$(waits).pipe(
      endWith(true),
      switchMap(() => this.create$()),
    );
  }

  private beforeNext$(error: unknown): Observable<unknown> {
    if (error instanceof NodeExistsError) {
      this.isTaken = true;
      return of(true);
    }
    if (error instanceof NoNodeError) {
      const { path, parents, call } = this.options;
      return makeParents$(this.zk, parentPath(path), { parents, call });
    }
    return beforeRetry$(this.zk, error);
  }

  private ownOf(stat: Stat, written?: NamedOwn['written']): NamedOwn {
    return namedOwn({ path: this.options.path, stat, written });
  }

  private tellBlocked(owner: bigint): void {
    this.standing.next({ status: 'blocked', owner });
  }
}
