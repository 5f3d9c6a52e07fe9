/** A server without its quorum: whom it takes, what it refuses, and whose sessions it has. */

import { Speaker, startWorld, type World } from './world.js';

const words = (world: World, text: string): string => {
  const pipe = { wantWrite: () => undefined, close: () => undefined };
  const handlers = world.server.acceptor(pipe, { host: '10.0.0.9', port: 5 });
  handlers.onData(new TextEncoder().encode(text));
  return new TextDecoder().decode(handlers.onFlush());
};

describe('read-only mode', () => {
  it('is told by isro, srvr and mntr', () => {
    const world = startWorld();
    world.server.setReadOnly(true);
    expect(words(world, 'isro')).toBe('ro');
    expect(words(world, 'srvr')).toContain('\nMode: read-only\n');
    expect(words(world, 'mntr')).toContain('\nzk_server_state\tread-only\n');
    world.server.setReadOnly(false);
    expect(words(world, 'isro')).toBe('rw');
  });

  it('closes the connections when it begins and when it ends', () => {
    const { server, connect } = startWorld();
    const before = connect();
    server.setReadOnly(true);
    expect(before.closed).toBe(true);
    const meanwhile = connect({ readOnly: true });
    server.setReadOnly(true);
    expect(meanwhile.closed).toBe(false);
    server.setReadOnly(false);
    expect(meanwhile.closed).toBe(true);
  });

  it.each([false, undefined])('turns away who does not ask for it: %s', (readOnly) => {
    const { server, connect } = startWorld();
    server.setReadOnly(true);
    const client = connect({ readOnly });
    expect([client.connected, client.closed]).toEqual([undefined, true]);
  });

  it('turns away who has seen more', () => {
    const { server, connect } = startWorld();
    server.setReadOnly(true);
    expect(connect({ readOnly: true, lastZxidSeen: 1n }).closed).toBe(true);
  });

  it('opens a session that takes no zxid and is no session of the ensemble', () => {
    const { server, connect } = startWorld();
    server.setReadOnly(true);
    const client = connect({ readOnly: true });
    expect(client.connected).toMatchObject({ timeoutMs: 10_000, readOnly: true });
    expect(client.sessionId).not.toBe(0n);
    expect([server.lastZxid, server.sessions()]).toEqual([0n, []]);
    const again = connect({ ...client.connected, readOnly: true });
    expect([again.sessionId, client.closed]).toEqual([client.sessionId, true]);
    expect(
      connect({ ...client.connected, readOnly: true, password: new Uint8Array(16) }),
    ).toMatchObject({
      connected: { timeoutMs: 0, readOnly: true },
      closed: true,
    });
  });

  it('ends its own sessions when they are closed, when they are silent, and with the mode', () => {
    const { time, server, connect } = startWorld();
    server.setReadOnly(true);
    const closes = connect({ readOnly: true });
    expect(closes.call('closeSession', undefined).error).toBe(0);
    expect(closes.closed).toBe(true);
    const falls = connect({ readOnly: true, timeoutMs: 4000 });
    time.advanceBy(5000);
    expect(falls.closed).toBe(false);
    time.advanceBy(1000);
    expect(falls.closed).toBe(true);
    const outlives = connect({ readOnly: true });
    expect(time.pending).toBe(1);
    server.setReadOnly(false);
    expect(time.pending).toBe(0);
    expect(connect({ ...outlives.connected, readOnly: true }).connected?.timeoutMs).toBe(0);
    expect(server.lastZxid).toBe(0n);
  });

  it('gives no id twice, whoever opens the session', () => {
    const { server, connect } = startWorld({ servers: 2 });
    server.setReadOnly(true, 1);
    const ids = [0, 1, 0, 1].map(
      (index) => new Speaker(server, { server: index, readOnly: true }).sessionId,
    );
    expect(new Set(ids).size).toBe(4);
    expect(connect().sessionId).not.toBe(0n);
  });

  it('takes up a session of the ensemble, which it neither keeps alive nor ends', () => {
    const { time, server, connect } = startWorld({ servers: 2 });
    const client = connect({ timeoutMs: 10_000 });
    client.create('/e', { flags: 1 });
    server.setReadOnly(true, 1);
    const moved = new Speaker(server, { ...client.connected, server: 1, readOnly: true });
    expect(moved.connected).toMatchObject({ sessionId: client.sessionId, readOnly: true });
    expect(client.closed).toBe(true);
    expect(moved.call('closeSession', undefined).error).toBe(-119);
    expect(moved.closed).toBe(false);
    time.advanceBy(9000);
    moved.send('ping', undefined, -2);
    expect(server.ephemerals()).toEqual(['/e']);
    time.advanceBy(3000);
    expect([server.ephemerals(), moved.closed]).toEqual([[], true]);
  });

  it('ends no session of the ensemble while no server takes writes, and gives each its full timeout then', () => {
    const { time, server, connect } = startWorld();
    const client = connect({ timeoutMs: 10_000 });
    client.create('/e', { flags: 1 });
    server.setReadOnly(true);
    time.advanceBy(100_000);
    expect([server.ephemerals(), time.pending]).toEqual([['/e'], 0]);
    server.setReadOnly(false);
    time.advanceBy(9000);
    expect(server.ephemerals()).toEqual(['/e']);
    time.advanceBy(3000);
    expect(server.ephemerals()).toEqual([]);
  });

  it('serves reads, watches and pings, and refuses unread whatever changes something', () => {
    const { server, connect } = startWorld();
    connect().create('/a');
    server.setReadOnly(true);
    const client = connect({ readOnly: true });
    expect([client.getData('/a', true), client.exists('/b', true)]).toEqual(['ok', 'NoNode']);
    expect([client.getChildren('/'), client.auth('bob:pw')]).toEqual(['ok', 'ok']);
    const refused = [
      client.create('/b'),
      client.delete('/a'),
      client.setData('/a'),
      client.setAcl('/a'),
      client.call('sync', { path: '/' }),
      client.call('multi', []),
      client.call('reconfig', { joining: null, leaving: null, newMembers: null, configId: -1n }),
    ].map((answer) => (typeof answer === 'string' ? answer : answer.error));
    expect(refused).toEqual([...Array<string>(4).fill('NotReadOnly'), -119, -119, -119]);
    expect(server.lastZxid).toBe(2n);
  });
});
