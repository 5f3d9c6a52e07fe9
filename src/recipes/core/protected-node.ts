/**
 * One ephemeral znode (a sequential one, most of the time) that is made exactly once and deleted for certain.
 *
 * Theory of operation. When the reply to a create is lost, nobody can know whether the znode exists. So its name starts
 * with a random id, used for this znode only. After a lost reply the parent is listed (behind a `sync`, because the next
 * server may lag behind the one that took the create): a child with the id is adopted, else the create is sent again.
 *
 * The znode outlives the subscription that asked for it. `release()` may come at any moment:
 *
 * | when                                 | then                                                             |
 * |--------------------------------------|------------------------------------------------------------------|
 * | nothing was sent yet                 | nothing is sent any more                                         |
 * | the create is on its way, or lost    | its fate is waited for (looked up if lost); the znode is deleted |
 * | the znode exists                     | it is deleted                                                    |
 *
 * The delete is sent again after every lost connection until the server confirms it (`NoNode` does), until the session
 * that owns the znode is over, or until the client is closed. `released$` completes then.
 */

import {
  AsyncSubject,
  defer,
  EMPTY,
  NEVER,
  type Observable,
  of,
  retry,
  Subject,
  Subscription,
  switchMap,
} from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { type OwnNode, type OwnNodeOptions } from './own-node.js';
import { createOwn$ } from './create-own.js';
import { findOwn$ } from './find-own.js';
import { gone$ } from './gone.js';
import { guaranteedDelete$ } from './guaranteed-delete.js';
import { makeParents$ } from './parents.js';
import { beforeRetry$, mayHaveHappened, writable$ } from './persist.js';

/** One znode's life: `make` once, `release` once or more often. */
export class ProtectedNode {
  private readonly made = new AsyncSubject<OwnNode>();
  private readonly released = new Subject<never>();
  private making = Subscription.EMPTY;
  private own: OwnNode | undefined;
  private releasing = false;
  /** From sending the create to a definite answer: it may exist without our knowing its name. */
  private mayExist = false;

  /** Completes when the znode is certain to be gone; replays its completion. */
  readonly released$: Observable<never> = this.released.asObservable();

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: OwnNodeOptions,
  ) {}

  /** Makes the znode and emits it. Unsubscribing alone stops nothing: `release` does. */
  make(): Observable<OwnNode> {
    this.making = defer(() => this.attempt$())
      .pipe(retry({ delay: (error) => this.beforeNextAttempt$(error) }))
      .subscribe({
        next: (own) => {
          this.own = own;
          this.mayExist = false;
          if (this.releasing) this.remove(own);
          this.made.next(own);
          this.made.complete();
        },
        error: (error: unknown) => {
          this.made.error(error);
          this.released.complete();
        },
        complete: () => {
          if (this.own === undefined) this.released.complete();
        },
      });
    return this.made;
  }

  /** Completes when the znode that was made is gone, whoever deleted it. */
  gone$(): Observable<never> {
    if (this.own === undefined) return NEVER;
    return gone$(this.zk, joinPath(this.options.root, this.own.name), this.released$);
  }

  /** Gives the znode up, whatever stage it is in. */
  release(): void {
    if (this.releasing) return;
    this.releasing = true;
    if (this.own !== undefined) {
      this.remove(this.own);
    } else if (!this.mayExist) {
      this.making.unsubscribe();
      this.released.complete();
    }
  }

  private attempt$(): Observable<OwnNode> {
    if (!this.mayExist) return this.create$();
    return findOwn$(this.zk, this.options).pipe(
      switchMap((found) => {
        if (found !== undefined) return of(found);
        this.mayExist = false;
        return this.create$();
      }),
    );
  }

  private create$(): Observable<OwnNode> {
    if (this.releasing) return EMPTY;
    return writable$(this.zk, this.options.call).pipe(
      switchMap(() => {
        this.mayExist = true;
        return createOwn$(this.zk, this.options);
      }),
    );
  }

  /** Emits when the next attempt may start, completes if none is wanted, errs if there must be none. */
  private beforeNextAttempt$(error: unknown): Observable<unknown> {
    if (!mayHaveHappened(error)) {
      this.mayExist = false;
      // Released, and certain that there is no znode: that is all.
      if (this.releasing) return EMPTY;
    }
    if (error instanceof NoNodeError) {
      const { root, parents = 'persistent', makeRoot, call } = this.options;
      return makeRoot?.() ?? makeParents$(this.zk, root, { parents, call });
    }
    return beforeRetry$(this.zk, error);
  }

  private remove({ name, sessionId }: OwnNode): void {
    const { root, call } = this.options;
    const target = { operation: call.operation, path: joinPath(root, name), sessionId };
    const done = () => {
      this.released.complete();
    };
    guaranteedDelete$(this.zk, target).subscribe({ error: done, complete: done });
  }
}
