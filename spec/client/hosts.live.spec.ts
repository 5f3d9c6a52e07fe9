/** The servers of clients at a real ensemble that is reconfigured: who joins and leaves is followed, and sessions go on. */

import { filter, firstValueFrom, map, take, toArray } from 'rxjs';
import {
  BadVersionError,
  NewConfigNoQuorumError,
  ReconfigDisabledError,
  ReconfigInProgressError,
  type ZooKeeper,
  zookeeper,
} from '../../src/index.js';
import { fourLetterWord } from '../../src/testing/real/four-letter-word.js';
import { type ManagedEnsemble, type ManagedServer } from '../../src/testing/real/managed.js';
import { startEnsemble, startZooKeeper } from '../../src/testing/real/start.js';
import { waitFor } from '../../src/testing/real/wait-until.js';
import { describeLive } from '../support/live.js';

const limitMs = 300_000;
const timeoutMs = 120_000;
const reconfigurable = {
  properties: { reconfigEnabled: true },
  // Whoever comes may change the ensemble.
  systemProperties: { 'zookeeper.skipACL': 'yes' },
};

/** Waits until something holds of a client's state. */
function until(zk: ZooKeeper, holds: (server: string) => boolean): Promise<unknown> {
  const server$ = zk.state$.pipe(
    map((state) => (state.status === 'connected' ? state.server : '')),
  );
  return firstValueFrom(server$.pipe(filter((server) => server !== '' && holds(server))));
}

/** The line of a server in the configuration. */
async function lineOf(zk: ZooKeeper, id: number): Promise<string> {
  const { data } = await zk.getConfig();
  const lines = Buffer.from(data ?? [])
    .toString()
    .split('\n');
  return lines.find((line) => line.startsWith(`server.${String(id)}=`)) ?? '';
}

async function followers(ensemble: ManagedEnsemble): Promise<readonly ManagedServer[]> {
  const leader = await ensemble.leader();
  return ensemble.servers.filter(({ id }) => id !== leader.id);
}

describeLive('a real ensemble that is reconfigured', () => {
  it(
    'is followed by its clients: who leaves is left, even killed, and who joins is joined, with the sessions there were',
    async () => {
      await using ensemble = await startEnsemble(3, reconfigurable);
      const [leaving] = await followers(ensemble);
      if (leaving === undefined) throw new Error('no follower');
      const staying = ensemble.servers.filter(({ id }) => id !== leaving.id);
      await using admin = zookeeper(staying.map(({ hosts }) => hosts).join());
      const line = await lineOf(admin, leaving.id);
      const { config } = await admin.getConfig();
      expect(config.servers.map(({ id, role }) => [id, role])).toEqual([
        [1, 'participant'],
        [2, 'participant'],
        [3, 'participant'],
      ]);

      // They know the one that leaves, and nobody else yet.
      const clients = Array.from({ length: 24 }, () => zookeeper(leaving.hosts));
      const followed = clients.map((zk) =>
        firstValueFrom(zk.followConfig().pipe(take(3), toArray())),
      );
      await Promise.all(
        clients.map((zk, index) => zk.create(`/e${String(index)}`, '', { mode: 'ephemeral' })),
      );
      for (const zk of clients) zk.state$.subscribe();
      const sessions = clients.map(({ session }) => session?.id);

      const left = await admin.reconfig({
        leaving: String(leaving.id),
        fromConfig: config.version,
      });
      expect(left.config.servers.map(({ id }) => id)).toEqual(staying.map(({ id }) => id));
      await Promise.all(clients.map((zk) => until(zk, (server) => server !== leaving.hosts)));
      await leaving.kill();
      await Promise.all(clients.map((zk) => zk.sync('/')));
      expect(clients.map(({ session }) => session?.id)).toEqual(sessions);

      // It would not start with a configuration that it is no part of.
      await leaving.reset();
      await admin.reconfig({ joining: line });
      const lists = await Promise.all(followed);
      const all = ensemble.servers.map(({ hosts }) => hosts).join();
      expect(new Set(lists.map((list) => list.join(' ')))).toEqual(
        new Set([`${all} ${staying.map(({ hosts }) => hosts).join()} ${all}`]),
      );
      // One in three moves, by chance: that none of them does has a chance of 1 in 16,000.
      await Promise.any(clients.map((zk) => until(zk, (server) => server === leaving.hosts)));
      expect(clients.map(({ session }) => session?.id)).toEqual(sessions);
      const ephemerals = await Promise.all(clients.map((zk) => zk.ephemerals()));
      expect(ephemerals).toEqual(clients.map((_, index) => [`/e${String(index)}`]));
      await Promise.all(clients.map((zk) => zk.close()));
    },
    limitMs,
  );

  it(
    'refuses what cannot be, each with its class',
    async () => {
      await using ensemble = await startEnsemble(3, reconfigurable);
      const leader = await ensemble.leader();
      await using zk = zookeeper(leader.hosts);
      await expect(zk.reconfig({ leaving: '3', fromConfig: 5n })).rejects.toBeInstanceOf(
        BadVersionError,
      );
      const dead = [4, 5, 6, 7].map((id) => {
        const port = (offset: number): string => String(10_000 + id * 10 + offset);
        return `server.${String(id)}=127.0.0.1:${port(0)}:${port(1)}:participant;127.0.0.1:${port(2)}`;
      });
      await expect(zk.reconfig({ joining: dead.join() })).rejects.toBeInstanceOf(
        NewConfigNoQuorumError,
      );

      // The followers do not answer, so the first change cannot be decided upon while the second comes.
      const frozen = await followers(ensemble);
      await Promise.all(frozen.map((server) => server.pause()));
      const [leaves] = frozen;
      const first = zk.reconfig({ leaving: String(leaves?.id) }).then((answer) => answer.config);
      const second = zk.reconfig({ leaving: String(leaves?.id) }).then(() => undefined);
      const refused = expect(second).rejects.toBeInstanceOf(ReconfigInProgressError);
      await waitFor('both to be under way', {
        probe: async () => {
          const answer = (await fourLetterWord('mntr', { port: leader.port })) ?? '';
          const count = /^zk_outstanding_requests\s+(\d+)/m.exec(answer)?.[1];
          return Number(count) >= 2 ? true : undefined;
        },
        timeoutMs,
      });
      for (const server of frozen) server.resume();
      await refused;
      expect((await first).servers).toHaveLength(2);
    },
    limitMs,
  );
});

describeLive('a real server on its own', () => {
  it(
    'says that it cannot be reconfigured, has no servers in its configuration, and serves over IPv6',
    async () => {
      await using server = await startZooKeeper({ properties: { clientPortAddress: '::' } });
      await using zk = zookeeper(`[::1]:${String(server.port)}/app`);
      await zk.ensurePath('/');
      expect(zk.state).toMatchObject({
        status: 'connected',
        server: `[::1]:${String(server.port)}`,
      });
      expect(await firstValueFrom(zk.config$)).toMatchObject({ servers: [] });
      await expect(zk.reconfig({ leaving: '1' })).rejects.toBeInstanceOf(ReconfigDisabledError);
    },
    limitMs,
  );
});
