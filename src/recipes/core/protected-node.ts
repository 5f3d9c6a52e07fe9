/**
 * One ephemeral znode (a sequential one, most of the time) that is made exactly once and deleted for certain.
 *
 * Theory of operation. When the reply to a create is lost, nobody can know whether the znode exists. So its name starts
 * with a random id, used for this znode only. After a lost reply the parent is listed (behind a `sync`, because the next
 * server may lag behind the one that took the create): a child with the id is adopted, else the create is sent again.
 *
 * The znode outlives the subscription that asked for it, see `own-life.ts`. Its delete is sent again after every lost
 * connection until the server confirms it (`NoNode` does), until the session that owns the znode is over, or until the
 * client is closed.
 */

import { EMPTY, NEVER, type Observable, of, switchMap } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { NoNodeError } from '../../errors/server-error.js';
import { joinPath } from '../../path.js';
import { type OwnNode, type OwnNodeOptions } from './own-node.js';
import { createOwn$ } from './create-own.js';
import { findOwn$ } from './find-own.js';
import { gone$ } from './gone.js';
import { guaranteedDelete$ } from './guaranteed-delete.js';
import { OwnLife } from './own-life.js';
import { makeParents$ } from './parents.js';
import { beforeRetry$, writable$ } from './persist.js';

/** One znode's life: `make` once, `release` once or more often. */
export class ProtectedNode {
  private readonly life = new OwnLife<OwnNode>((own) => this.remove$(own));
  /** Completes when the znode is certain to be gone; replays its completion. */
  readonly released$ = this.life.released$;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly options: OwnNodeOptions,
  ) {}

  /** Makes the znode and emits it. Unsubscribing alone stops nothing: `release` does. */
  make(): Observable<OwnNode> {
    return this.life.begin(
      this.life.attempts$({
        attempt$: () => this.attempt$(),
        beforeNext$: (error) => this.beforeNext$(error),
      }),
    );
  }

  /** Completes when the znode that was made is gone, whoever deleted it. */
  gone$(): Observable<never> {
    const { own } = this.life;
    if (own === undefined) return NEVER;
    return gone$(this.zk, joinPath(this.options.root, own.name), this.released$);
  }

  /** Gives the znode up, whatever stage it is in. */
  release(): void {
    this.life.release();
  }

  private attempt$(): Observable<OwnNode> {
    if (!this.life.inDoubt) return this.create$();
    return findOwn$(this.zk, this.options).pipe(
      switchMap((found) => {
        if (found !== undefined) return of(found);
        this.life.inDoubt = false;
        return this.create$();
      }),
    );
  }

  private create$(): Observable<OwnNode> {
    if (this.life.isReleasing) return EMPTY;
    return writable$(this.zk, this.options.call).pipe(
      switchMap(() => {
        this.life.inDoubt = true;
        return createOwn$(this.zk, this.options);
      }),
    );
  }

  private beforeNext$(error: unknown): Observable<unknown> {
    if (error instanceof NoNodeError) {
      const { root, parents = 'persistent', makeRoot, call } = this.options;
      return makeRoot?.() ?? makeParents$(this.zk, root, { parents, call });
    }
    return beforeRetry$(this.zk, error);
  }

  private remove$({ name, sessionId }: OwnNode): Observable<unknown> {
    const { root, call } = this.options;
    const path = joinPath(root, name);
    return guaranteedDelete$(this.zk, { operation: call.operation, path, sessionId });
  }
}
