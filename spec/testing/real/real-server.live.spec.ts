/** The harness itself: real servers start, freeze, die, come back with their data, and leave nothing behind. */

import { existsSync } from 'node:fs';

import { fourLetterWord } from '../../../src/testing/real/four-letter-word.js';
import { describeLive } from '../../support/live.js';
import { startRealEnsemble, startRealServer } from '../../../src/testing/real/real-server.js';
import { waitFor } from '../../../src/testing/real/wait-until.js';

describeLive('startRealServer', () => {
  it('starts a server that serves, and removes it', async () => {
    const server = await startRealServer({ tickTimeMs: 200, properties: { maxClientCnxns: 7 } });
    const conf = await fourLetterWord('conf', { port: server.port });
    const directory = /^dataDir=(.*)\/data\//m.exec(conf ?? '')?.[1] ?? '';
    expect(existsSync(directory)).toBe(true);
    await server.close();
    expect(server.hosts).toBe(`127.0.0.1:${String(server.port)}`);
    expect(server.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(conf).toContain('tickTime=200\n');
    expect(conf).toContain('maxClientCnxns=7\n');
    expect(existsSync(directory)).toBe(false);
    expect(await server.status()).toBeUndefined();
    await expect(startRealServer({ properties: { tickTime: 'x' } })).rejects.toThrow(/has ended/);
  });

  it('freezes and thaws, kills and restarts', async () => {
    const server = await startRealServer();
    server.pause();
    // The signal may take a moment to arrive.
    await waitFor('a frozen server', {
      timeoutMs: 10_000,
      probe: async () => {
        const answer = await fourLetterWord('ruok', { port: server.port, timeoutMs: 200 });
        return answer === undefined ? true : undefined;
      },
    });
    server.resume();
    expect(await fourLetterWord('ruok', { port: server.port })).toBe('imok');
    await server.kill();
    expect(await server.status()).toBeUndefined();
    await server.restart();
    expect((await server.status())?.mode).toBe('standalone');
    server.pause();
    await server.stop();
    expect(await server.status()).toBeUndefined();
    await server.close();
  });
});

describeLive('startRealEnsemble', () => {
  it('forms a quorum that elects another leader when the leader dies', async () => {
    const ensemble = await startRealEnsemble(3);
    try {
      const first = await ensemble.leader();
      expect(ensemble.hosts.split(',')).toHaveLength(3);
      await ensemble.servers[first]?.kill();
      const second = await ensemble.leader();
      expect(second).not.toBe(first);
      await ensemble.servers[first]?.restart();
      expect((await ensemble.servers[first]?.status())?.mode).toBe('follower');
    } finally {
      await ensemble.close();
    }
  }, 60_000);
});

describe('waitFor', () => {
  it('says what it waited for in vain, and how things stand', async () => {
    const waiting = waitFor('the tide', {
      probe: () => Promise.resolve(undefined),
      timeoutMs: 20,
      intervalMs: 5,
      explain: () => 'low water',
    });
    await expect(waiting).rejects.toThrow('waited 20 ms in vain for the tide\nlow water');
  });
});
