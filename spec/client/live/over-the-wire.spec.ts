/** Live reads through the real session and wire bytes, against the embedded server, on virtual time. */

import { type Observable } from 'rxjs';
import { json, text as textCodec } from '../../../src/client/codecs.js';
import { type ZooKeeper } from '../../../src/client/zookeeper.js';
import { AuthFailedError } from '../../../src/errors/client-errors.js';
import { VirtualClient } from '../virtual-client.js';
import { record } from './record.js';

/** A client under test and another one that changes things. */
function setUp() {
  const world = new VirtualClient({ client: { idleGraceMs: Infinity } });
  const writer = world.client('', { idleGraceMs: Infinity });
  world.run(writer.ensurePath('/a'));
  return { world, zk: world.zk, writer, server: world.server, time: world.time };
}

/** The reads that the server has counted since the function was made; none is not mentioned. */
function counter(server: VirtualClient['server']) {
  const before = server.requestCounts();
  const names = ['getData', 'exists', 'getChildren2', 'removeWatches', 'setWatches'] as const;
  return (): Record<string, number> => {
    const now = server.requestCounts();
    const counts: Record<string, number> = {};
    for (const name of names) {
      const count = (now[name] ?? 0) - (before[name] ?? 0);
      if (count > 0) counts[name] = count;
    }
    return counts;
  };
}

describe('live reads over the wire', () => {
  it('follow a znode from absence through versions to deletion', () => {
    const { world, zk, writer, server, time } = setUp();
    const data = record(zk.data$('/b', textCodec()));
    const exists = record(zk.exists$('/b'), (stat) => (stat === null ? '0' : String(stat.version)));
    time.advanceBy(100);
    world.run(writer.create('/b', 'a'));
    world.run(writer.set('/b', 'b'));
    world.run(writer.delete('/b'));
    expect(data.seen).toEqual(['0', '"a"', '"b"', '0']);
    expect(exists.seen).toEqual(['0', '0', '1', '0']);
    expect(server.watchCount()).toBe(1);
    data.subscription.unsubscribe();
    exists.subscription.unsubscribe();
    time.advanceBy(100);
    expect(server.watchCount()).toBe(0);
  });

  it('follow the children of a znode that comes and goes', () => {
    const { world, zk, writer, server, time } = setUp();
    const { seen, subscription } = record(zk.children$('/p'));
    time.advanceBy(100);
    world.run(writer.create('/p'));
    world.run(writer.create('/p/x'));
    world.run(writer.create('/p/y'));
    world.run(writer.delete('/p/x'));
    world.run(writer.delete('/p', { recursive: true }));
    expect(seen).toEqual(['0', '[]', '[x]', '[x,y]', '[y]', '[]', '0']);
    subscription.unsubscribe();
    time.advanceBy(100);
    expect(server.watchCount()).toBe(0);
  });

  it('converge under a storm of changes, with few reads', () => {
    const { world, zk, writer, server, time } = setUp();
    world.network.latencyMs = 10;
    world.run(writer.set('/a', '0'));
    const { seen } = record(zk.data$('/a', json<number>()));
    time.advanceBy(100);
    const counts = counter(server);
    // One change each millisecond, a round trip takes 20.
    for (let i = 1; i <= 1000; i++) {
      writer.set('/a', String(i)).subscribe();
      time.advanceBy(1);
    }
    time.advanceBy(1000);
    const versions = seen.slice(1).map(Number);
    expect(versions.at(-1)).toBe(1000);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    const { getData = 0 } = counts();
    expect(getData).toBeLessThanOrEqual(1000 / 20 + 2);
    expect(versions).toHaveLength(getData);
  });

  it('ask and watch once for a hundred subscribers, with several codecs', () => {
    const { world, zk, writer, server, time } = setUp();
    const counts = counter(server);
    const streams: Observable<unknown>[] = [
      zk.data$('/a', textCodec()),
      zk.data$('/a'),
      zk.node$('/a'),
    ];
    const all = Array.from({ length: 99 }, (_, i) => record(streams[i % 3] ?? zk.data$('/a')));
    time.advanceBy(100);
    expect([server.watchCount(), counts()]).toEqual([1, { getData: 1 }]);
    world.run(writer.set('/a', 'b'));
    expect(counts()).toEqual({ getData: 2 });
    for (const { seen } of all) expect(seen).toHaveLength(2);
    for (const { subscription } of all) subscription.unsubscribe();
    time.advanceBy(100);
    expect([server.watchCount(), counts()]).toEqual([0, { getData: 2, removeWatches: 1 }]);
  });

  it('leave no watch behind when they go while the read is on the wire', () => {
    const { zk, server, time } = setUp();
    time.advanceBy(100);
    const { subscription } = record(zk.data$('/a'));
    time.advanceBy(1);
    subscription.unsubscribe();
    time.advanceBy(100);
    expect(server.watchCount()).toBe(0);
  });

  it('deleted$ costs one read, waits, and leaves nothing', () => {
    const { world, zk, writer, server, time } = setUp();
    const absent = record(zk.deleted$('/nowhere'));
    const present = record(zk.deleted$('/a'));
    const counts = counter(server);
    time.advanceBy(100);
    expect([absent.seen, present.seen, server.watchCount()]).toEqual([['|'], [], 1]);
    world.run(writer.delete('/a'));
    expect([present.seen, server.watchCount()]).toEqual([['|'], 0]);
    expect(counts()).toEqual({ getData: 2 });
  });

  it('err with NoAuth where data may not be read, while exists$ goes on', () => {
    const world = new VirtualClient({
      server: { version: '3.8.0' },
      client: { idleGraceMs: Infinity },
    });
    const { zk, time } = world;
    const acl = [{ perms: 2 + 16, scheme: 'world', id: 'anyone' }];
    world.run(zk.create('/secret', 'x', { acl }));
    const data = record(zk.data$('/secret'));
    const exists = record(zk.exists$('/secret'), (stat) => String(stat?.version));
    const children = record(zk.children$('/secret'));
    time.advanceBy(100);
    expect([data.seen, children.seen]).toEqual([['NoAuthError'], ['NoAuthError']]);
    expect(exists.seen).toEqual(['0']);
  });
});

describe('live reads over lost connections', () => {
  it('are silent while it is down and emit afterwards only what changed', () => {
    const { world, zk, writer, server, time } = setUp();
    world.run(writer.create('/b', 'b'));
    const a = record(zk.data$('/a', textCodec()));
    const b = record(zk.data$('/b', textCodec()));
    const absent = record(zk.exists$('/c'), (stat) => (stat === null ? '0' : 'there'));
    const list = record(zk.children$('/a'));
    time.advanceBy(100);
    const all = [a, b, absent, list];
    expect(all.map(({ take }) => take())).toEqual([['""'], ['"b"'], ['0'], ['[]']]);
    const counts = counter(server);
    const id = zk.session?.id ?? 0n;
    server.dropConnections(id);
    // The reconnect waits at least for a round trip; the writer is faster.
    writer
      .transaction([
        { type: 'set', path: '/a', data: 'a', version: -1 },
        { type: 'create', path: '/c', data: null, options: {}, withStat: false },
        { type: 'create', path: '/a/x', data: null, options: {}, withStat: false },
      ])
      .subscribe();
    time.advanceBy(5000);
    expect(zk.session?.id).toBe(id);
    expect(all.map(({ seen }) => seen)).toEqual([['"a"'], [], ['there'], ['[x]']]);
    expect(counts()).toMatchObject({ setWatches: 1, getData: 1, getChildren2: 1, exists: 1 });
  });

  it('live on in a new session when the old one was lost', () => {
    const { world, zk, writer, server, time } = setUp();
    const states: string[] = [];
    zk.state$.subscribe(({ status }) => states.push(status));
    const { seen } = record(zk.data$('/a', textCodec()));
    const gone = record(zk.deleted$('/a'));
    time.advanceBy(100);
    server.expireSession(zk.session?.id ?? 0n);
    time.advanceBy(5000);
    expect(states).toContain('lost');
    expect(states.at(-1)).toBe('connected');
    expect([seen, gone.seen]).toEqual([['""'], []]);
    world.run(writer.set('/a', 'b'));
    world.run(writer.delete('/a'));
    expect(seen).toEqual(['""', '"b"', '0']);
    expect(gone.seen).toEqual(['|']);
  });

  it('tell with metadata when the value may be old, once each way', () => {
    const { world, zk, writer, server, time } = setUp();
    world.run(writer.create('/b', 'b'));
    const show = ({ value, fresh }: { value: unknown; fresh: boolean }) =>
      `${String(value)} ${fresh ? 'fresh' : 'old'}`;
    const same = record(zk.data$('/b', textCodec(), { meta: true }), show);
    const changed = record(zk.data$('/a', textCodec(), { meta: true }), show);
    time.advanceBy(100);
    server.dropConnections(zk.session?.id ?? 0n);
    writer.set('/a', 'a').subscribe();
    time.advanceBy(5000);
    expect(same.seen).toEqual(['b fresh', 'b old', 'b fresh']);
    expect(changed.seen).toEqual([' fresh', ' old', 'a fresh']);
  });

  it('err when the credentials are refused, and complete when the client is closed', () => {
    const { zk, writer, time } = setUp();
    const refused = ['/a', '/b'].map((path) => record(zk.data$(path)));
    const closed = [writer.children$('/a'), writer.data$('/nowhere'), writer.deleted$('/a')].map(
      (s$) => record<unknown>(s$),
    );
    time.advanceBy(100);
    zk.addAuth('nonsense', 'x').subscribe({ error: () => undefined });
    void closeOf(writer);
    time.advanceBy(5000);
    for (const { errors } of refused) {
      expect(errors[0]).toBeInstanceOf(AuthFailedError);
      expect(errors[0]).toMatchObject({ scheme: 'nonsense', operation: 'data$' });
    }
    for (const { seen } of closed) expect(seen.at(-1)).toBe('|');
    expect(record(writer.data$('/a')).seen).toEqual(['|']);
  });

  it('leave nothing behind: no watch, no session, no timer', () => {
    const world = new VirtualClient();
    const { zk, server, time } = world;
    const all = [zk.data$('/a'), zk.exists$('/b'), zk.children$('/c'), zk.deleted$('/')].map((s$) =>
      record<unknown>(s$),
    );
    time.advanceBy(100);
    expect(server.watchCount()).toBeGreaterThan(0);
    for (const { subscription } of all) subscription.unsubscribe();
    time.advanceBy(100);
    expect([server.watchCount(), server.sessions().length]).toEqual([0, 1]);
    time.advanceBy(5000);
    expect([server.sessions().length, server.connectionCount(), time.pending]).toEqual([0, 0, 0]);
  });
});

async function closeOf(zk: ZooKeeper): Promise<void> {
  await zk.close();
}
