/** Snapshots: nothing is lost on the way, nothing foreign is taken, and a failure changes nothing. */

import * as fc from 'fast-check';
import { ProtocolError } from '../../src/errors/client-errors.js';
import { crc32 } from '../../src/server/crc32.js';
import { type EmbeddedServer } from '../../src/server/server.js';
import { Tree } from '../../src/server/tree.js';
import { type Znode, type ZnodeBirth } from '../../src/server/znode.js';
import { bytes, type Speaker, startWorld } from './world.js';

const birth = (path: string): ZnodeBirth => ({
  path,
  kind: 'persistent',
  owner: 0n,
  ttlMs: 0,
  zxid: 1n,
  time: 0,
});

const state = (server: EmbeddedServer) => ({
  tree: server.tree(),
  zxid: server.lastZxid,
  sessions: server.sessions().map(({ id, timeoutMs, ephemerals }) => ({
    id,
    timeoutMs,
    ephemerals,
  })),
});

const names = fc.constantFrom('/a', '/b', '/a/x', '/a/y', '/b/ä', '/a/x/1');
const step: fc.Arbitrary<(client: Speaker) => void> = fc.oneof(
  fc
    .tuple(names, fc.constantFrom(0, 1, 2, 3, 4), fc.uint8Array({ maxLength: 9 }))
    .map(([path, flags, data]) => (client: Speaker) => {
      client.create(path, { flags, data });
    }),
  names.map((path) => (client: Speaker) => {
    client.create(path, { data: null, acl: [{ perms: 3, scheme: 'ip', id: '10.0.0.1' }] });
  }),
  names.map((path) => (client: Speaker) => {
    client.call('createContainer', {
      path,
      data: null,
      acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
      flags: 4,
    });
  }),
  names.map((path) => (client: Speaker) => {
    client.setData(path);
  }),
  names.map((path) => (client: Speaker) => {
    client.setAcl(path, [{ perms: 31, scheme: 'world', id: 'anyone' }]);
  }),
  names.map((path) => (client: Speaker) => {
    client.delete(path);
  }),
);

/** A server with a bit of everything. */
function furnished() {
  const world = startWorld();
  const client = world.connect();
  client.create('/a', { data: bytes('data') });
  client.create('/a/e', { flags: 1 });
  client.create('/a/s-', { flags: 2, data: null });
  const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
  client.call('createTtl', { path: '/t', data: null, acl, flags: 5, ttlMs: 50_000 });
  return { ...world, client };
}

describe('a snapshot', () => {
  it('restores everything, whatever was done before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { server, connect, time } = startWorld();
        const clients = [connect(), connect({ timeoutMs: 4000 })];
        time.advanceTo(1234);
        // Both are there.
        steps.forEach((act, i) => {
          act(clients[i % 2] as Speaker);
        });
        const copy = startWorld().server;
        copy.restore(server.snapshot());
        expect(state(copy)).toEqual(state(server));
        expect(copy.snapshot()).toEqual(server.snapshot());
      }),
      { numRuns: 200 },
    );
  });

  it('in parts is that of one moment, whatever happens meanwhile', () => {
    const acts = fc.array(step, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(acts, acts, fc.nat(30), (steps, meanwhile, after) => {
        const { server, connect } = startWorld();
        const clients = [connect(), connect({ timeoutMs: 4000 })];
        // Enough to be written in several parts.
        const big = new Uint8Array(100_000);
        for (const name of 'pqrstu') clients[0]?.create(`/${name}`, { data: big });
        // Both are there.
        const play = (act: (client: Speaker) => void, i: number) => {
          act(clients[i % 2] as Speaker);
        };
        steps.forEach(play);
        const then = server.snapshot();
        const parts: Uint8Array[] = [];
        let number = 0;
        for (const part of server.snapshotParts()) {
          parts.push(part);
          number += 1;
          if (number === 1) meanwhile.slice(0, after).forEach(play);
          if (number === 2) meanwhile.slice(after).forEach(play);
          if (number === 3) server.expireSession(clients[1]?.sessionId ?? 0n);
        }
        expect(number).toBeGreaterThan(5);
        expect(Buffer.concat(parts).equals(then)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('in parts begins with its first part, and can be given up', () => {
    const { server, client } = furnished();
    const idle = server.snapshotParts();
    client.setData('/a');
    expect(Buffer.concat([...idle]).equals(server.snapshot())).toBe(true);
    const tree = new Tree({ data: null, acl: [] });
    const shown: string[] = [];
    const stop = tree.beforeChange(({ path }) => shown.push(path));
    tree.create(tree.get('/') as Znode, birth('/a'), { data: null, acl: [] });
    stop();
    tree.create(tree.get('/') as Znode, birth('/b'), { data: null, acl: [] });
    expect(shown).toEqual(['/']);
  });

  it('lets a client take up its session, and time go on for it', () => {
    const { server, client } = furnished();
    const next = startWorld();
    next.server.restore(server.snapshot());
    const { sessionId, connected } = client;
    const password = connected?.password ?? new Uint8Array(0);
    const back = next.connect({ sessionId, password });
    expect(back.sessionId).toBe(sessionId);
    expect(back.create('/a/s-', { flags: 2 })).toBe('/a/s-0000000002');
    expect(next.connect().sessionId).toBeGreaterThan(sessionId);
    expect(next.server.lastZxid).toBe(server.lastZxid + 2n);
    next.time.advanceTo(60_000);
    expect(Object.keys(next.server.tree()).filter((path) => !path.startsWith('/z'))).toEqual([
      '/',
      '/a',
      '/a/s-0000000001',
      '/a/s-0000000002',
    ]);
  });

  it('closes the connections of the server that it is restored in', () => {
    const { server, client, time } = furnished();
    client.getData('/a', true);
    const saved = server.snapshot();
    client.create('/later');
    server.restore(saved);
    expect([client.closed, server.watchCount(), server.connectionCount()]).toEqual([true, 0, 0]);
    expect(server.tree()['/later']).toBeUndefined();
    time.advanceTo(30_000);
    expect(server.sessions()).toEqual([]);
  });

  it('restored while the server stands leaves no timer', () => {
    const { server, time } = furnished();
    const saved = server.snapshot();
    server.stop();
    server.restore(saved);
    expect(time.pending).toBe(0);
    server.start();
    expect(time.pending).toBe(2);
  });
});

describe('bytes that are no snapshot', () => {
  const sealed = (bytesOf: Uint8Array): Uint8Array => {
    const copy = bytesOf.slice();
    new DataView(copy.buffer).setInt32(16, crc32(copy.subarray(20)));
    return copy;
  };

  const refused = (wrong: Uint8Array): string => {
    const { server, client } = furnished();
    const before = state(server);
    let message = '';
    try {
      server.restore(wrong);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      ({ message } = error);
    }
    expect(state(server)).toEqual(before);
    expect(client.closed).toBe(false);
    return message;
  };

  it('are refused and change nothing: foreign ones', () => {
    expect(refused(bytes('ZKSN\u0000\u0000\u0000\u0002'))).toMatch(/not a snapshot of this server/);
    expect(refused(new Uint8Array(0))).toMatch(/not a snapshot/);
  });

  it('are refused: another format', () => {
    const other = furnished().server.snapshot();
    other[15] = 9;
    expect(refused(other)).toMatch(/format 9, known is 1/);
  });

  it('are refused wherever they are damaged or cut off', () => {
    const whole = furnished().server.snapshot();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = whole.slice();
        // The index is below the length.
        damaged[at] = (damaged[at] as number) ^ flip;
        expect(refused(damaged)).toMatch(/cannot restore the snapshot/);
        expect(refused(whole.subarray(0, at))).toMatch(/cannot restore the snapshot/);
      }),
      { numRuns: 60 },
    );
  });

  it('are refused even with a right checksum: nothing half-read is kept', () => {
    const whole = furnished().server.snapshot();
    fc.assert(
      fc.property(fc.integer({ min: 20, max: whole.length - 1 }), (at) => {
        expect(refused(sealed(whole.subarray(0, at)))).not.toBe('');
      }),
      { numRuns: 60 },
    );
    expect(refused(sealed(new Uint8Array([...whole, 0])))).toMatch(/1 bytes too many/);
  });

  it.each([
    ['a path that is none', '/a/e', '/a//'],
    ['a znode without its parent', '/a/e', '/b/e'],
    ['a znode twice', '/t', '/a'],
    ['a server without its own znodes', '/zookeeper/quota', '/zookeeper/quotA'],
  ])('are refused: %s', (_what, from, to) => {
    const changed = furnished().server.snapshot();
    const path = bytes(from);
    changed.set(
      bytes(to),
      Buffer.from(changed).indexOf(Buffer.of(0, 0, 0, path.length, ...path)) + 4,
    );
    expect(refused(sealed(changed))).toContain(to === '/zookeeper/quotA' ? from : to);
  });
});
