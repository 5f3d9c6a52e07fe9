/** Sessions that are ended for real, while their owner is connected. */

import { filter, firstValueFrom, map } from 'rxjs';
import { type ZooKeeper, zookeeper } from '../../../src/index.js';
import { type ManagedZooKeeper } from '../../../src/testing/real/managed.js';
import { RawConnection } from '../../../src/testing/real/raw-connection.js';
import { startEnsemble, startZooKeeper } from '../../../src/testing/real/start.js';
import { describeLive } from '../../support/live.js';

const limitMs = 120_000;

function sessionOf(zk: ZooKeeper) {
  const { session } = zk;
  if (session === undefined) throw new Error('there is no session');
  return session;
}

/** The owner is told, has a new session, and what was bound to the old one is gone. */
async function expectExpiry(servers: ManagedZooKeeper): Promise<void> {
  await using zk = zookeeper(servers.hosts, { sessionTimeoutMs: 10_000 });
  await using witness = zookeeper(servers.hosts);
  const statuses: string[] = [];
  const states = zk.state$.pipe(map(({ status }) => status)).subscribe((s) => statuses.push(s));
  await zk.create('/ephemeral', '', { mode: 'ephemeral' });
  const session = sessionOf(zk);
  const lost = firstValueFrom(zk.state$.pipe(filter(({ status }) => status === 'lost')));
  await servers.expireSession(zk);
  await witness.sync('/');
  expect(await witness.exists('/ephemeral')).toBeNull();
  await lost;
  await firstValueFrom(zk.state$.pipe(filter(({ status }) => status === 'connected')));
  expect(sessionOf(zk).id).not.toBe(session.id);
  expect(statuses).toEqual(['connecting', 'connected', 'suspended', 'lost', 'connected']);
  states.unsubscribe();
  await expect(servers.expireSession(session)).rejects.toThrow(
    `no server knows session 0x${session.id.toString(16)}`,
  );
}

describeLive('expireSession', () => {
  it(
    'ends the session of a connected client',
    async () => {
      await using server = await startZooKeeper();
      await expectExpiry(server);
    },
    limitMs,
  );

  it(
    'ends it in an ensemble, of which a server is down',
    async () => {
      await using ensemble = await startEnsemble(3);
      await expectExpiry(ensemble);
      await (await ensemble.leader()).kill();
      await ensemble.leader();
      await expectExpiry(ensemble);
    },
    limitMs,
  );

  it(
    'ends a session that only its own server knows of',
    async () => {
      await using ensemble = await startEnsemble(3, {
        properties: { localSessionsEnabled: true, localSessionsUpgradingEnabled: true },
      });
      await using zk = zookeeper(ensemble.servers[2]?.hosts ?? '');
      await zk.exists('/');
      const session = sessionOf(zk);
      const lost = firstValueFrom(zk.state$.pipe(filter(({ status }) => status === 'lost')));
      const states = zk.state$.subscribe();
      await ensemble.expireSession(session);
      await lost;
      states.unsubscribe();
    },
    limitMs,
  );

  it(
    'logs in where the server wants that',
    async () => {
      await using server = await startZooKeeper({ saslUsers: { a: 'b' }, requireSasl: true });
      const connect = (request: { sessionId?: bigint; password?: Uint8Array }) => {
        const connection = RawConnection.to(server.port, 20_000);
        connection.shakeHands(request);
        return connection.connected().finally(() => {
          connection.close();
        });
      };
      const { sessionId = 0n, password = new Uint8Array() } = (await connect({})) ?? {};
      expect((await connect({ sessionId, password }))?.timeoutMs).toBeGreaterThan(0);
      await server.expireSession({ id: sessionId, password });
      expect((await connect({ sessionId, password }))?.timeoutMs).toBe(0);
    },
    limitMs,
  );

  it(
    'does nothing with a wrong password',
    async () => {
      await using server = await startZooKeeper();
      await using zk = zookeeper(server.hosts);
      await expect(server.expireSession(zk)).rejects.toThrow('no session to expire');
      const path = await zk.create('/mine', '', { mode: 'ephemeral' });
      const { id } = sessionOf(zk);
      await expect(server.expireSession({ id, password: new Uint8Array(16) })).rejects.toThrow(
        /with this password/,
      );
      expect(await zk.exists(path)).not.toBeNull();
      expect(sessionOf(zk).id).toBe(id);
    },
    limitMs,
  );
});
