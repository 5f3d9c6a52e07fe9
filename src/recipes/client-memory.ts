/**
 * What recipes remember of a client over all their subscriptions: which sessions it has had, and which names its own
 * subscriptions have in their hands. It goes with the client.
 */

import { type Observable, type Subscription, tap } from 'rxjs';
import { type ZooKeeper } from '../client/zookeeper.js';

/** Sessions that are remembered. The server ends a session that it does not hear of within seconds: a few would do. */
const maxSessions = 100;

/** What is remembered of one client. */
export interface ClientMemory {
  /** Ids of its sessions, the current one included. */
  readonly sessions: ReadonlySet<bigint>;
  /** Paths that a subscription of this client makes or has made a znode at, each until that is given up for certain. */
  readonly claims: Map<string, Observable<never>>;
  /** Takes notice of the client's sessions while it is subscribed to. */
  watchSessions(): Subscription;
}

class Memory implements ClientMemory {
  readonly sessions = new Set<bigint>();
  readonly claims = new Map<string, Observable<never>>();

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

  private remember(sessionId: bigint): void {
    this.sessions.add(sessionId);
    const [oldest] = this.sessions;
    if (this.sessions.size > maxSessions && oldest !== undefined) this.sessions.delete(oldest);
  }
}

// Recipes see an interface only, so what they share by client has no other place than beside it.
const memories = new WeakMap<ZooKeeper, ClientMemory>();

export function memoryOf(zk: ZooKeeper): ClientMemory {
  const known = memories.get(zk);
  if (known !== undefined) return known;
  const fresh = new Memory(zk);
  memories.set(zk, fresh);
  return fresh;
}
