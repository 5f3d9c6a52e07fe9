/** Several operations as one. */

import { type MultiOperation } from '../../src/wire/multi.js';
import { bytes, open, startWorld } from './world.js';

const create = (path: string, flags = 0): MultiOperation => ({
  type: 'create',
  path,
  data: null,
  acl: open,
  flags,
});
const remove = (path: string): MultiOperation => ({ type: 'delete', path, version: -1 });
const check = (path: string, version: number): MultiOperation => ({ type: 'check', path, version });
const set = (path: string): MultiOperation => ({
  type: 'setData',
  path,
  data: bytes('z'),
  version: -1,
});

describe('multi', () => {
  it('applies all under one zxid, each seeing what came before', () => {
    const { server, connect } = startWorld();
    const client = connect();
    const reply = client.call('multi', [
      create('/m'),
      create('/m/s', 2),
      set('/m'),
      remove('/m/s0000000000'),
      check('/m', 1),
    ]);
    expect(reply).toMatchObject({ error: 0, zxid: 2n });
    expect(reply.body).toMatchObject([
      { type: 'create', path: '/m' },
      { type: 'create', path: '/m/s0000000000' },
      { type: 'setData', stat: { version: 1, mzxid: 2n, numChildren: 1, cversion: 1 } },
      { type: 'delete' },
      { type: 'check' },
    ]);
    expect(client.stat('/m')).toMatchObject({
      czxid: 2n,
      mzxid: 2n,
      pzxid: 2n,
      cversion: 2,
      numChildren: 0,
    });
    expect(server.lastZxid).toBe(2n);
  });

  it('undoes all when one is refused, says why, and takes a zxid', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.create('/m');
    client.create('/e', { flags: 1 });
    client.getData('/m', true);
    client.getChildren('/m', true);
    const before = server.tree();
    const reply = client.call('multi', [
      create('/m/s', 2),
      set('/m'),
      remove('/e'),
      create('/m'),
      check('/m', 9),
    ]);
    expect(reply).toMatchObject({ error: 0, zxid: 4n });
    expect(reply.body).toEqual([
      { type: 'error', error: 0 },
      { type: 'error', error: 0 },
      { type: 'error', error: 0 },
      { type: 'error', error: -110 },
      { type: 'error', error: -2 },
    ]);
    expect(server.tree()).toEqual(before);
    expect(server.ephemerals()).toEqual(['/e']);
    expect(client.events()).toEqual([]);
    expect(client.create('/m/s', { flags: 2 })).toBe('/m/s0000000000');
  });

  it('may be empty', () => {
    expect(startWorld().connect().call('multi', [])).toMatchObject({
      error: 0,
      zxid: 2n,
      body: [],
    });
  });

  it('tells watchers once for each operation, in order, before the reply', () => {
    const { connect } = startWorld();
    const client = connect();
    client.create('/m');
    client.addWatch('/m', 0);
    client.call('multi', [create('/m/a'), set('/m'), remove('/m/a'), remove('/m')], 9);
    expect(client.log.slice(-5)).toEqual([
      { kind: 'event', type: 4, path: '/m' },
      { kind: 'event', type: 3, path: '/m' },
      { kind: 'event', type: 4, path: '/m' },
      { kind: 'event', type: 2, path: '/m' },
      { kind: 'reply', xid: 9, error: 0 },
    ]);
  });

  it('answers what is made with a Stat as such, by release', () => {
    const answered = (version: string) => {
      const { server, connect } = startWorld({ version });
      const made: MultiOperation[] = [
        { type: 'create2', path: '/c2', data: null, acl: open, flags: 0 },
        create('/box', 4),
        { type: 'createContainer', path: '/box0', data: null, acl: open, flags: 0 },
        { type: 'createTtl', path: '/t', data: null, acl: open, flags: 5, ttlMs: 5 },
      ];
      const reply = connect().call('multi', made);
      const tree = server.tree();
      return [
        reply.body?.map(({ type }) => type),
        ['/box', '/box0', '/t'].map((path) => tree[path]?.kind),
      ];
    };
    expect(answered('3.9.3')).toEqual([
      ['create2', 'create2', 'create2', 'create2'],
      ['container', 'container', 'ttl'],
    ]);
    expect(answered('3.8.0')).toEqual([
      ['create', 'create2', 'create', 'create2'],
      ['container', 'persistent', 'ttl'],
    ]);
  });

  it.each<[string, MultiOperation[]]>([
    ['reads', [{ type: 'getData', path: '/', watch: false }]],
    ['a mixture', [create('/a'), { type: 'getChildren', path: '/', watch: false }]],
    ['unknown flags', [create('/a', 9)]],
    ['a TTL flag without a TTL', [create('/a', 5)]],
  ])('refuses %s as a whole and stays', (_name, operations) => {
    const { server, connect } = startWorld();
    const client = connect();
    expect(client.call('multi', operations)).toMatchObject({ error: -5, zxid: 2n });
    expect(client.closed).toBe(false);
    expect(server.tree()['/a']).toBeUndefined();
  });

  it('leaves unknown flags to the operation in old releases', () => {
    const client = startWorld({ version: '3.8.0' }).connect();
    expect(client.call('multi', [create('/a', 9)]).body).toEqual([{ type: 'error', error: -8 }]);
  });

  it('finds a TTL flag without a TTL only when it comes to it, in old releases, and undoes all', () => {
    const { server, connect } = startWorld({ version: '3.8.0' });
    const client = connect();
    expect(client.call('multi', [check('/none', 0), create('/a', 5)]).body).toEqual([
      { type: 'error', error: -101 },
      { type: 'error', error: -2 },
    ]);
    const refused = client.call('multi', [create('/b'), create('/a', 5), check('/none', 0)]);
    expect(refused).toMatchObject({ error: -5, zxid: 3n, body: undefined });
    expect(server.tree()['/b']).toBeUndefined();
  });

  it('makes by its flag what has a TTL but no flag for it', () => {
    const { server, connect } = startWorld();
    const made = ['/plain', '/box'].map((path, index): MultiOperation => ({
      type: 'createTtl',
      path,
      data: null,
      acl: open,
      flags: index * 4,
      ttlMs: -1,
    }));
    expect(connect().call('multi', made).body).toMatchObject([
      { type: 'create', path: '/plain' },
      { type: 'create2', path: '/box' },
    ]);
    const tree = server.tree();
    expect(['/plain', '/box'].map((path) => tree[path]?.kind)).toEqual(['persistent', 'container']);
  });

  it('looks at permissions for each operation', () => {
    const client = startWorld().connect();
    client.create('/wo', { acl: [{ perms: 2, scheme: 'world', id: 'anyone' }] });
    expect(client.call('multi', [set('/wo'), check('/wo', 1)]).body).toEqual([
      { type: 'error', error: 0 },
      { type: 'error', error: -102 },
    ]);
    expect(client.call('multi', [check('/none', -1)]).body).toEqual([
      { type: 'error', error: -101 },
    ]);
    expect(client.call('multi', [check('/none/', -1)]).body).toEqual([
      { type: 'error', error: -8 },
    ]);
  });
});
