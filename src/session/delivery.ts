/**
 * Delivers what happens to a session, one event after the other and each in two phases.
 *
 * First whoever guards something is told to give it up; then the state changes; then requests that cannot go on are
 * failed; and only then the new state is shown. An event that is caused from inside a delivery waits until that delivery
 * is over, so all observers see all states, in the same order.
 */

import { type Revocation, type SessionObserver } from './session.js';
import { causeOf, isToldOf, nextState, type SessionEvent, type SessionState } from './state.js';

interface Delivery {
  readonly event: SessionEvent;
  /** Done between the two phases. */
  readonly between: (() => void) | undefined;
}

export class StateDelivery {
  state: SessionState = { status: 'connecting' };
  private readonly observers = new Set<SessionObserver>();
  private readonly queue: Delivery[] = [];
  private delivering = false;
  private guards = 0;

  /** `onFirstGuard` is called when an observer comes that wants to know of revocations and none was there. */
  constructor(private readonly onFirstGuard: () => void) {}

  /** Why there is no connection, as far as that is known. */
  get cause(): Error | undefined {
    return causeOf(this.state);
  }

  /** Whether anybody wants to know of revocations. */
  get isGuarding(): boolean {
    return this.guards > 0;
  }

  observe(observer: SessionObserver): () => void {
    this.observers.add(observer);
    if (observer.onRevoke !== undefined && this.guards++ === 0) this.onFirstGuard();
    return () => {
      if (this.observers.delete(observer) && observer.onRevoke !== undefined) this.guards--;
    };
  }

  push(event: SessionEvent, between?: () => void): void {
    this.queue.push({ event, between });
    if (this.delivering) return;
    this.delivering = true;
    try {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift())
        this.deliver(next);
    } finally {
      this.delivering = false;
    }
  }

  revoke(reason: Revocation): void {
    this.tell((observer) => observer.onRevoke?.(reason));
  }

  watchesRestored(): void {
    this.tell((observer) => observer.onWatchesRestored?.());
  }

  private deliver({ event, between }: Delivery): void {
    const before = this.state;
    const after = nextState(before, event);
    const told = isToldOf(before, after, event);
    const reason = told ? revocation(before, after) : undefined;
    if (reason !== undefined) this.revoke(reason);
    this.state = after;
    between?.();
    if (told) this.tell((observer) => observer.onState?.(after));
  }

  private tell(inform: (observer: SessionObserver) => void): void {
    for (const observer of [...this.observers]) {
      // One that left meanwhile is not told any more.
      if (this.observers.has(observer)) inform(observer);
    }
  }
}

/** Why leases end at this step, if they do. */
function revocation(before: SessionState, after: SessionState): Revocation | undefined {
  if (after.status === 'suspended') return 'suspended';
  if (after.status === 'connected' || after.status === 'connecting') return undefined;
  return before.status === 'connected' || before.status === 'suspended' ? 'ended' : undefined;
}
