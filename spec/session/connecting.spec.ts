/** How a session comes to a connection: handshake, backoff, rotation, timeouts, pings, silence. */

import { type ZooKeeperError } from '../../src/errors/base.js';
import { operations } from '../../src/wire/operations.js';
import { Harness, stat } from './harness.js';
import { expiredResponse, ScriptedServer } from './scripted-server.js';

describe('connecting', () => {
  it('asks for a new session and tells what the server settled', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    expect(harness.server.connects[0]).toMatchObject({
      sessionId: 0n,
      timeoutMs: 9_000,
      lastZxidSeen: 0n,
    });
    expect(harness.states).toEqual([
      {
        status: 'connected',
        sessionId: 0x100n,
        timeoutMs: 9_000,
        server: 's1:2181',
        readOnly: false,
      },
    ]);
    expect(harness.session.identity).toMatchObject({
      id: 0x100n,
      password: new Uint8Array(16).fill(7),
    });
  });

  it('sends nothing before the handshake is answered', () => {
    const server = new ScriptedServer({ onConnect: () => undefined });
    const harness = new Harness([server]);
    harness.get('/a');
    harness.time.advanceTo(1_000);
    expect(server.current.frames).toBe(1);
  });

  it('gives up a handshake after session timeout / hosts, and tries the next host', () => {
    const silent = new ScriptedServer({ onConnect: () => undefined });
    const good = new ScriptedServer();
    const harness = new Harness([silent, good, new ScriptedServer()]);
    harness.time.advanceTo(2_999);
    expect(silent.connections).toHaveLength(1);
    expect(good.connections).toHaveLength(0);
    harness.time.advanceTo(3_100);
    expect(good.connections).toHaveLength(1);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
  });

  it('backs off with a bound that doubles each round, up to the cap', () => {
    const harness = new Harness([new ScriptedServer()]);
    harness.network.at({ host: 's1', port: 2181 }).intercept(() => null);
    // Nothing gets through, so each attempt lasts the 9 s of the connect timeout, then half of 100, 200, 400 … ms follow.
    harness.time.advanceTo(9_000 + 49);
    expect(harness.network.links()).toHaveLength(0);
    harness.time.advanceTo(9_000 + 51);
    expect(harness.network.links()).toHaveLength(1);
    harness.time.advanceTo(18_050 + 99);
    expect(harness.network.links()).toHaveLength(0);
    harness.time.advanceTo(18_050 + 101);
    expect(harness.network.links()).toHaveLength(1);
  });

  it('stays connecting for ever without calling a session lost that never was', () => {
    const harness = new Harness([new ScriptedServer({ onConnect: () => undefined })]);
    harness.time.advanceTo(300_000);
    expect(harness.told).toEqual([]);
    expect(harness.session.state.status).toBe('connecting');
  });

  it('takes a server that refuses even a new session for a failed attempt', () => {
    const server = new ScriptedServer({ onConnect: () => expiredResponse });
    const harness = new Harness([server]);
    harness.time.advanceTo(5_000);
    expect(harness.told).toEqual([]);
    expect(server.connections.length).toBeGreaterThan(3);
    expect(server.connections.length).toBeLessThan(12);
  });

  it('pings after a third of the timeout without traffic, and only then', () => {
    const harness = new Harness();
    harness.time.advanceTo(2_900);
    expect(harness.server.pings).toBe(0);
    harness.time.advanceTo(3_100);
    expect(harness.server.pings).toBe(1);
    harness.time.advanceTo(5_000);
    harness.get('/a');
    harness.time.advanceTo(7_900);
    expect(harness.server.pings).toBe(1);
    harness.time.advanceTo(8_100);
    expect(harness.server.pings).toBe(2);
  });

  it('pings at least every ten seconds, however long the session', () => {
    const server = new ScriptedServer();
    server.timeoutMs = 300_000;
    const harness = new Harness([server]);
    harness.time.advanceTo(60_500);
    expect(server.pings).toBe(6);
  });

  it('gives a silent connection up after two thirds of the timeout and resumes the session elsewhere', () => {
    const first = new ScriptedServer();
    const second = new ScriptedServer();
    const harness = new Harness([first, second]);
    harness.time.advanceTo(100);
    first.mute = true;
    harness.time.advanceTo(5_999);
    expect(harness.session.state.status).toBe('connected');
    harness.time.advanceTo(6_200);
    // The lease deadline, counted from the send time, passes with the silence limit; leases end first.
    expect(harness.told.join('')).toBe('cw-deadline-suspendedscw');
    expect(second.connects[0]).toMatchObject({ sessionId: 0x100n });
    expect(harness.session.state).toMatchObject({
      status: 'connected',
      server: 's2:2181',
      sessionId: 0x100n,
    });
  });

  it('stays connected while replies keep coming, though each is late', () => {
    const harness = new Harness([
      new ScriptedServer({
        onRequest: (request) =>
          harness.time.schedule(() => {
            request.reply({ data: null, stat });
          }, 2_000),
      }),
    ]);
    harness.time.advanceTo(10);
    for (let t = 100; t < 30_000; t += 500) {
      harness.time.advanceTo(t);
      harness.get('/a');
    }
    expect(harness.told).toEqual(['c', 'w']);
  });

  it('says why there is no connection, once to each who can know nothing else', () => {
    const reports: ZooKeeperError[] = [];
    const harness = new Harness([new ScriptedServer()], {
      connectTimeoutMs: 1_000,
      onReport: (error) => reports.push(error),
    });
    harness.time.advanceTo(100);
    harness.network.partition();
    harness.network.reset();
    harness.time.advanceTo(101);
    const fate = harness.set('/a', 4_000);
    expect(harness.session.state).toMatchObject({ cause: { reason: 'lost' } });
    // A loss is told by the state; nobody would know of the attempts behind it.
    expect(reports).toEqual([]);
    harness.time.advanceTo(5_000);
    expect(reports.length).toBeGreaterThan(0);
    expect(harness.session.state).toMatchObject({ status: 'suspended', cause: reports.at(-1) });
    expect(fate.error).toMatchObject({ timeoutMs: 4_000, cause: { server: 's1:2181' } });
    expect(harness.told).toEqual(['c', 'w', '-suspended', 's']);
  });

  it('reconnects after a short random pause, to the next server', () => {
    const harness = new Harness([new ScriptedServer(), new ScriptedServer()]);
    harness.time.advanceTo(100);
    harness.call(operations.exists, { path: '/a', watch: false });
    harness.time.advanceTo(110);
    harness.server.last('exists').reply(stat);
    harness.time.advanceTo(120);
    harness.network.reset();
    harness.time.advanceTo(121);
    expect(harness.session.state).toMatchObject({
      ...{ status: 'suspended', sessionId: 0x100n },
      cause: { server: 's1:2181', reason: 'lost' },
    });
    harness.time.advanceTo(170);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
  });
});
