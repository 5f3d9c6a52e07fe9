/** The contract of servers that go: killed, stopped, frozen, or too few left; the session and its watches move on. */

import {
  ConnectionLossError,
  type SessionState,
  text,
  type ZooKeeper,
} from '../../../src/index.js';
import { type ManagedEnsemble, type ManagedServer } from '../../../src/testing/index.js';
import { RawSession } from '../support/raw-session.js';
import { expectFailure, record, type Recording, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const sessionTimeoutMs = 6_000;
const testTimeoutMs = 90_000;

export function describeFailovers(target: ContractTarget, running: () => ManagedEnsemble): void {
  describe('ensemble', () => {
    const down = new Set<ManagedServer>();
    afterEach(async () => {
      await Promise.all([...down].map((server) => server.restart()));
      down.clear();
    }, testTimeoutMs);

    /** The leader, the two others, and a client that is connected to this one of them, with a watch and an ephemeral. */
    const connectedTo = async (where: 'leader' | 'follower') => {
      const { servers } = running();
      const leader = await running().leader();
      const followers = servers.filter((server) => server !== leader);
      const first = where === 'leader' ? leader : followers[0];
      if (first === undefined) throw new Error('an ensemble without followers');
      const hosts = [first, ...servers.filter((server) => server !== first)].map(
        (server) => server.hosts,
      );
      const chroot = await target.newChroot();
      const zk = target.clientAt(chroot, { sessionTimeoutMs, shuffleHosts: false }, hosts.join());
      const states = record(zk.state$);
      await zk.create('/mine', null, { mode: 'ephemeral' });
      await zk.create('/a', 'one');
      const data = record(zk.data$('/a', text()));
      await data.count(1);
      expect(zk.state).toMatchObject({ server: first.hosts });
      return { zk, states, data, leader, followers, server: first, session: zk.session };
    };

    it(
      'keeps the session and its watches when the server of a client is killed',
      async () => {
        const { zk, states, data, server, session } = await connectedTo('follower');
        down.add(server);
        await server.kill();
        const now = await backOn(states);
        expect(now.server).not.toBe(server.hosts);
        expect(zk.session).toEqual(session);
        expect((await zk.exists('/mine'))?.ephemeralOwner).toBe(session?.id);
        const other = target.clientAt(zk.chroot, {}, now.server);
        await other.sync('/');
        await other.set('/a', 'two');
        await data.settles('the change', (value) => value === 'two');
      },
      testTimeoutMs,
    );

    it(
      'takes writes again when the leader is stopped',
      async () => {
        const { zk, data, leader, session } = await connectedTo('follower');
        down.add(leader);
        await leader.stop();
        await writes(zk, '/a', 'two');
        await data.settles('the change', (value) => value === 'two');
        expect(zk.session).toEqual(session);
        expect((await zk.exists('/mine'))?.ephemeralOwner).toBe(session?.id);
      },
      testTimeoutMs,
    );

    it(
      'is left by the client at a server that freezes, within the read timeout',
      async () => {
        const { zk, states, data, server, session } = await connectedTo('follower');
        const frozenAt = performance.now();
        await server.pause();
        try {
          // It may be back on another server before anybody looks, so what counts is that it was told.
          await states.value('suspended', ({ status }) => status === 'suspended');
          const silentMs = performance.now() - frozenAt;
          expect(silentMs).toBeLessThan((sessionTimeoutMs * 2) / 3 + 1000);
          const now = await backOn(states);
          expect(now.server).not.toBe(server.hosts);
          expect(zk.session).toEqual(session);
          await zk.set('/a', 'two');
          await data.settles('the change', (value) => value === 'two');
        } finally {
          server.resume();
        }
      },
      testTimeoutMs,
    );

    it(
      'hangs up on a write of a session that has moved, without an answer and without doing it',
      async () => {
        const { zk, states, data, followers, session } = await connectedTo('follower');
        const [, elsewhere] = followers;
        if (elsewhere === undefined || session === undefined) throw new Error('no session');
        // Somebody with its password, at another server: the client's own server is not told.
        const { id: sessionId, password } = session;
        const thief = await RawSession.open(elsewhere.hosts, { sessionId, password });
        expect(thief.sessionId).toBe(sessionId);
        const before = states.values.length;
        const message = 'ConnectionLoss: set /a';
        const lost = await expectFailure(zk.set('/a', 'two'), ConnectionLossError, message);
        expect(lost).toMatchObject({ outcome: 'unknown' });
        await until('the session to be taken back', () => states.values.length >= before + 2);
        await backOn(states);
        const sync = await zk.sync('/a').then(() => zk.get('/a', text()));
        expect(sync.data).toBe('one');
        await zk.set('/a', 'three');
        await data.settles('the change', (value) => value === 'three');
        expect(data.values).toEqual(['one', 'three']);
        expect(zk.session?.id).toBe(sessionId);
        expect((await zk.exists('/mine'))?.ephemeralOwner).toBe(sessionId);
        // Now it is the thief whose session is elsewhere, if his server has not noticed already.
        if (!thief.closed) thief.send('setData', { path: '/', data: null, version: -1 });
        await thief.closes();
        expect(thief.replyCount).toBe(0);
      },
      testTimeoutMs,
    );

    it(
      'is waited for when too few are left, and taken up again when they are back',
      async () => {
        const { zk, states, data, followers } = await connectedTo('leader');
        const before = states.values.length;
        for (const follower of followers) down.add(follower);
        await Promise.all(followers.map((follower) => follower.kill()));
        await until('the loss', () => states.values.length > before);
        const waiting = zk.set('/a', 'two', { timeoutMs: 60_000 }).then(
          () => 'done',
          (error: unknown) => error,
        );
        await Promise.all(followers.map((follower) => follower.restart()));
        down.clear();
        const outcome = await waiting;
        if (outcome !== 'done') expect(outcome).toBeInstanceOf(ConnectionLossError);
        await backOn(states);
        const later = states.values.slice(before).map(({ status }) => status);
        expect(later[0]).toBe('suspended');
        expect(later.at(-1)).toBe('connected');
        await writes(zk, '/a', 'three');
        await data.settles('the change', (value) => value === 'three');
      },
      testTimeoutMs,
    );
  });
}

type Connected = SessionState & { readonly status: 'connected' };

/** Waits until the client is connected again. */
async function backOn(states: Recording<SessionState>): Promise<Connected> {
  await until(
    'a connection again',
    () => states.values.length > 2 && states.last?.status === 'connected',
    60_000,
  );
  // Just seen.
  return states.last as Connected;
}

/** Sets until it is certain that it was done; setting the same twice does no harm. */
async function writes(zk: ZooKeeper, path: string, data: string): Promise<void> {
  await until(
    'a write to go through',
    () =>
      zk.set(path, data).then(
        () => true,
        (error: unknown) => {
          if (error instanceof ConnectionLossError) return false;
          throw error;
        },
      ),
    60_000,
  );
}
