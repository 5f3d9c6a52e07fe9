/** The contract of sessions: opening, states, timeouts, closing, the idle grace. */

import { SessionClosedError, type SessionState } from '../../../src/index.js';
import { expectFailure, record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeSessions(target: ContractTarget): void {
  describe('session', () => {
    it('is opened by the first subscription, and its states are shown', async () => {
      const zk = await target.client();
      expect(zk.state).toEqual({ status: 'closed' });
      expect(zk.session).toBeUndefined();
      const states = record(zk.state$);
      const connected = await states.value('connected', ({ status }) => status === 'connected');
      expect(states.values.map(({ status }) => status)).toEqual(['connecting', 'connected']);
      expect(connected).toMatchObject({ timeoutMs: 5000, readOnly: false });
      expect(target.hosts.split(',')).toContain(serverOf(connected));
      expect(zk.session?.id).toBe(sessionOf(connected));
      expect(zk.session?.password).toHaveLength(16);
      expect(zk.state).toEqual(connected);
    });

    it('gets a timeout within the bounds of the server', async () => {
      const { tickMs } = target.settings;
      const low = record(
        (await target.client({ sessionTimeoutMs: 1, connectTimeoutMs: 3000 })).state$,
      );
      const high = record((await target.client({ sessionTimeoutMs: 10_000_000 })).state$);
      expect(await low.value('connected', isConnected)).toMatchObject({ timeoutMs: 2 * tickMs });
      expect(await high.value('connected', isConnected)).toMatchObject({ timeoutMs: 20 * tickMs });
    });

    it('is another one for each client', async () => {
      const [one, two] = await Promise.all([target.client(), target.client()]);
      await Promise.all([one.exists('/'), two.exists('/')]);
      expect(one.session?.id).not.toBe(two.session?.id);
    });

    it('shows a late subscriber the current state at once', async () => {
      const zk = await target.client();
      await zk.exists('/');
      const late = record(zk.state$);
      expect(late.values.map(({ status }) => status)).toEqual(['connected']);
    });

    it('takes its ephemerals with it when the client is closed', async () => {
      const chroot = await target.newChroot();
      const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
      const states = record(zk.state$);
      await zk.create('/mine', 'x', { mode: 'ephemeral' });
      await zk.create('/stays');
      expect(await other.exists('/mine')).not.toBeNull();
      await zk.close();
      await other.sync('/');
      expect(await other.exists('/mine')).toBeNull();
      expect(await other.exists('/stays')).not.toBeNull();
      expect(states.last).toEqual({ status: 'closed' });
      expect(states.completed).toBe(true);
    });

    it('is not opened again once the client is closed', async () => {
      const zk = await target.client();
      await zk.exists('/');
      const live = record(zk.data$('/'));
      await live.count(1);
      const closing = zk.close();
      await expectFailure(zk.get('/'), SessionClosedError, 'SessionClosed: get /');
      await Promise.all([closing, zk.close()]);
      expect(live.completed).toBe(true);
      expect(zk.state).toEqual({ status: 'closed' });
      await expectFailure(zk.create('/a'), SessionClosedError, 'SessionClosed: create /a');
      const late = record(zk.state$);
      expect(late.values).toEqual([{ status: 'closed' }]);
      expect(late.completed).toBe(true);
      const lateLive = record(zk.children$('/'));
      expect([lateLive.values, lateLive.completed]).toEqual([[], true]);
    });

    it('is kept for the idle grace, then ended, and replaced when something is asked again', async () => {
      const chroot = await target.newChroot();
      const zk = target.clientAt(chroot, { idleGraceMs: 400 });
      const other = target.clientAt(chroot);
      await zk.create('/mine', null, { mode: 'ephemeral' });
      const first = zk.session?.id;
      await zk.get('/mine');
      expect(zk.session?.id).toBe(first);
      await until('the end of the session', () => zk.state.status === 'closed');
      await until('the end of its ephemerals', async () => (await other.exists('/mine')) === null);
      await zk.exists('/');
      expect(zk.session?.id).not.toBe(first);
    });

    it('is held open by a subscription of any kind', async () => {
      const zk = await target.client({ idleGraceMs: 50 });
      const live = record(zk.children$('/'));
      await live.count(1);
      const { session } = zk;
      const control = await target.client({ idleGraceMs: 50 });
      await control.exists('/');
      await zk.exists('/');
      await until('the end of an idle session', () => control.state.status === 'closed');
      expect(zk.session).toEqual(session);
      live.unsubscribe();
      await until('the end of the session', () => zk.state.status === 'closed');
    });
  });
}

function isConnected({ status }: SessionState): boolean {
  return status === 'connected';
}

function sessionOf(state: SessionState): bigint | undefined {
  return state.status === 'connected' ? state.sessionId : undefined;
}

function serverOf(state: SessionState): string | undefined {
  return state.status === 'connected' ? state.server : undefined;
}
