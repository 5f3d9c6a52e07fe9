/** Creates, reads, writes and ACLs as a real 3.8 server reads and answers them, against literals. */

import { decodeExchange, stat } from './golden-support.js';

const open = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const bob = { perms: 31, scheme: 'digest', id: 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM=' };
const hello = new Uint8Array([104, 101, 108, 108, 111]);
const goldenStat = stat({ czxid: 2n, cversion: 11, dataLength: 5, numChildren: 11, pzxid: 13n });

describe('golden creates', () => {
  it.each([
    ['create persistent', 1, 2n, '/golden', hello, 0, '/golden'],
    ['create with null data', 2, 3n, '/golden/null', null, 0, '/golden/null'],
    ['create with empty data', 3, 4n, '/golden/empty', new Uint8Array(0), 0, '/golden/empty'],
    ['create ephemeral', 4, 5n, '/golden/ephemeral-', null, 1, '/golden/ephemeral-'],
    [
      'create persistentSequential',
      5,
      6n,
      '/golden/persistentSequential-',
      null,
      2,
      '/golden/persistentSequential-0000000003',
    ],
    [
      'create ephemeralSequential',
      6,
      7n,
      '/golden/ephemeralSequential-',
      null,
      3,
      '/golden/ephemeralSequential-0000000004',
    ],
    [
      'create with a name beyond ASCII',
      7,
      8n,
      '/golden/žluťoučký',
      new Uint8Array([0x6b, 0xc5, 0xaf, 0xc5, 0x88]),
      0,
      '/golden/žluťoučký',
    ],
  ])('reads "%s"', (name, xid, zxid, path, data, flags, created) => {
    expect(decodeExchange(name)).toEqual({
      request: { xid, opcode: 1, body: { path, data, acl: open, flags } },
      reply: { xid, zxid, error: 0, body: created },
      events: [],
    });
  });

  it('reads create2, with the Stat of what was made', () => {
    const { request, reply } = decodeExchange('create2 persistent');
    expect(request.opcode).toBe(15);
    expect(reply.body).toEqual({
      path: '/golden/create2',
      stat: stat({ czxid: 9n, dataLength: 5 }),
    });
    expect(decodeExchange('create2 ephemeralSequential').reply.body).toEqual({
      path: '/golden/create2-e-0000000007',
      stat: stat({ czxid: 10n, ephemeralOwner: 'this session' }),
    });
  });

  it('reads containers and TTL znodes, whose owner is shown as 0', () => {
    const container = decodeExchange('createContainer');
    expect(container.request).toEqual({
      xid: 10,
      opcode: 19,
      body: { path: '/golden/container', data: null, acl: open, flags: 4 },
    });
    expect(container.reply.body).toEqual({ path: '/golden/container', stat: stat({ czxid: 11n }) });
    const ttl = decodeExchange('createTtl persistent');
    expect(ttl.request).toEqual({
      xid: 11,
      opcode: 21,
      body: { path: '/golden/ttl', data: null, acl: open, flags: 5, ttlMs: 86_400_000 },
    });
    expect(ttl.reply.body).toEqual({ path: '/golden/ttl', stat: stat({ czxid: 12n }) });
    const sequential = decodeExchange('createTtl sequential');
    expect(sequential.request.body).toMatchObject({ flags: 6, ttlMs: 1_099_511_627_775 });
    expect(sequential.reply.body).toMatchObject({ path: '/golden/ttl-0000000010' });
  });
});

describe('golden refusals', () => {
  // A refused write uses up a zxid, a refused read does not.
  it.each([
    ['create: NodeExists', -110, 14n],
    ['create: NoNode', -101, 15n],
    ['create: NoChildrenForEphemerals', -108, 16n],
    ['create: InvalidACL', -114, 17n],
    ['create: BadArguments', -8, 18n],
    ['exists: NoNode', -101, 18n],
    ['getData: NoNode', -101, 18n],
    ['getAllChildrenNumber: NoNode', -101, 18n],
    ['setData: BadVersion', -103, 21n],
    ['setData: NoNode', -101, 22n],
    ['delete: NoNode', -101, 24n],
    ['delete: BadVersion', -103, 25n],
    ['delete: NotEmpty', -111, 26n],
    ['delete: BadArguments', -8, 27n],
    ['reconfig refused', -123, 28n],
    ['setAcl: BadVersion', -103, 31n],
    ['getData: NoAuth', -102, 31n],
  ])('reads "%s" as a bare header', (name, error, zxid) => {
    const { request, reply } = decodeExchange(name);
    expect(reply).toEqual({ xid: request.xid, zxid, error });
  });

  it('reads the request of the reconfiguration', () => {
    expect(decodeExchange('reconfig refused').request).toEqual({
      xid: 43,
      opcode: 16,
      body: { joining: null, leaving: '3', newMembers: null, configId: -1n },
    });
  });
});

describe('golden reads', () => {
  const names = [
    'container',
    'create2',
    'create2-e-0000000007',
    'empty',
    'ephemeral-',
    'ephemeralSequential-0000000004',
    'null',
    'persistentSequential-0000000003',
    'ttl',
    'ttl-0000000010',
    'žluťoučký',
  ];

  it.each([
    ['exists present', 3, '/golden', goldenStat],
    [
      'exists ephemeral',
      3,
      '/golden/ephemeral-',
      stat({ czxid: 5n, ephemeralOwner: 'this session' }),
    ],
    ['getData', 4, '/golden', { data: hello, stat: goldenStat }],
    ['getData empty', 4, '/golden/empty', { data: new Uint8Array(0), stat: stat({ czxid: 4n }) }],
    ['getData null', 4, '/golden/null', { data: null, stat: stat({ czxid: 3n }) }],
    ['getChildren of a leaf', 8, '/golden/null', []],
    ['getChildren2 of a leaf', 12, '/golden/null', { names: [], stat: stat({ czxid: 3n }) }],
  ])('reads "%s"', (name, opcode, path, body) => {
    const { request, reply } = decodeExchange(name);
    expect(request).toMatchObject({ opcode, body: { path, watch: false } });
    expect(reply).toMatchObject({ error: 0, zxid: 18n });
    expect(reply.body).toEqual(body);
  });

  it('reads names, in ASCII and beyond, in the order of the server', () => {
    // The order is that of a hash table, and part of the bytes; so only the set is fixed here.
    const plain = decodeExchange('getChildren').reply.body as string[];
    expect([...plain].sort()).toEqual(names);
    const withStat = decodeExchange('getChildren2').reply.body as { names: string[]; stat: object };
    expect(withStat).toEqual({ names: plain, stat: goldenStat });
  });

  it.each([
    ['getEphemerals below', '/golden'],
    ['getEphemerals all', null],
  ])('reads "%s"', (name, prefix) => {
    const { request, reply } = decodeExchange(name);
    expect(request).toMatchObject({ opcode: 103, body: { prefix } });
    expect([...(reply.body as string[])].sort()).toEqual([
      '/golden/create2-e-0000000007',
      '/golden/ephemeral-',
      '/golden/ephemeralSequential-0000000004',
    ]);
  });

  it('reads the count of descendants, and the echo of a sync', () => {
    expect(decodeExchange('getAllChildrenNumber').reply.body).toBe(11);
    expect(decodeExchange('sync').reply).toEqual({
      xid: 33,
      zxid: 18n,
      error: 0,
      body: '/golden/anything',
    });
  });
});

describe('golden writes', () => {
  it('reads setData, with data and with null', () => {
    expect(decodeExchange('setData').reply.body).toEqual(
      stat({ czxid: 3n, mzxid: 19n, version: 1, dataLength: 5 }),
    );
    const toNull = decodeExchange('setData to null');
    expect(toNull.request.body).toEqual({ path: '/golden/null', data: null, version: -1 });
    expect(toNull.reply.body).toEqual(stat({ czxid: 3n, mzxid: 20n, version: 2 }));
  });

  it('reads delete', () => {
    expect(decodeExchange('delete')).toEqual({
      request: { xid: 38, opcode: 2, body: { path: '/golden/empty', version: 0 } },
      reply: { xid: 38, zxid: 23n, error: 0, body: undefined },
      events: [],
    });
  });

  it('reads getAcl and setAcl', () => {
    expect(decodeExchange('getAcl').reply.body).toEqual({
      acl: open,
      stat: stat({ czxid: 29n, dataLength: 1 }),
    });
    const acl = [bob, { perms: 16, scheme: 'world', id: 'anyone' }];
    const change = decodeExchange('setAcl');
    expect(change.request).toEqual({
      xid: 46,
      opcode: 7,
      body: { path: '/golden/guarded', acl, version: 0 },
    });
    const changed = stat({ czxid: 29n, aversion: 1, dataLength: 1 });
    expect(change.reply.body).toEqual(changed);
    expect(decodeExchange('getAcl of two entries').reply.body).toEqual({ acl, stat: changed });
  });
});
