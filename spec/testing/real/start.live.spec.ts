/** Real servers start, freeze, die, come back with their data, and leave nothing behind. */

import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { zookeeper } from '../../../src/index.js';
import { fourLetterWord } from '../../../src/testing/real/four-letter-word.js';
import { freePorts } from '../../../src/testing/real/free-ports.js';
import { aloneOn, launch, startEnsemble, startZooKeeper } from '../../../src/testing/real/start.js';
import { describeLive } from '../../support/live.js';

const limitMs = 120_000;
const text = (data: Uint8Array | null): string => new TextDecoder().decode(data ?? undefined);

describeLive('startZooKeeper', () => {
  it(
    'starts a server that serves, and removes it',
    async () => {
      const server = await startZooKeeper({ tickMs: 200, properties: { maxClientCnxns: 7 } });
      const conf = await fourLetterWord('conf', { port: server.port });
      const directory = /^dataDir=(.*)\/data\//m.exec(conf ?? '')?.[1] ?? '';
      expect(existsSync(directory)).toBe(true);
      await server.close();
      await server.close();
      expect(server.hosts).toBe(`127.0.0.1:${String(server.port)}`);
      expect(server.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(conf).toContain('tickTime=200\n');
      expect(conf).toContain('maxClientCnxns=7\n');
      expect(existsSync(directory)).toBe(false);
      expect(await server.status()).toBeUndefined();
      await expect(server.start()).rejects.toThrow('closed');
      await expect(startZooKeeper({ properties: { tickTime: 'x' } })).rejects.toThrow(/has ended/);
    },
    limitMs,
  );

  it(
    'freezes and thaws, kills and restarts with the data, resets without',
    async () => {
      await using server = await startZooKeeper();
      await using zk = zookeeper(server.hosts, { requestTimeoutMs: 60_000 });
      await zk.create('/kept', 'data');
      await server.pause();
      expect(await fourLetterWord('ruok', { port: server.port, timeoutMs: 100 })).toBeUndefined();
      server.resume();
      expect(await fourLetterWord('ruok', { port: server.port, timeoutMs: 10_000 })).toBe('imok');
      await server.kill();
      expect(await server.status()).toBeUndefined();
      await server.start();
      expect((await server.status())?.mode).toBe('standalone');
      expect(await zk.exists('/kept')).not.toBeNull();
      await server.pause();
      await server.stop();
      expect(await server.status()).toBeUndefined();
      await server.reset();
      // One that has seen the old data would be refused, as behind its time.
      await using anew = zookeeper(server.hosts, { requestTimeoutMs: 60_000 });
      expect(await anew.exists('/kept')).toBeNull();
    },
    limitMs,
  );

  it(
    'takes other ports when one has been taken in the meantime',
    async () => {
      // What is not read has no end, and would stay open for ever.
      const squatter = createServer((socket) => socket.resume());
      await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
      const address = squatter.address();
      const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
      let asked = 0;
      const ports = async (count: number): Promise<readonly number[]> =>
        asked++ === 0 ? [taken, taken] : freePorts(count);
      const [server] = await launch({}, { members: async () => [await aloneOn(ports)] });
      expect(asked).toBe(2);
      expect(server?.port).not.toBe(taken);
      await server?.close();
      squatter.close();
    },
    limitMs,
  );

  it(
    'does not take another ZooKeeper on its port for its own',
    async () => {
      await using first = await startZooKeeper();
      const members = async () => [await aloneOn(() => Promise.resolve([first.port, 0]))];
      await expect(launch({}, { members })).rejects.toThrow(/has ended/);
      expect((await first.status())?.mode).toBe('standalone');
    },
    limitMs,
  );

  it(
    'passes on flags and environment of the JVM, and keeps the log',
    async () => {
      await using server = await startZooKeeper({
        jvmFlags: ['-Xmx64m'],
        env: { JAVA_TOOL_OPTIONS: '-Dmark=here' },
      });
      expect(server.log(100)).toContain('-Dmark=here');
      expect(server.log(1).split('\n')).toHaveLength(1);
      const { stderr } = await startZooKeeper({ jvmFlags: ['-Xnonsense'] }).then(
        () => ({ stderr: 'started' }),
        (error: unknown) => ({ stderr: String(error) }),
      );
      expect(stderr).toContain('-Xnonsense');
    },
    limitMs,
  );
});

describeLive('startEnsemble', () => {
  it(
    'forms a quorum that elects another leader when the leader dies, with an observer that follows',
    async () => {
      await using ensemble = await startEnsemble(3, { observers: 1 });
      const [, , , observer] = ensemble.servers;
      const first = await ensemble.leader();
      expect(ensemble.hosts.split(',')).toHaveLength(4);
      expect((await observer?.status())?.mode).toBe('observer');
      await first.kill();
      const second = await ensemble.leader();
      expect(second.id).not.toBe(first.id);
      expect([second.observer, observer?.observer]).toEqual([false, true]);
      await first.restart();
      expect((await first.status())?.mode).toBe('follower');
    },
    limitMs,
  );

  it(
    'stops, starts and resets all of them',
    async () => {
      await using ensemble = await startEnsemble(1);
      expect((await (await ensemble.leader()).status())?.mode).toBe('leader');
      await using zk = zookeeper(ensemble.hosts, { requestTimeoutMs: 60_000 });
      await zk.create('/kept', 'data');
      await ensemble.restart();
      expect(await zk.exists('/kept')).not.toBeNull();
      await ensemble.reset();
      await using anew = zookeeper(ensemble.hosts, { requestTimeoutMs: 60_000 });
      expect(await anew.exists('/kept')).toBeNull();
      await ensemble.close();
      await ensemble.close();
    },
    limitMs,
  );

  it(
    'is reconfigured where that is allowed, and tells clients where its servers are',
    async () => {
      await using ensemble = await startEnsemble(3, {
        properties: { reconfigEnabled: true },
        systemProperties: { 'zookeeper.skipACL': 'yes' },
      });
      // One that leaves drops its clients, and without its leader an ensemble has to find another.
      const leader = await ensemble.leader();
      const leaving = String(ensemble.servers.find((server) => server !== leader)?.id);
      await using zk = zookeeper(leader.hosts);
      const { data } = await zk.getConfig();
      expect(text(data)).toContain(`;127.0.0.1:${String(ensemble.servers[0]?.port)}`);
      await zk.reconfig({ leaving });
      const after = await zk.getConfig();
      expect(text(after.data)).not.toContain(`server.${leaving}=`);
      await leader.restart();
      expect(await leader.status()).toBeDefined();
    },
    limitMs,
  );

  it.each([[0], [1.5], [16]])('refuses a size of %d', async (size) => {
    await expect(startEnsemble(size)).rejects.toThrow(/InvalidOption size/);
    await expect(startEnsemble(3, { observers: -1 })).rejects.toThrow(/InvalidOption observers/);
  });
});
