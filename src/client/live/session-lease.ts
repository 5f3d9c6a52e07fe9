/**
 * `sessionLease$`: a grant that ends before anybody can know that its session may be over.
 *
 * Theory of operation. A lease ends for one of four reasons: the connection is lost (only with `giveUp: 'suspended'`), the
 * lease deadline passes, the session is over, or it is unsubscribed. The session tells of the first three in its revoke
 * phase, before the state changes; but it watches the deadline only while connected, so a lease that rides out a
 * disconnect has a timer of its own. That timer is set for the deadline as it is now; each acknowledged request moves the
 * deadline, so when the timer rings it looks again and, mostly, sleeps on. Whoever asks in between is answered from the
 * clocks. An answer of "over" is final, even if the deadline moves later: the lease then ends as soon as the scheduler runs.
 */

import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import {
  AuthFailedError,
  ConnectionLossError,
  LockLostError,
  SessionClosedError,
  SessionExpiredError,
  TimeoutError,
} from '../../errors/client-errors.js';
import { NotReadOnlyError } from '../../errors/server-error.js';
import { Alarm } from '../../rx/alarm.js';
import { type Revocation, type Session, type SessionObserver } from '../../session/session.js';
import { type LiveHost } from '../host.js';
import { type Lease } from '../lease.js';
import { type SessionLeaseOptions } from '../zookeeper.js';
import { checkGiveUp, leaseMs } from './lease-terms.js';

/** The client's `sessionLease$`. */
export function createSessionLease(
  host: LiveHost,
): (options: SessionLeaseOptions) => Observable<Lease> {
  return (options) =>
    new Observable<Lease>((out) => {
      checkGiveUp(options);
      const session = host.retain();
      if (session === undefined) {
        out.error(
          new LockLostError(options.fence, { ...options, cause: new SessionClosedError() }),
        );
        return undefined;
      }
      const refusal = whyNot(session, options);
      if (refusal === undefined) return new SessionLease(host, session, { options, out }).start();
      host.release();
      out.error(refusal);
      return undefined;
    });
}

/** Why there is nothing to guard: the grant belongs to another session, or this one is not known to live. */
function whyNot(session: Session, options: SessionLeaseOptions): LockLostError | undefined {
  const { state } = session;
  const context = { operation: options.operation, path: options.path };
  const lost = (cause: unknown) => new LockLostError(options.fence, { ...context, cause });
  if (state.status === 'authFailed') {
    return lost(new AuthFailedError(state.scheme, { ...context, cause: state.cause }));
  }
  if (state.status === 'closed') return lost(new SessionClosedError(context));
  if (session.identity?.id !== options.sessionId) return lost(new SessionExpiredError(context));
  if (state.status !== 'connected') return lost(new ConnectionLossError('unknown', context));
  // The ensemble may have ended the session, and given what it owned to somebody else.
  if (state.readOnly) return lost(new NotReadOnlyError(context));
  if (session.leaseClock.leaseRemainingMs() > 0) return undefined;
  return lost(new TimeoutError(leaseMs(state.timeoutMs), 'unknown', context));
}

class SessionLease implements Lease, SessionObserver, Unsubscribable {
  readonly fence: bigint;
  readonly released$: Observable<never>;
  private readonly options: SessionLeaseOptions;
  private readonly out: Subscriber<Lease>;
  private readonly alarm: Alarm;
  private readonly deadlineMs: number;
  /** What it ended with; for one that was given back, what `throwIfExpired` throws. */
  private lost: LockLostError | undefined;
  private isOver = false;
  private controller: AbortController | undefined;
  private stopObserving: (() => void) | undefined;

  constructor(
    private readonly host: LiveHost,
    private readonly session: Session,
    { options, out }: { options: SessionLeaseOptions; out: Subscriber<Lease> },
  ) {
    this.options = options;
    this.out = out;
    this.fence = options.fence;
    this.released$ = options.released$;
    this.deadlineMs =
      session.state.status === 'connected' ? leaseMs(session.state.timeoutMs) : Infinity;
    this.alarm = new Alarm(host.scheduler, () => {
      this.onAlarm();
    });
  }

  start(): this {
    const stopObserving = this.session.observe(this);
    // The first observer has the session look at the deadline, and a process can pause anywhere: it may be over already.
    if (this.isOver) {
      stopObserving();
      return this;
    }
    this.stopObserving = stopObserving;
    if (this.options.giveUp === 'lease') this.onAlarm();
    this.out.next(this);
    return this;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isOver) this.controller.abort(this.lost);
    }
    return this.controller.signal;
  }

  valid(): boolean {
    return this.remainingMs() > 0;
  }

  remainingMs(): number {
    if (this.isOver || this.lost !== undefined) return 0;
    const remainingMs = this.session.leaseClock.leaseRemainingMs();
    if (remainingMs > 0) return remainingMs;
    // Not from inside the question: who asks is in the middle of something.
    this.lost = this.lossBy('deadline');
    this.alarm.set(0);
    return 0;
  }

  throwIfExpired(): void {
    if (!this.valid()) throw this.lost ?? new LockLostError(this.fence, this.options);
  }

  onRevoke(reason: Revocation): void {
    if (reason === 'suspended' && this.options.giveUp === 'lease') return;
    this.end(this.lost ?? this.lossBy(reason));
  }

  /** Given back by its holder. */
  unsubscribe(): void {
    if (this.isOver) return;
    this.finish();
    this.controller?.abort();
  }

  private onAlarm(): void {
    const remainingMs = this.remainingMs();
    if (remainingMs > 0) this.alarm.set(remainingMs);
    else this.end(this.lost ?? this.lossBy('deadline'));
  }

  private end(error: LockLostError): void {
    if (this.isOver) return;
    this.lost = error;
    this.finish();
    this.controller?.abort(error);
    this.out.error(error);
  }

  private finish(): void {
    this.isOver = true;
    this.alarm.clear();
    this.stopObserving?.();
    this.host.release();
  }

  private lossBy(reason: Revocation): LockLostError {
    const { operation, path } = this.options;
    const context = { operation, path };
    return new LockLostError(this.fence, { ...context, cause: causeOf(reason, this.deadlineMs) });
  }
}

function causeOf(reason: Revocation, deadlineMs: number): Error {
  switch (reason) {
    case 'suspended':
      return new ConnectionLossError('unknown');
    case 'deadline':
      return new TimeoutError(deadlineMs, 'unknown');
    case 'ended':
      return new SessionExpiredError();
  }
}
