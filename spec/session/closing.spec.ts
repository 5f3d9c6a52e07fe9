/** How a session ends: credentials that are refused, and close in every state. */

import { AuthFailedError, SessionClosedError } from '../../src/errors/client-errors.js';
import { type SessionConfig } from '../../src/session/session-config.js';
import { replyHeaderCodec, xids } from '../../src/wire/records.js';
import { Harness, stat } from './harness.js';
import { expiredResponse, ScriptedServer } from './scripted-server.js';

const auth = [{ scheme: 'digest', credential: new TextEncoder().encode('bob:secret') }];

function authReply(harness: Harness, error: number): void {
  harness.server.current.frame((writer) => {
    replyHeaderCodec.write(writer, { xid: xids.auth, zxid: 0n, error });
  });
}

describe('credentials', () => {
  it('are given to each connection, and everything else waits for the answer', () => {
    const harness = new Harness([new ScriptedServer()], { auth });
    harness.get('/a');
    harness.time.advanceTo(10);
    expect(harness.server.arrived.map(({ name }) => name)).toEqual(['auth']);
    expect(harness.told).toEqual([]);
    authReply(harness, 0);
    harness.time.advanceTo(20);
    expect(harness.server.arrived.map(({ name }) => name)).toEqual(['auth', 'getData']);
    expect(harness.told).toEqual(['c', 'w']);
    harness.network.reset();
    harness.time.advanceTo(300);
    expect(harness.server.of('auth')).toHaveLength(2);
    expect(harness.session.state.status).toBe('suspended');
    authReply(harness, 0);
    harness.time.advanceTo(310);
    expect(harness.session.state.status).toBe('connected');
  });

  it('that are refused end everything with AuthFailedError, and no secret in it', () => {
    const harness = new Harness([new ScriptedServer()], { auth });
    const before = harness.get('/a');
    harness.time.advanceTo(10);
    authReply(harness, -115);
    harness.server.current.close();
    harness.time.advanceTo(20);
    expect(harness.told).toEqual(['!']);
    expect(before.error).toBeInstanceOf(AuthFailedError);
    expect(before.error?.message).toBe('AuthFailed (digest): spec /a');
    expect(harness.get('/b').error).toBeInstanceOf(AuthFailedError);
    harness.time.advanceTo(60_000);
    expect(harness.server.connections).toHaveLength(1);
    expect(harness.time.pending).toBe(0);
  });

  it('added later are answered when the server has, also over a reconnect', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const told: string[] = [];
    harness.session.addAuth('digest', auth[0]?.credential ?? new Uint8Array(), {
      reply: () => told.push('ok'),
      fail: (error) => told.push(error.name),
    });
    harness.time.advanceTo(20);
    harness.network.reset();
    harness.time.advanceTo(300);
    expect(told).toEqual([]);
    authReply(harness, 0);
    harness.time.advanceTo(310);
    expect(told).toEqual(['ok']);
  });
});

describe('close', () => {
  const closed = (config: Partial<SessionConfig> = {}, server = new ScriptedServer()): Harness =>
    new Harness([server], config);

  it('answers what was sent before, tells the server, and leaves nothing', () => {
    const harness = closed();
    harness.time.advanceTo(10);
    const sent = harness.set('/a');
    let done = 0;
    harness.session.close(() => done++);
    expect(harness.get('/b').error).toBeInstanceOf(SessionClosedError);
    harness.time.advanceTo(20);
    expect(harness.server.arrived.map(({ name }) => name)).toEqual(['setData', 'closeSession']);
    harness.server.last('setData').reply(stat);
    harness.server.last('closeSession').reply(undefined);
    harness.time.advanceTo(30);
    expect(sent.value).toEqual(stat);
    expect(done).toBe(1);
    expect(harness.told).toEqual(['c', 'w', '-ended', '-ended', 'k']);
    harness.session.close(() => done++);
    expect(done).toBe(2);
    harness.time.advanceTo(60_000);
    expect(harness.time.pending).toBe(0);
    expect(harness.network.links()).toHaveLength(0);
  });

  it('is done within two seconds when the server does not answer', () => {
    const harness = closed();
    harness.time.advanceTo(10);
    harness.network.partition();
    const sent = harness.set('/a');
    let doneAt = -1;
    harness.session.close(() => {
      doneAt = harness.time.now();
    });
    harness.time.advanceTo(10_000);
    expect(doneAt).toBe(2_010);
    expect(sent.error).toBeInstanceOf(SessionClosedError);
    expect(harness.time.pending).toBe(0);
  });

  it('reaches the server on the next connection when it comes while suspended', () => {
    const harness = closed();
    harness.time.advanceTo(10);
    harness.network.reset();
    harness.time.advanceTo(11);
    let done = 0;
    harness.session.close(() => done++);
    harness.time.advanceTo(200);
    expect(harness.server.connects.at(-1)?.sessionId).toBe(0x100n);
    harness.server.last('closeSession').reply(undefined);
    harness.time.advanceTo(210);
    expect(done).toBe(1);
    expect(harness.session.state.status).toBe('closed');
  });

  it.each(['before', 'after'] as const)(
    'asks again when the connection is lost right %s the request arrives',
    (when) => {
      const server: ScriptedServer = new ScriptedServer();
      const harness = closed({}, server);
      harness.time.advanceTo(10);
      harness.network.resetOnce({ direction: 'toServer', when });
      let done = 0;
      harness.session.close(() => done++);
      harness.time.advanceTo(200);
      expect(done).toBe(0);
      expect(server.connects.at(-1)?.sessionId).toBe(0x100n);
      server.last('closeSession').reply(undefined);
      harness.time.advanceTo(210);
      expect(done).toBe(1);
      expect(harness.time.pending).toBe(0);
    },
  );

  it('is done when the server that is asked again has closed the session already', () => {
    let over = false;
    const server: ScriptedServer = new ScriptedServer({
      onConnect: (request) => (over ? expiredResponse : server.session(request)),
    });
    const harness = closed({}, server);
    harness.time.advanceTo(10);
    harness.network.resetOnce({ direction: 'toServer', when: 'after' });
    over = true;
    let done = 0;
    harness.session.close(() => done++);
    harness.time.advanceTo(200);
    expect(done).toBe(1);
    expect(harness.told).toEqual(['c', 'w', '-ended', '-suspended', 's', '-ended', 'k']);
  });

  it('is done at once when no server has been asked for a session', () => {
    const harness = closed();
    let done = 0;
    harness.session.close(() => done++);
    expect(done).toBe(1);
    harness.time.advanceTo(60_000);
    expect(harness.server.connections).toHaveLength(0);
    expect(harness.time.pending).toBe(0);
  });

  it('ends the session that a handshake under way brings', () => {
    const harness = closed();
    harness.network.latencyMs = 10;
    harness.time.advanceTo(25);
    let done = 0;
    harness.session.close(() => done++);
    expect(done).toBe(0);
    harness.time.advanceTo(100);
    harness.server.last('closeSession').reply(undefined);
    harness.time.advanceTo(200);
    expect(done).toBe(1);
    expect(harness.told).toEqual(['-ended', 'k']);
  });

  it('called from inside an observer lets all observers see all states in order', () => {
    const harness = closed();
    const seen: string[] = [];
    harness.session.observe({
      onState: ({ status }) => {
        seen.push(status);
        if (status === 'suspended') harness.session.close(() => seen.push('done'));
      },
    });
    harness.session.observe({ onState: ({ status }) => seen.push(`2:${status}`) });
    harness.time.advanceTo(10);
    harness.network.reset();
    harness.time.advanceTo(200);
    harness.server.last('closeSession').reply(undefined);
    harness.time.advanceTo(300);
    expect(seen).toEqual([
      'connected',
      '2:connected',
      'suspended',
      '2:suspended',
      'closed',
      '2:closed',
      'done',
    ]);
  });
});
