/** sessionLease$ in a process that is paused between being told that the session lives and beginning to watch it. */

import { NEVER } from 'rxjs';
import { createSessionLease } from '../../../src/client/live/session-lease.js';
import { type SessionObserver } from '../../../src/session/session.js';
import { FakeHost, FakeSession } from './fake-session.js';

/** The deadline passes right before somebody observes, and the session says so at once. */
class LateSession extends FakeSession {
  override observe(observer: SessionObserver): () => void {
    const stop = super.observe(observer);
    observer.onRevoke?.('deadline');
    return stop;
  }
}

describe('sessionLease$ whose deadline passes while it starts', () => {
  it.each(['suspended', 'lease'] as const)('errs, and leaves nothing behind (%s)', (giveUp) => {
    const session = new LateSession();
    const host = new FakeHost(session);
    const seen: string[] = [];
    createSessionLease(host)({
      fence: 5n,
      sessionId: 7n,
      giveUp,
      released$: NEVER,
      operation: 'lock$',
      path: '/locks/a',
    }).subscribe({
      next: () => seen.push('held'),
      error: (error: Error) => seen.push(error.name),
    });
    expect(seen).toEqual(['LockLostError']);
    expect([session.observers.size, host.holders]).toEqual([0, 0]);
  });
});
