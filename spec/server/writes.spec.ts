/** Sequence numbers, the order of checks, and what a write does to stats: protocol rows 1.7 to 1.9. */

import { startWorld, bytes, open, said } from './world.js';

const nobody: [] = [];

describe('sequential creates', () => {
  it('count the creations of every kind, not the deletions', () => {
    const client = startWorld().connect();
    client.create('/q');
    client.create('/q/plain');
    expect(client.create('/q/s-', { flags: 2 })).toBe('/q/s-0000000001');
    client.create('/q/e', { flags: 1 });
    client.delete('/q/plain');
    client.delete('/q/s-0000000001');
    expect(client.stat('/q').cversion).toBe(5);
    expect(client.create('/q/s-', { flags: 3 })).toBe('/q/s-0000000003');
  });

  it('take a path that ends in a slash', () => {
    const client = startWorld().connect();
    client.create('/q');
    expect(client.create('/q/', { flags: 2 })).toBe('/q/0000000000');
    expect(client.create('/', { flags: 2 })).toBe('/0000000001');
  });

  it('do not count what failed', () => {
    const client = startWorld().connect();
    client.create('/q');
    client.create('/q/a');
    client.create('/q/a');
    client.create('/q/../b', { flags: 2 });
    expect(client.create('/q/s-', { flags: 2 })).toBe('/q/s-0000000001');
  });
});

describe('create', () => {
  it.each([
    ['/a..', '/a..'],
    ['/...', '/...'],
    ['/.', 'BadArguments'],
    ['/p/..', 'BadArguments'],
    ['/x/./y', 'NoNode'],
    ['/p/', 'BadArguments'],
    ['/p//b', 'NoNode'],
    ['nn', 'BadArguments'],
    ['', 'BadArguments'],
    ['/', 'NodeExists'],
    ['/p', 'NodeExists'],
    ['/no/x', 'NoNode'],
    ['/p/\u0001', 'BadArguments'],
    ['/p/\u0000', 'BadArguments'],
    ['/p/\ufff0', 'BadArguments'],
    ['/zookeeper/x', '/zookeeper/x'],
    ['/zookeeper/config/x', 'NoAuth'],
  ])('of %j says %s', (path, answer) => {
    const client = startWorld().connect();
    client.create('/p');
    expect(client.create(path)).toBe(answer);
  });

  it('lets the earlier of two errors win', () => {
    const { connect } = startWorld();
    const client = connect();
    client.create('/ro', { acl: [{ perms: 1, scheme: 'world', id: 'anyone' }] });
    client.create('/e', { flags: 1 });
    expect(client.create('nn', { flags: 9, acl: nobody })).toBe('BadArguments');
    expect(client.create('nn', { acl: nobody })).toBe('BadArguments');
    expect(client.create('/no/x', { acl: nobody })).toBe('InvalidACL');
    expect(client.create('/e/../x', { acl: nobody })).toBe('InvalidACL');
    expect(client.create('/no/x//')).toBe('NoNode');
    expect(client.create('/ro/..')).toBe('NoAuth');
    expect(client.create('/e/..')).toBe('BadArguments');
    expect(client.create('/e/x')).toBe('NoChildrenForEphemerals');
  });

  it('makes what the operation says, not the flag', () => {
    const { server, connect } = startWorld();
    const client = connect();
    const call = (name: 'create' | 'create2' | 'createContainer', path: string, flags: number) =>
      said(client.call(name, { path, data: null, acl: open, flags }));
    expect(call('create', '/plain', 4)).toBe('/plain');
    expect(call('create2', '/plain2', 4)).toBe('ok');
    expect(call('createContainer', '/box', 0)).toBe('ok');
    expect(call('createContainer', '/box1', 1)).toBe('ok');
    expect(call('create', '/t', 5)).toBe('BadArguments');
    expect(call('create', '/t', 9)).toBe('BadArguments');
    const tree = server.tree();
    expect(['/plain', '/plain2', '/box', '/box1'].map((path) => tree[path]?.kind)).toEqual([
      'persistent',
      'persistent',
      'container',
      'container',
    ]);
  });

  it.each([
    [5, 1, 'ok'],
    [5, 2 ** 40 - 1, 'ok'],
    [5, 2 ** 40, 'BadArguments'],
    [5, 0, 'BadArguments'],
    [6, 5, 'ok'],
    [0, 5, 'BadArguments'],
    [0, -1, 'BadArguments'],
    [4, 5, 'BadArguments'],
  ])('with flag %d and a TTL of %d says %s', (flags, ttlMs, answer) => {
    const client = startWorld().connect();
    const request = { path: '/t', data: null, acl: open, flags, ttlMs };
    expect(said(client.call('createTtl', request))).toBe(answer);
  });

  it('knows no TTL where extended types are off, and keeps the connection', () => {
    const client = startWorld({ extendedTypes: false }).connect();
    const request = { path: '/t', data: null, acl: nobody, flags: 5, ttlMs: -3 };
    expect(client.call('createTtl', request).error).toBe(-6);
    expect(client.closed).toBe(false);
  });

  it('answers create2 with the Stat', () => {
    const { time, connect } = startWorld();
    time.advanceTo(500);
    const client = connect();
    const reply = client.call('create2', { path: '/e', data: bytes('abc'), acl: open, flags: 1 });
    expect(reply.body).toEqual({
      path: '/e',
      stat: {
        czxid: 2n,
        mzxid: 2n,
        pzxid: 2n,
        ctime: 500,
        mtime: 500,
        version: 0,
        cversion: 0,
        aversion: 0,
        ephemeralOwner: client.sessionId,
        dataLength: 3,
        numChildren: 0,
      },
    });
  });

  it('tells null data from empty data', () => {
    const client = startWorld().connect();
    client.create('/null', { data: null });
    client.create('/empty', { data: new Uint8Array(0) });
    const data = (path: string) => client.call('getData', { path, watch: false }).body?.data;
    expect([data('/null'), data('/empty')]).toEqual([null, new Uint8Array(0)]);
    expect([client.stat('/null').dataLength, client.stat('/empty').dataLength]).toEqual([0, 0]);
  });
});

describe('delete', () => {
  it.each([
    ['/', 'BadArguments'],
    ['', 'BadArguments'],
    ['nn', 'BadArguments'],
    ['/zookeeper', 'BadArguments'],
    ['/zookeeper/quota', 'BadArguments'],
    ['/zookeeper/config', 'BadArguments'],
    ['/p/', 'NoNode'],
    ['/none/x', 'NoNode'],
    ['/none', 'NoNode'],
    ['/p', 'NotEmpty'],
    ['/p/c', 'ok'],
  ])('of %j says %s', (path, answer) => {
    const client = startWorld().connect();
    client.create('/p');
    client.create('/p/c');
    expect(client.delete(path)).toBe(answer);
  });

  it('looks at DELETE on the parent, then the znode, its version, its children', () => {
    const client = startWorld().connect();
    client.create('/p');
    client.create('/p/c');
    expect(client.delete('/p', 7)).toBe('BadVersion');
    expect(client.delete('/p', -2)).toBe('BadVersion');
    expect(client.delete('/p', 0)).toBe('NotEmpty');
    client.setAcl('/p', [{ perms: 1, scheme: 'world', id: 'anyone' }]);
    expect(client.delete('/p/none')).toBe('NoAuth');
    expect(client.delete('/p/c', 7)).toBe('NoAuth');
  });
});

describe('setData and setACL', () => {
  it('look at path, znode, permission, version', () => {
    const client = startWorld().connect();
    client.create('/ro', { acl: [{ perms: 1, scheme: 'world', id: 'anyone' }] });
    client.create('/a');
    expect(['/a/', '', '/none', '/ro', '/a'].map((path) => client.setData(path, 5))).toEqual([
      'BadArguments',
      'BadArguments',
      'NoNode',
      'NoAuth',
      'BadVersion',
    ]);
    expect(client.setData('/a', -2)).toBe('BadVersion');
    expect([client.setData('/a', 0), client.setData('/a', 1), client.setData('/a')]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(client.setAcl('/a/', nobody)).toBe('BadArguments');
    expect(client.setAcl('/none', nobody)).toBe('InvalidACL');
    expect(['/none', '/ro', '/a'].map((path) => client.setAcl(path, open, 5))).toEqual([
      'NoNode',
      'NoAuth',
      'BadVersion',
    ]);
    expect(client.setAcl('/a', open, 0)).toBe('ok');
  });

  it('change versions and times, each its own', () => {
    const { time, connect } = startWorld();
    const client = connect();
    client.create('/a');
    time.advanceTo(900);
    client.setAcl('/a');
    expect(client.stat('/a')).toMatchObject({ version: 0, aversion: 1, mzxid: 2n, mtime: 0 });
    client.setData('/a');
    expect(client.stat('/a')).toMatchObject({
      version: 1,
      aversion: 1,
      mzxid: 4n,
      mtime: 900,
      ctime: 0,
    });
  });
});

describe('every attempt to write', () => {
  it('takes a zxid, failed ones too, and reads take none', () => {
    const { server, connect } = startWorld();
    const client = connect();
    expect(client.call('delete', { path: '/none', version: -1 })).toMatchObject({
      error: -101,
      zxid: 2n,
    });
    expect(client.call('create', { path: 'x', data: null, acl: [], flags: 99 }).zxid).toBe(3n);
    expect(client.call('exists', { path: '/', watch: false }).zxid).toBe(3n);
    expect(client.call('sync', { path: 'nonsense' })).toMatchObject({ zxid: 3n, body: 'nonsense' });
    expect(server.lastZxid).toBe(3n);
  });
});
