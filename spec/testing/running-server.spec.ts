/** What a test does to a running server, seen by real clients over TCP. */

import { filter, firstValueFrom } from 'rxjs';
import {
  type ConnectionLossError,
  InvalidOptionError,
  text,
  zookeeper,
  type ZooKeeper,
} from '../../src/index.js';
import { type RunningServer } from '../../src/testing/running-server.js';
import { startServer, type StartServerOptions } from '../../src/testing/start-server.js';
import { waitFor } from '../../src/testing/real/wait-until.js';

const clients: ZooKeeper[] = [];
const servers: RunningServer[] = [];

async function start(options?: StartServerOptions): Promise<RunningServer> {
  const running = await startServer(options);
  servers.push(running);
  return running;
}

/** A client that stays, and what it goes through. */
function join(running: RunningServer, sessionTimeoutMs = 20_000) {
  const reconnect = { initialDelayMs: 5, maxDelayMs: 20 };
  const zk = zookeeper(running.hosts, { sessionTimeoutMs, reconnect, idleGraceMs: Infinity });
  const states: string[] = [];
  zk.state$.subscribe(({ status }) => states.push(status));
  clients.push(zk);
  return { zk, states };
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((zk) => zk.close()));
  await Promise.all(servers.splice(0).map((running) => running.stop()));
});

const until = (what: string, holds: () => boolean): Promise<boolean> =>
  waitFor(what, {
    probe: () => Promise.resolve(holds() ? true : undefined),
    timeoutMs: 15_000,
    intervalMs: 5,
  });

const connectedAgain = ['connected', 'suspended', 'connected'];
const settled = (states: readonly string[]) => states.filter((status) => status !== 'connecting');

describe('restart', () => {
  it('keeps the port, znodes, sessions, ephemerals and watches', async () => {
    const running = await start();
    const { zk, states } = join(running);
    await zk.create('/kept', 'v1');
    await zk.create('/mine', '', { mode: 'ephemeral' });
    const seen: unknown[] = [];
    zk.data$('/kept', text()).subscribe((value) => seen.push(value));
    await until('the first value', () => seen.length === 1);
    const before = { hosts: running.hosts, session: zk.session };
    await running.restart();
    await until('the client', () => settled(states).length === 3);
    expect(settled(states)).toEqual(connectedAgain);
    expect({ hosts: running.hosts, session: zk.session }).toEqual(before);
    expect(running.server.ephemerals()).toEqual(['/mine']);
    await zk.set('/kept', 'v2');
    await until('the watch', () => seen.length === 2);
    expect(seen).toEqual(['v1', 'v2']);
  });

  it('ends no session while it is down, however long that is', async () => {
    const running = await start({ tickMs: 20 });
    const { zk, states } = join(running, 100);
    await zk.create('/mine', '', { mode: 'ephemeral' });
    const down = running.restart({ downMs: 300 });
    await until('the loss', () => states.includes('lost'));
    // The client has to fear the worst; the server's time stands still.
    expect(running.server.sessions()).toMatchObject([{ connected: false, expiresAtMs: 0 }]);
    await down;
    expect(running.server.ephemerals()).toEqual(['/mine']);
    await until('the client', () => states.at(-1) === 'connected');
    await until('the end of the old session', () => running.server.ephemerals().length === 0);
  });

  it('is over at once when the server is stopped meanwhile', async () => {
    const running = await startServer();
    const down = running.restart({ downMs: 3_600_000 });
    await new Promise(setImmediate);
    await running.stop();
    await down;
    await running.restart();
    expect(running.server.connectionCount()).toBe(0);
  });

  it('does one after the other', async () => {
    const running = await start();
    const { zk } = join(running);
    await Promise.all([running.restart({ downMs: 20 }), running.restart({ downMs: 20 })]);
    expect(await zk.exists('/')).not.toBeNull();
  });

  it('names a time that is none', async () => {
    const running = await start();
    expect(() => running.restart({ downMs: NaN })).toThrow(InvalidOptionError);
    expect(() => running.restart({ downMs: -1 })).toThrow('downMs');
  });
});

describe('expireSession', () => {
  it.each([
    ['a client', (zk: ZooKeeper) => zk],
    ['its id', (zk: ZooKeeper) => zk.session?.id ?? 0n],
  ])('ends the session of %s, with its ephemerals, and of nobody else', async (_, ownerOf) => {
    const running = await start();
    const [one, other] = [join(running), join(running)];
    await one.zk.create('/one', '', { mode: 'ephemeral' });
    await other.zk.create('/other', '', { mode: 'ephemeral' });
    const first = one.zk.session;
    expect(running.expireSession(ownerOf(one.zk))).toBe(true);
    expect(running.server.ephemerals()).toEqual(['/other']);
    await until('a new session', () => settled(one.states).length === 4);
    expect(settled(one.states)).toEqual(['connected', 'suspended', 'lost', 'connected']);
    expect(one.zk.session?.id).not.toBe(first?.id);
    expect(settled(other.states)).toEqual(['connected']);
  });

  it('says that there is none', async () => {
    const running = await start();
    expect(running.expireSession(7n)).toBe(false);
    expect(running.expireSession(zookeeper(running.hosts))).toBe(false);
  });
});

describe('dropConnections', () => {
  it('cuts all clients off; they come back with their sessions', async () => {
    const running = await start();
    const both = [join(running), join(running)];
    await Promise.all(both.map(({ zk }) => zk.exists('/')));
    const before = both.map(({ zk }) => zk.session);
    running.dropConnections();
    await until('both', () => both.every(({ states }) => settled(states).length === 3));
    expect(both.map(({ zk }) => zk.session)).toEqual(before);
  });

  it('cuts off one, and nobody for a client without a session', async () => {
    const running = await start();
    const [one, other] = [join(running), join(running)];
    await Promise.all([one.zk.exists('/'), other.zk.exists('/')]);
    running.dropConnections(zookeeper(running.hosts));
    running.dropConnections(one.zk);
    await until('one', () => settled(one.states).length === 3);
    await other.zk.exists('/');
    expect(settled(other.states)).toEqual(['connected']);
  });
});

describe('pause', () => {
  it('leaves requests without an answer until resume', async () => {
    const running = await start();
    const { zk, states } = join(running);
    await zk.create('/a', 'v1');
    running.pause();
    let answer: unknown;
    zk.get('/a', text()).subscribe(({ data }) => (answer = data));
    // It times out, so the other one has had time to be answered.
    await expect(zk.exists('/a', { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect([answer, settled(states)]).toEqual([undefined, ['connected']]);
    running.resume();
    await until('the answer', () => answer === 'v1');
    expect(settled(states)).toEqual(['connected']);
  });

  it('goes on until sessions end, and a restart ends it', async () => {
    const running = await start({ tickMs: 20 });
    const { zk, states } = join(running, 300);
    await zk.create('/mine', '', { mode: 'ephemeral' });
    running.pause();
    const write = firstValueFrom(zk.set('/mine', 'v2')).catch((error: unknown) => error);
    await until('the end of the session', () => running.server.sessions().length === 0);
    expect(running.server.ephemerals()).toEqual([]);
    expect(((await write) as ConnectionLossError).outcome).toBe('unknown');
    await running.restart();
    await firstValueFrom(zk.state$.pipe(filter(({ status }) => status === 'connected')));
    expect(states).toContain('lost');
  });
});
