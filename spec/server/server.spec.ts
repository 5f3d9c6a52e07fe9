/** What those who run a server can see and do, and that nothing is left behind. */

import { VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { createServer } from '../../src/server/server.js';
import { VirtualTime } from '../support/virtual-time.js';
import { open, Speaker, startWorld } from './world.js';

describe('createServer', () => {
  it.each([
    ['tickMs', 0],
    ['tickMs', 1.5],
    ['maxFrameBytes', 10],
    ['reapIntervalMs', 0],
    ['servers', 0],
    ['serverId', 255],
    ['serverId', 0],
  ])('refuses %s = %d', (option, value) => {
    expect(() => createServer({ scheduler: new VirtualTime(), [option]: value })).toThrow(
      InvalidOptionError,
    );
  });

  it('leaves no timer while it has nobody to look after', () => {
    const { time, connect } = startWorld();
    expect(time.pending).toBe(0);
    const client = connect();
    expect(time.pending).toBe(1);
    client.call('createTtl', { path: '/t', data: null, acl: open, flags: 5, ttlMs: 7 });
    expect(time.pending).toBe(2);
    client.delete('/t');
    client.call('closeSession', undefined);
    expect(time.pending).toBe(0);
  });

  it('lets a virtual clock come to its end', () => {
    const time = new VirtualTimeScheduler();
    const server = createServer({ scheduler: time });
    new Speaker(server).create('/e', { flags: 1 });
    time.flush();
    expect([server.sessions(), time.frame]).toEqual([[], 12_000]);
    new TestScheduler(() => undefined).run(() => {
      const inTest = createServer({ scheduler: time });
      new Speaker(inTest);
    });
  });

  it('ends a marble test on its own clock', () => {
    const ends: number[] = [];
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(() => {
      const server = createServer({ scheduler, tickMs: 10 });
      const client = new Speaker(server, { timeoutMs: 20 });
      scheduler.schedule(() => ends.push(server.sessions().length), 29);
      scheduler.schedule(() => ends.push(server.sessions().length, client.closed ? 1 : 0), 31);
    });
    expect(ends).toEqual([1, 0, 1]);
  });

  it('does the same on the same calls', () => {
    const run = (): unknown => {
      const { time, server, connect } = startWorld();
      const [a, b] = [connect(), connect({ timeoutMs: 4000 })];
      a.create('/a', { flags: 3 });
      b.create('/b', { flags: 1 });
      a.addWatch('/', 1);
      time.advanceTo(7000);
      return [a.log, a.rawEvents(), server.tree(), server.sessions(), server.lastZxid];
    };
    expect(run()).toEqual(run());
  });
});

describe('an embedded server', () => {
  it('shows its sessions, tree, watches, ephemerals and connections', () => {
    const { server, connect } = startWorld();
    const [a, b] = [connect(), connect({ timeoutMs: 4000 })];
    a.create('/p', { data: null });
    a.create('/p/e', { flags: 1 });
    b.create('/f', { flags: 1 });
    b.getChildren('/', true);
    b.addWatch('/', 0);
    expect(server.sessions()).toEqual([
      {
        id: a.sessionId,
        timeoutMs: 10_000,
        expiresAtMs: 12_000,
        connected: true,
        ephemerals: ['/p/e'],
      },
      { id: b.sessionId, timeoutMs: 4000, expiresAtMs: 6000, connected: true, ephemerals: ['/f'] },
    ]);
    expect(Object.keys(server.tree())).toEqual([
      '/',
      '/zookeeper',
      '/zookeeper/quota',
      '/zookeeper/config',
      '/p',
      '/p/e',
      '/f',
    ]);
    expect(server.tree()['/p']).toMatchObject({
      data: null,
      acl: open,
      kind: 'persistent',
      stat: { numChildren: 1 },
    });
    expect(server.tree()['/f']).toMatchObject({ kind: 'ephemeral', ephemeralOwner: b.sessionId });
    expect([server.watchCount(), server.connectionCount()]).toEqual([2, 2]);
    expect([server.ephemerals(), server.ephemerals(b.sessionId), server.ephemerals(1n)]).toEqual([
      ['/p/e', '/f'],
      ['/f'],
      [],
    ]);
  });

  it('gives snapshots that do not change any more', () => {
    const { server, connect } = startWorld();
    const client = connect();
    const before = server.tree();
    client.create('/a');
    expect(before['/']?.stat.numChildren).toBe(1);
    expect(before['/a']).toBeUndefined();
  });

  it('counts requests by operation', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.create('/a');
    client.create('/a');
    client.exists('/a');
    client.send('ping', undefined, -2);
    expect(server.requestCounts()).toEqual({ create: 2, exists: 1, ping: 1 });
  });

  it('drops connections, all or those of one session, and keeps the sessions', () => {
    const { server, connect } = startWorld();
    const [a, b, c] = [connect(), connect(), connect()];
    server.dropConnections(b.sessionId);
    expect([a.closed, b.closed, c.closed]).toEqual([false, true, false]);
    server.dropConnections();
    expect([a.closed, c.closed, server.connectionCount(), server.sessions().length]).toEqual([
      true,
      true,
      0,
      3,
    ]);
  });

  it('expires a session when told', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.create('/e', { flags: 1 });
    expect([
      server.expireSession(client.sessionId),
      server.expireSession(client.sessionId),
    ]).toEqual([true, false]);
    expect([client.closed, server.ephemerals()]).toEqual([true, []]);
  });

  it('refuses connections while it is stopped, forgets nothing, and gives sessions a full timeout at the start', () => {
    const { time, server, connect } = startWorld();
    const client = connect({ timeoutMs: 4000 });
    client.create('/e', { flags: 1 });
    server.stop();
    expect([client.closed, time.pending]).toEqual([true, 0]);
    expect(connect().connected).toBeUndefined();
    time.advanceTo(100_000);
    expect(server.ephemerals()).toEqual(['/e']);
    server.start();
    const password = client.connected?.password ?? new Uint8Array(0);
    time.advanceTo(103_000);
    expect(connect({ sessionId: client.sessionId, password, timeoutMs: 4000 }).sessionId).toBe(
      client.sessionId,
    );
    time.advanceTo(108_000);
    expect(server.ephemerals()).toEqual([]);
  });

  it('leaves nothing behind when it is disposed of', () => {
    const { time, server, connect } = startWorld();
    const client = connect();
    client.call('createTtl', { path: '/t', data: null, acl: open, flags: 5, ttlMs: 7 });
    client.exists('/x', true);
    server.dispose();
    server.start();
    expect([client.closed, time.pending, server.connectionCount(), server.watchCount()]).toEqual([
      true,
      0,
      0,
      0,
    ]);
    expect(connect().connected).toBeUndefined();
  });
});

describe('several servers over one tree', () => {
  it('let a session move from one to another', () => {
    const world = startWorld({ servers: 3 });
    const { server } = world;
    const first = new Speaker(server, { server: 0 });
    first.create('/e', { flags: 1 });
    const { sessionId } = first;
    server.stop(0);
    expect(first.closed).toBe(true);
    expect(new Speaker(server, { server: 0 }).connected).toBeUndefined();
    const password = first.connected?.password ?? new Uint8Array(0);
    const second = new Speaker(server, { server: 2, sessionId, password });
    expect(second.call('getEphemerals', { prefix: null }).body).toEqual(['/e']);
    server.start(0);
    const back = new Speaker(server, { server: 0, sessionId, password });
    expect([back.sessionId, second.closed]).toEqual([sessionId, true]);
  });

  it('let time go on while one of them runs', () => {
    const { time, server } = startWorld({ servers: 2 });
    new Speaker(server, { server: 0, timeoutMs: 4000 });
    server.stop(0);
    time.advanceTo(20_000);
    expect(server.sessions()).toEqual([]);
  });

  it('refuse a number that does not exist', () => {
    const { server } = startWorld({ servers: 2 });
    expect(() => {
      server.stop(2);
    }).toThrow(InvalidOptionError);
  });
});
