/** When a client has a session, on virtual time: opened, held, idle, reopened, closed. */

import { Hosts } from '../../src/client/hosts.js';
import { Lifecycle } from '../../src/client/lifecycle.js';
import { resolveOptions } from '../../src/client/resolve-options.js';
import { type ZooKeeperOptions } from '../../src/client/options.js';
import { memoryNetwork } from '../../src/transport/memory.js';
import { VirtualTime } from '../support/virtual-time.js';
import { connected, FakeSession } from './live/fake-session.js';
import { watch } from './virtual-client.js';

class ClosableSession extends FakeSession {
  closes = 0;
  confirm: () => void = () => undefined;

  override close(done: () => void): void {
    this.closes++;
    this.confirm = () => {
      this.enter({ status: 'closed' });
      done();
    };
  }
}

function setUp(options: ZooKeeperOptions = {}) {
  const time = new VirtualTime();
  const { transport } = memoryNetwork({ scheduler: time });
  const sessions: ClosableSession[] = [];
  const auths: (readonly { readonly scheme: string }[])[] = [];
  const platform = { monotonicNow: () => 0, random: () => 0 };
  const lifecycle = new Lifecycle({
    options: resolveOptions({ transport, scheduler: time, idleGraceMs: 100, ...options }, platform),
    hosts: new Hosts('zk1', { scheduler: time, chroot: undefined }),
    open: (auth) => {
      const session = new ClosableSession();
      auths.push(auth);
      sessions.push(session);
      return session;
    },
  });
  const first = (): ClosableSession => {
    const [session] = sessions;
    if (session === undefined) throw new Error('no session was opened');
    return session;
  };
  return { time, sessions, auths, lifecycle, first };
}

describe('Lifecycle', () => {
  it('opens nothing before the first holder, and one session for all', () => {
    const { lifecycle, sessions } = setUp();
    expect(lifecycle.state).toEqual({ status: 'closed' });
    expect(sessions).toHaveLength(0);
    expect(lifecycle.retain()).toBe(lifecycle.retain());
    expect(sessions).toHaveLength(1);
    expect(lifecycle.state).toBe(connected);
  });

  it('does not keep an idle session for longer when the wall clock is set back', () => {
    let monotonicMs = 0;
    const { time, lifecycle, first } = setUp({ monotonicNow: () => monotonicMs });
    lifecycle.retain();
    lifecycle.release();
    time.now = () => time.frame - 3_600_000;
    monotonicMs = 100;
    time.advanceTo(100);
    expect(first().closes).toBe(1);
  });

  it('closes the session when nobody has held it for the grace period, to the millisecond', () => {
    const { time, lifecycle, first } = setUp();
    lifecycle.retain();
    lifecycle.release();
    time.advanceTo(60);
    lifecycle.retain();
    lifecycle.release();
    time.advanceTo(159);
    expect(first().closes).toBe(0);
    time.advanceTo(160);
    expect(first().closes).toBe(1);
    expect(lifecycle.state).toEqual({ status: 'closed' });
    expect(time.pending).toBe(0);
  });

  it('keeps it while somebody holds it, with no timer', () => {
    const { time, lifecycle, first } = setUp();
    lifecycle.retain();
    lifecycle.release();
    lifecycle.retain();
    time.advanceTo(10_000);
    expect(first().closes).toBe(0);
    expect(time.pending).toBe(0);
  });

  it('sets one timer, however often it becomes idle', () => {
    const { time, lifecycle } = setUp();
    for (let i = 0; i < 1000; i++) {
      lifecycle.retain();
      lifecycle.release();
    }
    expect(time.pending).toBe(1);
  });

  it('opens another session for the next holder after that', () => {
    const { time, lifecycle, sessions } = setUp();
    lifecycle.retain();
    lifecycle.release();
    time.advanceTo(100);
    expect(lifecycle.retain()).toBe(sessions[1]);
    sessions[0]?.confirm();
    expect(lifecycle.state).toBe(connected);
  });

  it('never closes an idle session with idleGraceMs: Infinity', () => {
    const { time, lifecycle, first } = setUp({ idleGraceMs: Infinity });
    lifecycle.retain();
    lifecycle.release();
    expect(time.pending).toBe(0);
    time.advanceTo(1e9);
    expect(first().closes).toBe(0);
  });

  it('keeps a session whose credentials were refused: the next one would be refused, too', () => {
    const { time, lifecycle, first, sessions } = setUp();
    lifecycle.retain();
    first().enter({ status: 'authFailed', scheme: 'digest' });
    lifecycle.release();
    time.advanceTo(1000);
    expect(lifecycle.retain()).toBe(first());
    expect(sessions).toHaveLength(1);
  });

  it('gives added credentials to every later session', () => {
    const { time, lifecycle, auths } = setUp({ auth: [{ scheme: 'digest', credential: 'a:b' }] });
    lifecycle.retain();
    lifecycle.rememberAuth({ scheme: 'ip', credential: new Uint8Array(0) });
    lifecycle.release();
    time.advanceTo(100);
    lifecycle.retain();
    expect(auths.map((auth) => auth.map(({ scheme }) => scheme))).toEqual([
      ['digest'],
      ['digest', 'ip'],
    ]);
  });

  it('hands nothing out after close, and resolves every close once the session has ended', () => {
    const { lifecycle, first } = setUp();
    lifecycle.retain();
    const done: number[] = [];
    lifecycle.close(() => done.push(1));
    lifecycle.close(() => done.push(2));
    expect(lifecycle.retain()).toBeUndefined();
    expect(done).toEqual([]);
    first().confirm();
    expect(done).toEqual([1, 2]);
    lifecycle.close(() => done.push(3));
    expect(done).toEqual([1, 2, 3]);
    expect(first().closes).toBe(1);
  });

  it('waits in close for an idle session that is still being ended', () => {
    const { time, lifecycle, first } = setUp();
    lifecycle.retain();
    lifecycle.release();
    time.advanceTo(100);
    let done = false;
    lifecycle.close(() => {
      done = true;
    });
    expect(done).toBe(false);
    first().confirm();
    expect(done).toBe(true);
  });
});

describe('state$', () => {
  it('holds the session and shows the current state, then changes', () => {
    const { time, lifecycle, first } = setUp();
    const record = watch(lifecycle.state$);
    first().suspend();
    time.advanceTo(1000);
    expect(record.values.map(({ status }) => status)).toEqual(['connected', 'suspended']);
    record.subscription?.unsubscribe();
    time.advanceTo(1100);
    expect(first().closes).toBe(1);
  });

  it('completes after closed, also for those who come later', () => {
    const { lifecycle, first } = setUp();
    const record = watch(lifecycle.state$);
    lifecycle.close(() => undefined);
    first().confirm();
    expect(record.values.map(({ status }) => status)).toEqual(['connected', 'closed']);
    expect(record.completed).toBe(true);
    const late = watch(lifecycle.state$);
    expect(late.values).toEqual([{ status: 'closed' }]);
    expect(late.completed).toBe(true);
  });

  it('shows one who subscribes from inside a delivery each state once', () => {
    const { lifecycle, first } = setUp();
    const inner: string[] = [];
    let subscribed = false;
    lifecycle.state$.subscribe(({ status }) => {
      if (status !== 'suspended' || subscribed) return;
      subscribed = true;
      lifecycle.state$.subscribe((state) => inner.push(state.status));
    });
    first().suspend();
    first().enter(connected);
    expect(inner).toEqual(['suspended', 'connected']);
  });
});
