/** The contract of a client whose servers are told by a stream: it goes where it is told, with its session and what it follows. */

import { BehaviorSubject, NEVER } from 'rxjs';
import {
  HostsError,
  srvHosts$,
  text,
  TimeoutError,
  zookeeper,
  type ZooKeeper,
  type ZooKeeperError,
} from '../../../src/index.js';
import { type ManagedEnsemble } from '../../../src/testing/index.js';
import { expectFailure, record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeHostStreams(target: ContractTarget, running: () => ManagedEnsemble): void {
  describe('stream of servers', () => {
    const clients: ZooKeeper[] = [];
    afterEach(() => Promise.all(clients.splice(0).map((zk) => zk.close())));

    it('is followed, with the session, its ephemerals and live reads', async () => {
      const [first = '', second = ''] = running().servers.map(({ hosts }) => hosts);
      const chroot = await target.newChroot();
      const hosts$ = new BehaviorSubject(first);
      const reports: ZooKeeperError[] = [];
      const zk = zookeeper(hosts$, { chroot, onReport: (error) => reports.push(error) });
      clients.push(zk);
      const states = record(zk.state$);
      await zk.create('/mine', 'x', { mode: 'ephemeral' });
      const data = record(zk.data$('/mine', text()));
      await data.count(1);
      const { id } = zk.session ?? {};
      expect(zk.state).toMatchObject({ server: first });
      hosts$.next(second);
      await states.value('the other server', (state) => Reflect.get(state, 'server') === second);
      hosts$.next('no connect string,');
      await until('a complaint', () => reports.some((error) => error instanceof HostsError));
      await zk.set('/mine', 'y');
      await data.settles('the change', (value) => value === 'y');
      expect([zk.session?.id, zk.state]).toMatchObject([
        id,
        { status: 'connected', server: second },
      ]);
      zk.setHosts(first);
      await states.settles(
        'the first server again',
        (state) => Reflect.get(state, 'server') === first,
      );
      expect((await zk.exists('/mine'))?.ephemeralOwner).toBe(id);
      expect(states.values.map(({ status }) => status)).toEqual([
        ...['connecting', 'connected', 'suspended', 'connected', 'suspended', 'connected'],
      ]);
    });

    it('comes from SRV records that change', async () => {
      const servers = running().servers.map(({ port }) => ({ name: '127.0.0.1', port }));
      const hostsOf = (one: number) => `127.0.0.1:${String(servers[one]?.port)}`;
      let told = servers.slice(0, 1);
      const chroot = await target.newChroot();
      const names: string[] = [];
      const records$ = srvHosts$('_zookeeper._tcp.example', {
        everyMs: 20,
        resolve: (name) => {
          names.push(name);
          return Promise.resolve(told.map((one) => ({ ...one, priority: 0, weight: 0 })));
        },
      });
      const zk = zookeeper(records$, { chroot });
      clients.push(zk);
      const states = record(zk.state$);
      await zk.create('/mine', 'x', { mode: 'ephemeral' });
      const { id } = zk.session ?? {};
      expect(zk.state).toMatchObject({ server: hostsOf(0) });
      told = servers.slice(1, 2);
      await states.settles('it', (state) => Reflect.get(state, 'server') === hostsOf(1));
      expect((await zk.exists('/mine'))?.ephemeralOwner).toBe(id);
      expect(new Set(names)).toEqual(new Set(['_zookeeper._tcp.example']));
    });

    it('is waited for, and what is asked meanwhile is bounded by its time limit', async () => {
      const zk = zookeeper(NEVER, { requestTimeoutMs: 50 });
      clients.push(zk);
      await expectFailure(zk.exists('/'), TimeoutError, 'Timeout after 50 ms: exists /');
    });
  });
}
