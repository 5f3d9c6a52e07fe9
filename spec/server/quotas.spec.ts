/** Quotas; each rule was compared with a real 3.8 that enforces them, by hand. */

import { type EmbeddedServer } from '../../src/server/server.js';
import { type QuotaWarning } from '../../src/server/quotas.js';
import { bytes, open, said, type Speaker, startWorld, type World } from './world.js';

const root = '/zookeeper/quota';
const decoder = new TextDecoder();
const hardThree = 'count=3,bytes=20=;byteHardLimit=20;countHardLimit=3';

function limit(client: Speaker, path: string, limits: string): void {
  client.create(root + path, { data: null });
  client.create(`${root}${path}/zookeeper_limits`, { data: bytes(limits) });
  client.create(`${root}${path}/zookeeper_stats`, { data: bytes('count=0,bytes=0') });
}

const stats = (server: EmbeddedServer, path = '/q'): string =>
  decoder.decode(server.tree()[`${root}${path}/zookeeper_stats`]?.data ?? undefined);

function startLimited(limits: string, enforceQuota = true) {
  const warnings: QuotaWarning[] = [];
  const onQuotaWarning = (warning: QuotaWarning) => warnings.push(warning);
  const world: World = startWorld({ enforceQuota, onQuotaWarning });
  const client = world.connect();
  client.create('/q', { data: bytes('12345') });
  client.create('/q/a', { data: bytes('123') });
  limit(client, '/q', limits);
  return { ...world, client, warnings };
}

const set = (client: Speaker, path: string, length: number, version = -1): string =>
  said(client.call('setData', { path, data: new Uint8Array(length), version }));

describe('the stats of a quota', () => {
  it('are counted when they are created, and follow every change', () => {
    const { client, server, connect } = startLimited('count=9,bytes=-1');
    expect(stats(server)).toBe('count=2,bytes=8');
    client.create('/q/b', { data: bytes('1') });
    expect(stats(server)).toBe('count=3,bytes=9');
    set(client, '/q/b', 5);
    expect(stats(server)).toBe('count=3,bytes=13');
    client.delete('/q/a');
    expect(stats(server)).toBe('count=2,bytes=10');
    const other = connect();
    other.create('/q/e', { flags: 1, data: bytes('123') });
    expect(stats(server)).toBe('count=3,bytes=13');
    server.expireSession(other.sessionId);
    expect(stats(server)).toBe('count=2,bytes=10');
    client.create('/elsewhere');
    expect(stats(server)).toBe('count=2,bytes=10');
  });

  it('change without a version, a zxid or an event', () => {
    const { client } = startLimited('count=9,bytes=-1');
    const path = `${root}/q/zookeeper_stats`;
    const before = client.stat(path);
    client.addWatch(path, 0);
    client.create('/q/b', { data: bytes('1') });
    expect(client.stat(path)).toEqual(before);
    expect(client.events()).toEqual([]);
  });

  it('are told as they were created, and have been counted by the next read', () => {
    const { client } = startLimited('count=9,bytes=-1');
    const path = `${root}/q/zookeeper_stats`;
    client.delete(path);
    const request = { path, data: bytes('x'), acl: open, flags: 0 };
    expect(client.call('create2', request).body?.stat.dataLength).toBe(1);
    expect(client.stat(path).dataLength).toBe('count=2,bytes=8'.length);
  });

  it('keep what else is in them', () => {
    const { client, server } = startLimited('count=9,bytes=-1');
    const data = bytes('count=5;zebra=1;ape=2');
    client.call('setData', { path: `${root}/q/zookeeper_stats`, data, version: -1 });
    client.create('/q/b', { data: bytes('1') });
    expect(stats(server)).toBe('count=6,bytes=0=;ape=2;zebra=1');
  });

  it('do not follow a multi that is undone', () => {
    const { client, server } = startLimited('count=9,bytes=-1');
    client.call('multi', [
      { type: 'create', path: '/q/b', data: bytes('1'), acl: open, flags: 0 },
      { type: 'check', path: '/none', version: 0 },
    ]);
    expect(stats(server)).toBe('count=2,bytes=8');
  });
});

describe('a hard quota', () => {
  it('refuses creations over the count and bytes over the limit', () => {
    const { client, server, warnings } = startLimited(hardThree);
    expect(client.create('/q/b', { data: bytes('1') })).toBe('/q/b');
    expect(client.create('/q/c', { data: null })).toBe('QuotaExceeded');
    expect(set(client, '/q/b', 100)).toBe('QuotaExceeded');
    expect(set(client, '/q/b', 100, 77)).toBe('QuotaExceeded');
    expect(set(client, '/q/b', 12)).toBe('ok');
    expect(stats(server)).toBe('count=3,bytes=20');
    expect(set(client, '/q/b', 13)).toBe('QuotaExceeded');
    expect(set(client, '/q/b', 2)).toBe('ok');
    expect(warnings[0]).toEqual({ path: '/q', kind: 'count', limit: 3, current: 4, hard: true });
  });

  it('judges each operation of a multi by what was there before it', () => {
    const { client, server } = startLimited(hardThree);
    const made = (path: string) =>
      ({ type: 'create', path, data: bytes('1'), acl: open, flags: 0 }) as const;
    expect(client.call('multi', [made('/q/m1'), made('/q/m2')]).body).toMatchObject([
      { path: '/q/m1' },
      { path: '/q/m2' },
    ]);
    expect(stats(server)).toBe('count=4,bytes=10');
    expect(
      client.call('multi', [made('/q/m4'), { type: 'delete', path: '/q/m4', version: -1 }]).body,
    ).toEqual([
      { type: 'error', error: -125 },
      { type: 'error', error: -2 },
    ]);
  });

  it('binds nobody unless quotas are enforced, nor without its stats', () => {
    const lax = startLimited('count=1,bytes=-1=;byteHardLimit=-1;countHardLimit=1', false);
    expect(lax.client.create('/q/b')).toBe('/q/b');
    expect(lax.warnings).toMatchObject([{ kind: 'count', hard: false }]);
    const { client } = startLimited('count=1,bytes=-1=;byteHardLimit=-1;countHardLimit=1');
    expect(client.create('/q/b')).toBe('QuotaExceeded');
    client.delete(`${root}/q/zookeeper_stats`);
    expect(client.create('/q/b')).toBe('/q/b');
  });

  it('ends with its limits', () => {
    const { client } = startLimited('count=1,bytes=-1=;byteHardLimit=-1;countHardLimit=1');
    client.delete(`${root}/q/zookeeper_limits`);
    expect(client.create('/q/b')).toBe('/q/b');
  });

  it.each(
    ['junk', 'count', 'count=', 'count= 2', ',count=9', 'count=2x', ''].map((text) => [text]),
  )('is read as strictly as by a real server: %p', (text) => {
    const { client } = startLimited(text);
    expect(client.create('/q/b')).toBe(text === '' ? '/q/b' : 'MarshallingError');
  });

  it.each(['count=9', 'more=1', 'count==0,bytes=99', 'count=+9;;bytes=99,', 'count=-1,bytes=99='])(
    'is read as leniently as by a real server: %p',
    (text) => {
      expect(startLimited(text).client.create('/q/b')).toBe('/q/b');
    },
  );

  it('that cannot be read refuses even without stats, one that limits nothing does not need them', () => {
    const { client } = startLimited('junk');
    client.delete(`${root}/q/zookeeper_stats`);
    expect(client.create('/q/b')).toBe('MarshallingError');
  });

  it('of the deepest path counts, alone, and not for a path that only begins alike', () => {
    const { client, server } = startLimited('count=2,bytes=-1=;byteHardLimit=-1;countHardLimit=2');
    limit(client, '/q/a', 'count=9,bytes=-1');
    expect(client.create('/q/a/x')).toBe('/q/a/x');
    expect(client.create('/qq')).toBe('/qq');
    expect([stats(server), stats(server, '/q/a')]).toEqual(['count=2,bytes=8', 'count=2,bytes=4']);
  });

  it('is there again after a restore', () => {
    const { client, server, connect } = startLimited(hardThree);
    client.create('/q/b', { data: bytes('1') });
    server.restore(server.snapshot());
    expect(connect().create('/q/c')).toBe('QuotaExceeded');
  });
});

describe('a soft quota', () => {
  it('warns and refuses nothing', () => {
    const { client, server, warnings } = startLimited('count=1,bytes=5');
    expect(client.create('/q/s', { data: new Uint8Array(10) })).toBe('/q/s');
    expect(stats(server)).toBe('count=3,bytes=18');
    expect(warnings).toEqual([
      { path: '/q', kind: 'count', limit: 1, current: 3, hard: false },
      { path: '/q', kind: 'bytes', limit: 5, current: 18, hard: false },
    ]);
  });
});
