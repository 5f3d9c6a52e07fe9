/**
 * What recipes remember of a client over all their subscriptions: which sessions it has had, and which names its own
 * subscriptions have in their hands. It goes with the client.
 */

import { defer, endWith, type Observable, of, type Subscription, switchMap, tap } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';

/** Sessions that are remembered. The server ends a session that it does not hear of within seconds: a few would do. */
const maxSessions = 100;

/** Who wants a path for itself. */
export interface Claim {
  /** Completes when the caller has given the path up for certain. */
  readonly until$: Observable<never>;
  /** Called when it has to wait. */
  readonly blocked: () => void;
}

/** What is remembered of one client. */
export interface ClientMemory {
  /** Ids of its sessions, the current one included. */
  readonly sessions: ReadonlySet<bigint>;
  /** Emits when no other subscription of this client has a znode at the path; from then on it is the caller's. */
  claim$(path: string, claim: Claim): Observable<unknown>;
  /** Whether some subscription of this client has the path. */
  isClaimed(path: string): boolean;
  /** Claims a path that is free, without waiting for one that is not, and gives it free when `until$` ends. */
  hold(path: string, until$: Claim['until$']): void;
  /** Gives a path free, if it is this one's. */
  unclaim(path: string, until$: Claim['until$']): void;
  /** Takes notice of the client's sessions while it is subscribed to. */
  watchSessions(): Subscription;
}

class Memory implements ClientMemory {
  readonly sessions = new Set<bigint>();
  private readonly claims = new Map<string, Claim['until$']>();

  constructor(private readonly zk: ZooKeeper) {}

  watchSessions(): Subscription {
    return this.zk.state$
      .pipe(
        tap((state) => {
          if ('sessionId' in state) this.remember(state.sessionId);
        }),
      )
      .subscribe({ error: () => undefined });
  }

  isClaimed(path: string): boolean {
    return this.claims.has(path);
  }

  claim$(path: string, claim: Claim): Observable<unknown> {
    return defer(() => {
      const claimed$ = this.claims.get(path);
      if (claimed$ === undefined) {
        this.claims.set(path, claim.until$);
        return of(true);
      }
      claim.blocked();
      return claimed$.pipe(
        endWith(true),
        switchMap(() => this.claim$(path, claim)),
      );
    });
  }

  hold(path: string, until$: Claim['until$']): void {
    if (this.claims.has(path)) return;
    this.claims.set(path, until$);
    const free = () => {
      this.unclaim(path, until$);
    };
    until$.subscribe({ error: free, complete: free });
  }

  unclaim(path: string, until$: Claim['until$']): void {
    if (this.claims.get(path) === until$) this.claims.delete(path);
  }

  private remember(sessionId: bigint): void {
    this.sessions.add(sessionId);
    const [oldest] = this.sessions;
    if (this.sessions.size > maxSessions && oldest !== undefined) this.sessions.delete(oldest);
  }
}

/** The memory as the recipes of one view use it: with paths that are the view's. */
class RootedMemory implements ClientMemory {
  constructor(
    private readonly prefix: string,
    private readonly whole: Memory,
  ) {}

  get sessions(): ReadonlySet<bigint> {
    return this.whole.sessions;
  }

  claim$(path: string, claim: Claim): Observable<unknown> {
    return this.whole.claim$(this.prefix + path, claim);
  }

  isClaimed(path: string): boolean {
    return this.whole.isClaimed(this.prefix + path);
  }

  hold(path: string, until$: Claim['until$']): void {
    this.whole.hold(this.prefix + path, until$);
  }

  unclaim(path: string, until$: Claim['until$']): void {
    this.whole.unclaim(this.prefix + path, until$);
  }

  watchSessions(): Subscription {
    return this.whole.watchSessions();
  }
}

// Recipes see an interface only, so what they share by client has no other place than beside it. A client and the views of its
// namespaces are one: they have the same session, and the same stream of its states.
const memories = new WeakMap<ZooKeeper['state$'], Memory>();

export function memoryOf(zk: ZooKeeper): ClientMemory {
  const known = memories.get(zk.state$) ?? new Memory(zk);
  memories.set(zk.state$, known);
  return zk.chroot === '' ? known : new RootedMemory(zk.chroot, known);
}
