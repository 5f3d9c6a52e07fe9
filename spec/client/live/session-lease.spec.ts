/** sessionLease$ over a scripted session and clocks that the spec sets. */

import { NEVER, type Subscription, VirtualTimeScheduler } from 'rxjs';
import { type Lease } from '../../../src/client/lease.js';
import { createSessionLease } from '../../../src/client/live/session-lease.js';
import { type SessionLeaseOptions } from '../../../src/client/zookeeper.js';
import {
  ConnectionLossError,
  InvalidOptionError,
  LockLostError,
  SessionClosedError,
  SessionExpiredError,
  TimeoutError,
} from '../../../src/errors/client-errors.js';
import { type Revocation } from '../../../src/session/session.js';
import { connected, FakeHost, FakeSession } from './fake-session.js';

/** The session's timeout is 9000 ms, so a lease lasts 6000 ms from the newest acknowledged request. */
class Bench {
  readonly scheduler = new VirtualTimeScheduler();
  readonly session = new FakeSession();
  readonly host = new FakeHost(this.session, { scheduler: this.scheduler });
  readonly events: string[] = [];
  readonly errors: LockLostError[] = [];
  lease: Lease | undefined;
  subscription: Subscription | undefined;

  hold(options: Partial<SessionLeaseOptions> = {}): Lease {
    this.subscribe(options);
    if (this.lease === undefined) throw new Error('no lease');
    return this.lease;
  }

  subscribe(options: Partial<SessionLeaseOptions> = {}): void {
    const all: SessionLeaseOptions = {
      fence: 5n,
      sessionId: 7n,
      released$: NEVER,
      operation: 'lock$',
      path: '/locks/a',
      ...options,
    };
    this.subscription = createSessionLease(this.host)(all).subscribe({
      next: (lease) => {
        this.lease = lease;
        lease.signal.addEventListener('abort', () => this.events.push('aborted'));
        this.events.push('held');
      },
      error: (error: unknown) => {
        // Each spec looks at its class.
        this.errors.push(error as LockLostError);
        this.events.push('lost');
      },
    });
  }

  revoke(reason: Revocation): void {
    for (const observer of [...this.session.observers]) observer.onRevoke?.(reason);
  }

  /** Moves the clocks and runs what is due. */
  advance(ms: number): void {
    this.setClocks(this.session.now.monotonicMs + ms);
    this.scheduler.maxFrames = this.session.now.monotonicMs;
    this.scheduler.flush();
  }

  setClocks(monotonicMs: number, wallMs = monotonicMs): void {
    this.session.now.monotonicMs = monotonicMs;
    this.session.now.wallMs = wallMs;
  }

  acknowledge(atMs: number): void {
    this.session.leaseClock.acknowledge({ monotonicMs: atMs, wallMs: atMs });
  }
}

describe('sessionLease$', () => {
  it('emits a lease at once and holds the session open', () => {
    const bench = new Bench();
    const lease = bench.hold();
    expect([lease.fence, lease.valid(), lease.remainingMs()]).toEqual([5n, true, 6000]);
    expect(lease.signal.aborted).toBe(false);
    expect(() => {
      lease.throwIfExpired();
    }).not.toThrow();
    expect([bench.host.holders, bench.session.observers.size]).toEqual([1, 1]);
  });

  it.each<[string, (bench: Bench) => void, abstract new (...args: never[]) => Error]>([
    ['another session', ({ session }) => (session.identity = undefined), SessionExpiredError],
    [
      'a suspended session',
      ({ session }) => {
        session.suspend();
      },
      ConnectionLossError,
    ],
    [
      'a closed session',
      ({ session }) => {
        session.enter({ status: 'closed' });
      },
      SessionClosedError,
    ],
    ['a closed client', ({ host }) => (host.isClosed = true), SessionClosedError],
    [
      'a deadline that has passed',
      (bench) => {
        bench.setClocks(6000);
      },
      TimeoutError,
    ],
  ])('errs at once on %s', (_name, spoil, cause) => {
    const bench = new Bench();
    spoil(bench);
    bench.subscribe();
    expect(bench.events).toEqual(['lost']);
    expect(bench.errors[0]).toBeInstanceOf(LockLostError);
    expect(bench.errors[0]).toMatchObject({ fence: 5n, operation: 'lock$', path: '/locks/a' });
    expect(bench.errors[0]?.cause).toBeInstanceOf(cause);
    expect(bench.host.holders).toBe(0);
  });

  it.each<[Revocation, abstract new (...args: never[]) => Error]>([
    ['suspended', ConnectionLossError],
    ['deadline', TimeoutError],
    ['ended', SessionExpiredError],
  ])('ends in the revoke phase: %s', (reason, cause) => {
    const bench = new Bench();
    const lease = bench.hold();
    bench.revoke(reason);
    expect(bench.events).toEqual(['held', 'aborted', 'lost']);
    expect(bench.errors[0]?.cause).toBeInstanceOf(cause);
    expect(lease.signal.reason).toBe(bench.errors[0]);
    expect([lease.valid(), lease.remainingMs()]).toEqual([false, 0]);
    expect(() => {
      lease.throwIfExpired();
    }).toThrow(bench.errors[0]);
    expect([bench.host.holders, bench.session.observers.size]).toEqual([0, 0]);
  });

  it('aborts the signal also for those who ask for it afterwards', () => {
    const bench = new Bench();
    let held: Lease | undefined;
    createSessionLease(bench.host)({
      fence: 5n,
      sessionId: 7n,
      released$: NEVER,
      operation: 'lock$',
      path: '/a',
    }).subscribe({ next: (lease) => (held = lease), error: () => undefined });
    bench.revoke('suspended');
    expect(held?.signal.aborted).toBe(true);
    expect(held?.signal.reason).toBeInstanceOf(LockLostError);
  });

  it('ends when it is unsubscribed: aborted, but nothing is lost', () => {
    const bench = new Bench();
    const lease = bench.hold({ giveUp: 'lease' });
    bench.subscription?.unsubscribe();
    expect(bench.events).toEqual(['held', 'aborted']);
    expect((lease.signal.reason as Error).name).toBe('AbortError');
    expect(lease.valid()).toBe(false);
    expect(() => {
      lease.throwIfExpired();
    }).toThrow(LockLostError);
    expect([bench.host.holders, bench.session.observers.size]).toEqual([0, 0]);
    expect(bench.scheduler.actions).toEqual([]);
  });

  it('refuses a policy that does not exist', () => {
    const bench = new Bench();
    // A caller without types.
    bench.subscribe({ giveUp: 'expired' as never });
    expect(bench.errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(bench.errors[0]).toMatchObject({ option: 'giveUp' });
  });
});

describe("sessionLease$ with giveUp: 'lease'", () => {
  it('rides out a disconnect until the deadline, as it stands then', () => {
    const bench = new Bench();
    bench.hold({ giveUp: 'lease' });
    bench.advance(2000);
    bench.acknowledge(1000);
    bench.revoke('suspended');
    bench.session.suspend();
    bench.advance(4999);
    expect(bench.events).toEqual(['held']);
    bench.advance(1);
    expect(bench.events).toEqual(['held', 'aborted', 'lost']);
    expect(bench.errors[0]?.cause).toMatchObject({ timeoutMs: 6000 });
    expect(bench.host.holders).toBe(0);
  });

  it('lives on when the connection is back in time, and ends with the session', () => {
    const bench = new Bench();
    const lease = bench.hold({ giveUp: 'lease' });
    bench.revoke('suspended');
    bench.session.suspend();
    bench.advance(5000);
    bench.session.enter(connected);
    bench.session.leaseClock.start({ monotonicMs: 4900, wallMs: 4900 }, 9000);
    bench.advance(5000);
    expect([lease.valid(), lease.remainingMs()]).toEqual([true, 900]);
    bench.revoke('ended');
    expect(bench.events).toEqual(['held', 'aborted', 'lost']);
  });

  it('has one timer, which sleeps on while requests are acknowledged', () => {
    const bench = new Bench();
    bench.hold({ giveUp: 'lease' });
    for (let i = 0; i < 60; i++) {
      bench.advance(1000);
      bench.acknowledge(bench.session.now.monotonicMs);
      expect(bench.scheduler.actions).toHaveLength(1);
    }
    expect(bench.events).toEqual(['held']);
  });
});

describe('a lease in a process that was paused', () => {
  it.each([
    ['both clocks', 6000, 6000],
    ['the monotonic clock alone', 6000, 10],
    ['the wall clock alone', 10, 6000],
  ])('is over when %s passed the deadline', (_name, monotonicMs, wallMs) => {
    const bench = new Bench();
    const lease = bench.hold();
    bench.setClocks(monotonicMs, wallMs);
    expect(lease.valid()).toBe(false);
  });

  it('stays over although an acknowledgement comes later, and errs by itself', () => {
    const bench = new Bench();
    const lease = bench.hold();
    bench.setClocks(7000);
    expect(lease.remainingMs()).toBe(0);
    // Not from inside the question.
    expect(bench.events).toEqual(['held']);
    bench.acknowledge(7000);
    expect(lease.valid()).toBe(false);
    bench.advance(0);
    expect(bench.events).toEqual(['held', 'aborted', 'lost']);
    expect(bench.errors[0]?.cause).toBeInstanceOf(TimeoutError);
  });
});
