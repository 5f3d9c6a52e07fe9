/** What happens to session, requests and watches when connections and sessions are lost. */

import {
  ConnectionLossError,
  LimitExceededError,
  TimeoutError,
} from '../../src/errors/client-errors.js';
import { NoNodeError, ServerError } from '../../src/errors/server-error.js';
import { type WatchListener } from '../../src/session/watch-registry.js';
import { operations } from '../../src/wire/operations.js';
import { type SetWatchesRequest } from '../../src/wire/watch-records.js';
import { Ring } from '../../src/session/ring.js';
import { Harness, stat } from './harness.js';
import { expiredResponse, ScriptedServer } from './scripted-server.js';

describe('a lost connection', () => {
  it('fails a write that was sent with an unknown outcome, and sends a read again', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const write = harness.set('/w');
    const read = harness.get('/r');
    harness.time.advanceTo(20);
    harness.network.reset();
    harness.time.advanceTo(25);
    expect(write.error).toBeInstanceOf(ConnectionLossError);
    expect(write.error).toMatchObject({ outcome: 'unknown', operation: 'spec', path: '/w' });
    expect(read.error).toBeUndefined();
    harness.time.advanceTo(200);
    expect(harness.server.of('getData')).toHaveLength(2);
    expect(harness.server.of('setData')).toHaveLength(1);
    harness.server.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(210);
    expect(read.value).toEqual({ data: null, stat });
  });

  it('keeps a request that was not sent, in order, and sends it on the next connection', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const first = harness.get('/1');
    harness.time.advanceTo(15);
    harness.network.reset();
    harness.time.advanceTo(16);
    const second = harness.set('/2');
    const third = harness.get('/3');
    harness.time.advanceTo(300);
    const paths = harness.server.arrived.map(({ body }) => (body as { path: string }).path);
    expect(paths).toEqual(['/1', '/1', '/2', '/3']);
    expect([first.error, second.error, third.error]).toEqual([undefined, undefined, undefined]);
  });

  it('fails what waits too long with the outcome not-sent, and what was sent with unknown', () => {
    const harness = new Harness([new ScriptedServer()]);
    harness.time.advanceTo(10);
    const sent = harness.set('/sent', 500);
    harness.time.advanceTo(509);
    expect(sent.error).toBeUndefined();
    harness.time.advanceTo(511);
    expect(sent.error).toBeInstanceOf(TimeoutError);
    expect(sent.error).toMatchObject({ outcome: 'unknown', timeoutMs: 500 });
    harness.network.partition();
    harness.network.reset();
    harness.time.advanceTo(600);
    const waiting = harness.set('/waiting', 500);
    harness.time.advanceTo(1_101);
    expect(waiting.error).toMatchObject({ outcome: 'not-sent' });
  });

  it('skips the reply to a request that timed out, and goes on', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const late = harness.set('/late', 100);
    const next = harness.get('/next');
    harness.time.advanceTo(200);
    expect(late.error).toBeInstanceOf(TimeoutError);
    harness.server.last('setData').reply(stat);
    harness.server.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(210);
    expect(next.value).toBeDefined();
  });

  it('bounds what waits, and makes room again when what waited is not wanted any more', () => {
    const harness = new Harness([new ScriptedServer({ onConnect: () => undefined })], {
      maxPendingRequests: 3,
    });
    const calls = [1, 2, 3].map((n) =>
      harness.call(operations.getData, { path: `/${String(n)}`, watch: false }),
    );
    const over = harness.get('/4');
    expect(over.error).toBeInstanceOf(LimitExceededError);
    expect(over.error).toMatchObject({ limit: 3, path: '/4' });
    for (const { call } of calls) harness.session.cancel(call);
    expect(harness.get('/5').error).toBeUndefined();
  });

  it('does not look through all that waits for each request that it refuses, or that is not wanted any more', () => {
    const size = 10_000;
    const harness = new Harness([new ScriptedServer({ onConnect: () => undefined })], {
      maxPendingRequests: size,
    });
    const get = (timeoutMs = Infinity) =>
      harness.call(operations.getData, { path: '/a', watch: false }, timeoutMs);
    const calls = Array.from({ length: size }, () => get());
    const looks = jest.spyOn(Ring.prototype, 'drain');
    for (let i = 0; i < 100; i++) expect(get().error).toBeInstanceOf(LimitExceededError);
    // Each one that goes makes room for one, whatever has become of those before.
    for (const { call } of calls) {
      harness.session.cancel(call);
      expect(get(50).error).toBeUndefined();
      expect(get().error).toBeInstanceOf(LimitExceededError);
    }
    expect(looks.mock.calls.length).toBeLessThan(5);
    harness.time.advanceBy(50);
    const again = Array.from({ length: size }, () => get().error);
    expect(again.filter((error) => error !== undefined)).toEqual([]);
    expect(get().error).toBeInstanceOf(LimitExceededError);
    looks.mockRestore();
  });

  it('refuses a request over the frame limit before sending it, and goes on', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const data = new Uint8Array(0x10_0000);
    const big = harness.call(operations.setData, { path: '/big', data, version: -1 });
    expect(big.error).toMatchObject({ name: 'LimitExceededError', limit: 0xf_ffff, path: '/big' });
    const small = harness.get('/small');
    harness.time.advanceTo(20);
    harness.server.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(30);
    expect(small.value).toBeDefined();
    expect(harness.told).toEqual(['c', 'w']);
  });
});

describe('a lost session', () => {
  it('is learnt from the server: leases end, then lost is shown, then a new session', () => {
    let over = false;
    const server: ScriptedServer = new ScriptedServer({
      onConnect: (request) =>
        over && request.sessionId !== 0n ? expiredResponse : server.session(request),
    });
    const harness = new Harness([server]);
    harness.time.advanceTo(10);
    over = true;
    harness.network.reset();
    harness.time.advanceTo(500);
    expect(harness.told).toEqual(['c', 'w', '-suspended', 's', '-ended', 'x', 'c', 'w']);
    expect(harness.states[2]).toMatchObject({ status: 'lost', sessionId: 0x100n });
    expect(harness.session.identity?.id).toBe(0x101n);
  });

  it('asks the server that said so for the new one, not the next', () => {
    const first = new ScriptedServer();
    const second: ScriptedServer = new ScriptedServer({
      onConnect: (request) =>
        request.sessionId === 0n ? second.session(request) : expiredResponse,
    });
    const harness = new Harness([first, second]);
    harness.time.advanceTo(10);
    harness.network.at({ host: 's1', port: 2181 }).reset();
    harness.time.advanceTo(500);
    expect(harness.session.state).toMatchObject({ status: 'connected', server: 's2:2181' });
    expect(second.connects.map(({ sessionId }) => sessionId)).toEqual([0x100n, 0n]);
    expect(first.connections).toHaveLength(1);
  });

  it('is taken for lost when no server can be reached for as long as it may live', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    harness.network.partition();
    harness.time.advanceTo(8_999);
    expect(harness.session.state.status).toBe('suspended');
    harness.time.advanceTo(9_001);
    expect(harness.session.state).toMatchObject({ status: 'lost', cause: { reason: 'lost' } });
    harness.network.heal();
    harness.time.advanceTo(30_000);
    expect(harness.server.connects.at(-1)).toMatchObject({ sessionId: 0n });
    expect(harness.session.state).toMatchObject({ status: 'connected', sessionId: 0x101n });
  });

  it('resumes a session that the server still knows, though the handshake took longer than it may live', () => {
    const harness = new Harness([new ScriptedServer()], { connectTimeoutMs: 60_000 });
    harness.time.advanceTo(10);
    harness.network.reset();
    harness.time.advanceTo(20);
    harness.network.partition('toClient');
    harness.time.advanceTo(15_000);
    // The new connection is open and asked, so the answer decides.
    harness.network.heal();
    harness.time.advanceTo(15_010);
    expect(harness.session.state).toMatchObject({ status: 'connected' });
  });
});

describe('garbage from the server', () => {
  it('fails one unreadable reply, and nothing else', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const bad = harness.get('/bad');
    const good = harness.get('/good');
    harness.time.advanceTo(20);
    const [first, second] = harness.server.of('getData');
    first?.connection.frame((writer) => {
      writer.int(first.xid);
      writer.long(1n);
      writer.int(0);
      writer.int(1_000_000);
    });
    second?.reply({ data: null, stat });
    harness.time.advanceTo(30);
    expect(bad.error).toMatchObject({ name: 'ProtocolError', operation: 'spec', path: '/bad' });
    expect(good.value).toBeDefined();
    expect(harness.told).toEqual(['c', 'w']);
  });

  it.each([
    ['a reply to no request', [0, 0, 0, 16, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]],
    ['a negative length', [255, 255, 255, 255]],
    ['a huge length', [127, 255, 255, 255]],
    ['a frame too short for a header', [0, 0, 0, 3, 1, 2, 3]],
    ['an empty frame', [0, 0, 0, 0]],
    ['a truncated event', [0, 0, 0, 17, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9]],
  ])('drops the connection for %s and resumes the session on another', (_name, bytes) => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const read = harness.get('/a');
    harness.time.advanceTo(20);
    harness.server.current.raw(Uint8Array.from(bytes));
    harness.time.advanceTo(300);
    expect(harness.told).toEqual(['c', 'w', '-suspended', 's', 'c', 'w']);
    harness.server.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(310);
    expect(read.value).toBeDefined();
  });

  it('keeps an unknown error code as a ServerError with its number', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const read = harness.get('/a');
    harness.time.advanceTo(20);
    harness.server.last('getData').refuse(-4711);
    harness.time.advanceTo(30);
    expect(read.error).toBeInstanceOf(ServerError);
    expect(read.error).toMatchObject({ code: -4711, message: 'Code-4711: spec /a' });
    expect(harness.told).toEqual(['c', 'w']);
  });
});

describe('watches', () => {
  const events = (): WatchListener & { readonly seen: string[] } => {
    const seen: string[] = [];
    return { seen, onWatchEvent: (event) => seen.push(event) };
  };

  it('come back on the next connection, before anything else, with the zxid seen', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const listener = events();
    harness.session.watches.listen('data', '/d', listener);
    harness.session.watches.listen('data', '/absent', listener);
    harness.session.watches.listen('child', '/c', listener);
    harness.get('/d', true);
    const absent = harness.call(operations.exists, { path: '/absent', watch: true });
    harness.call(operations.getChildren2, { path: '/c', watch: true });
    harness.time.advanceTo(20);
    harness.server.last('getData').reply({ data: null, stat }, 41n);
    harness.server.last('exists').refuse(-101, 42n);
    harness.server.last('getChildren2').reply({ names: [], stat }, 43n);
    harness.time.advanceTo(30);
    expect(absent.error).toBeInstanceOf(NoNodeError);
    harness.network.reset();
    harness.time.advanceTo(35);
    harness.set('/later');
    harness.time.advanceTo(300);
    expect(harness.server.arrived.slice(3).map(({ name }) => name)).toEqual([
      'setWatches',
      'setData',
    ]);
    expect(harness.server.last('setWatches').body).toEqual({
      relativeZxid: 43n,
      data: ['/d'],
      exist: ['/absent'],
      child: ['/c'],
    });
    expect(harness.server.connects.at(-1)?.lastZxidSeen).toBe(43n);
    // Restored is told when the server has answered, and the events it caught up with have come.
    expect(harness.told).toEqual(['c', 'w', '-suspended', 's', 'c']);
    harness.server.current.event(3, '/d');
    harness.server.last('setWatches').reply(undefined);
    harness.time.advanceTo(310);
    expect(listener.seen).toEqual(['dataChanged']);
    expect(harness.told.at(-1)).toBe('w');
  });

  it('fire once, and are removed on the server when the last listener leaves', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const one = events();
    const two = events();
    harness.session.watches.listen('data', '/a', one);
    harness.session.watches.listen('data', '/a', two);
    harness.get('/a', true);
    harness.time.advanceTo(20);
    harness.server.last('getData').reply({ data: null, stat });
    harness.time.advanceTo(30);
    expect(harness.session.watches.armedCount()).toBe(1);
    harness.session.watches.unlisten('data', '/a', one);
    harness.time.advanceTo(40);
    expect(harness.server.of('removeWatches')).toHaveLength(0);
    harness.session.watches.unlisten('data', '/a', two);
    harness.time.advanceTo(50);
    expect(harness.server.last('removeWatches').body).toEqual({ path: '/a', watcherType: 2 });
    expect(harness.session.watches.armedCount()).toBe(0);
  });

  it('are removed when the read that left them is answered after everybody has gone', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const listener = events();
    harness.session.watches.listen('child', '/a', listener);
    const { call } = harness.call(operations.getChildren2, { path: '/a', watch: true });
    harness.time.advanceTo(20);
    harness.session.watches.unlisten('child', '/a', listener);
    harness.session.cancel(call);
    harness.server.last('getChildren2').reply({ names: [], stat });
    harness.time.advanceTo(30);
    expect(harness.server.last('removeWatches').body).toEqual({ path: '/a', watcherType: 1 });
  });

  it('are not removed again on a server that cannot do that', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    for (const path of ['/a', '/b']) {
      const listener = events();
      harness.session.watches.listen('data', path, listener);
      harness.get(path, true);
      harness.time.advanceBy(10);
      harness.server.last('getData').reply({ data: null, stat });
      harness.time.advanceBy(10);
      harness.session.watches.unlisten('data', path, listener);
      harness.time.advanceBy(10);
      const removal = harness.server.of('removeWatches').at(-1);
      if (path === '/a') removal?.refuse(-6);
      harness.time.advanceBy(10);
    }
    expect(harness.server.of('removeWatches')).toHaveLength(1);
  });

  it('come back 100,000 strong in frames under 1 MiB', () => {
    const server = new ScriptedServer({
      onRequest: (request) => {
        if (request.name === 'getData') request.reply({ data: null, stat });
        else request.reply(undefined);
      },
    });
    const harness = new Harness([server], { maxPendingRequests: 200_000 });
    harness.time.advanceTo(10);
    const listener = events();
    const count = 100_000;
    for (let i = 0; i < count; i++) {
      const path = `/services/instances/watched-node-${String(i)}`;
      harness.session.watches.listen('data', path, listener);
      harness.get(path, true);
    }
    harness.time.advanceTo(20);
    expect(harness.session.watches.armedCount()).toBe(count);
    harness.network.reset();
    harness.time.advanceTo(300);
    const restored = server
      .of('setWatches')
      .flatMap(({ body }) => (body as SetWatchesRequest).data);
    expect(new Set(restored).size).toBe(count);
    expect(server.current.largestFrame).toBeLessThan(0x4_0000);
    expect(harness.told.slice(-2)).toEqual(['c', 'w']);
  });
});
