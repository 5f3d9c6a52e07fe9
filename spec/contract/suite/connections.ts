/** The contract of broken connections: what resumes, what is sent again, what errs, and when a session is lost. */

import {
  ConnectionLossError,
  LimitExceededError,
  type SessionState,
  TimeoutError,
} from '../../../src/index.js';
import { expectFailure, record, type Recording, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeConnections(target: ContractTarget): void {
  describe('broken connection', () => {
    describeResumption(target);
    describeRequests(target);
    describeLoss(target);
  });
}

function describeResumption(target: ContractTarget): void {
  it('is replaced under the same session', async () => {
    const { zk, other, relay } = await target.relayed();
    const states = record(zk.state$);
    await zk.create('/mine', null, { mode: 'ephemeral' });
    const before = zk.session?.id;
    relay.cut();
    await states.count(4);
    expect(statuses(states)).toEqual(['connecting', 'connected', 'suspended', 'connected']);
    expect(zk.session?.id).toBe(before);
    expect((await other.exists('/mine'))?.ephemeralOwner).toBe(before);
  });

  it('is noticed by its silence', async () => {
    const { zk, relay } = await target.relayed({
      sessionTimeoutMs: target.settings.shortSessionMs,
    });
    const states = record(zk.state$);
    await reach(states, 'connected');
    relay.freeze();
    const frozenAt = performance.now();
    await reach(states, 'suspended');
    const silentMs = performance.now() - frozenAt;
    // Given up after two thirds of the timeout, counted from the last thing heard: at most a ping ago.
    expect(silentMs).toBeGreaterThan(target.settings.shortSessionMs / 4);
    expect(silentMs).toBeLessThan(target.settings.shortSessionMs);
    relay.restore();
    await reach(states, 'connected');
  });
}

function describeRequests(target: ContractTarget): void {
  it('has a read under way sent again, and a write err with an unknown outcome', async () => {
    const { zk, other, relay } = await target.relayed();
    await zk.create('/a', 'before');
    relay.holdReplies();
    const reading = zk.get('/a').then(({ data }) => String(data?.length));
    const writing = expectFailure(
      zk.set('/a', 'after!!'),
      ConnectionLossError,
      'ConnectionLoss: set /a',
    );
    await until('the write to be done', async () => (await other.get('/a')).stat.version === 1);
    relay.cut();
    relay.restore();
    expect(await reading).toBe('7');
    expect(await writing).toMatchObject({ outcome: 'unknown', operation: 'set', path: '/a' });
  });

  it('keeps what is asked meanwhile, up to the bound, until it is back', async () => {
    const { zk, relay } = await target.relayed({ maxPendingRequests: 2 });
    const states = record(zk.state$);
    await reach(states, 'connected');
    relay.refuse();
    await reach(states, 'suspended');
    // `then` asks at once; `Promise.all` alone would ask a moment later.
    const created = Promise.all([zk.create('/a').then(), zk.create('/b').then()]);
    const message = 'LimitExceeded (pending requests: 2, limit 2): create /c';
    await expectFailure(zk.create('/c'), LimitExceededError, message);
    relay.restore();
    expect(await created).toEqual(['/a', '/b']);
  });

  it('lets a request that waits for it time out, unsent', async () => {
    const { zk, relay } = await target.relayed();
    const states = record(zk.state$);
    await reach(states, 'connected');
    relay.refuse();
    await reach(states, 'suspended');
    const waiting = zk.create('/late', null, { timeoutMs: 100 });
    const message = 'Timeout after 100 ms: create /late';
    expect(await expectFailure(waiting, TimeoutError, message)).toMatchObject({
      outcome: 'not-sent',
    });
    relay.restore();
    await reach(states, 'connected');
    expect(await zk.exists('/late')).toBeNull();
  });

  it('lets a request that was sent time out with an unknown outcome', async () => {
    const { zk, relay } = await target.relayed();
    await zk.exists('/');
    relay.holdReplies();
    const waiting = zk.create('/sent', null, { timeoutMs: 200 });
    const message = 'Timeout after 200 ms: create /sent';
    expect(await expectFailure(waiting, TimeoutError, message)).toMatchObject({
      outcome: 'unknown',
    });
    relay.restore();
    expect(await zk.exists('/sent')).not.toBeNull();
  });
}

function describeLoss(target: ContractTarget): void {
  it('loses the session when it stays away for the timeout; a new one is opened', async () => {
    const { shortSessionMs, tickMs } = target.settings;
    const { zk, other, relay } = await target.relayed({ sessionTimeoutMs: shortSessionMs });
    const states = record(zk.state$);
    await zk.create('/mine', null, { mode: 'ephemeral' });
    const before = zk.session?.id;
    const cutAt = performance.now();
    relay.refuse();
    await reach(states, 'lost');
    const lostMs = performance.now() - cutAt;
    expect(statuses(states)).toEqual(['connecting', 'connected', 'suspended', 'lost']);
    // Never later than the timeout by more than it takes to notice; a third may have passed since the last ping.
    expect(lostMs).toBeGreaterThan(shortSessionMs / 2);
    expect(lostMs).toBeLessThan(shortSessionMs + 2000);
    relay.restore();
    await reach(states, 'connected');
    expect(zk.session?.id).not.toBe(before);
    await until(
      'the server to end the old session',
      async () => (await other.exists('/mine')) === null,
      shortSessionMs + 2 * tickMs + 3000,
    );
    expect(await zk.create('/again', 'new', { mode: 'ephemeral' })).toBe('/again');
  });

  it('ends nobody who closes: close resolves while no server can be reached', async () => {
    const { zk, relay } = await target.relayed();
    await zk.exists('/');
    relay.refuse();
    const from = performance.now();
    await zk.close();
    expect(performance.now() - from).toBeLessThan(4000);
    expect(zk.state).toEqual({ status: 'closed' });
  });
}

function statuses(states: Recording<SessionState>): readonly string[] {
  return states.values.map(({ status }) => status);
}

function reach(states: Recording<SessionState>, status: SessionState['status']) {
  return states.settles(status, (state) => state.status === status);
}
