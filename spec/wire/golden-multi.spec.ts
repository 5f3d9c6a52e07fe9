/** Transactions and bulk reads as a real 3.8 server reads and answers them, against literals. */

import { decodeExchange, stat } from './golden-support.js';

const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const n = new Uint8Array([0x6e]);

describe('golden multi', () => {
  it('reads every operation', () => {
    const node = (path: string, flags: number) => ({ path, data: null, acl, flags });
    expect(decodeExchange('multi').request).toEqual({
      xid: 1,
      opcode: 14,
      body: [
        { type: 'create', ...node('/multi', 0), data: new Uint8Array([0x6d]) },
        { type: 'create2', ...node('/multi/create2', 0) },
        { type: 'createContainer', ...node('/multi/container', 4) },
        { type: 'createTtl', ...node('/multi/ttl', 5), ttlMs: 60_000 },
        { type: 'create', ...node('/multi/s-', 2) },
        { type: 'setData', path: '/multi', data: n, version: 0 },
        { type: 'check', path: '/multi', version: 1 },
        { type: 'delete', path: '/multi/create2', version: 0 },
      ],
    });
  });

  it('reads the results by their own types: this server answers create2 as create', () => {
    expect(decodeExchange('multi').reply).toEqual({
      xid: 1,
      zxid: 53n,
      error: 0,
      body: [
        { type: 'create', path: '/multi' },
        { type: 'create', path: '/multi/create2' },
        { type: 'create2', path: '/multi/container', stat: stat({ czxid: 53n }) },
        { type: 'create2', path: '/multi/ttl', stat: stat({ czxid: 53n }) },
        { type: 'create', path: '/multi/s-0000000003' },
        {
          type: 'setData',
          stat: stat({ czxid: 53n, version: 1, cversion: 4, dataLength: 1, numChildren: 4 }),
        },
        { type: 'check' },
        { type: 'delete' },
      ],
    });
  });

  it('reads a refusal: no error in the header, one for each operation in the body', () => {
    expect(decodeExchange('multi refused').reply).toEqual({
      xid: 2,
      zxid: 54n,
      error: 0,
      body: [
        { type: 'error', error: 0 },
        { type: 'error', error: -103 },
        { type: 'error', error: -2 },
      ],
    });
  });

  it('reads an empty one', () => {
    expect(decodeExchange('multi empty')).toEqual({
      request: { xid: 3, opcode: 14, body: [] },
      reply: { xid: 3, zxid: 55n, error: 0, body: [] },
      events: [],
    });
  });

  it('reads that a read inside is refused as a whole', () => {
    const { request, reply } = decodeExchange('multi with a read: MarshallingError');
    expect(request.body).toEqual([{ type: 'getData', path: '/multi', watch: false }]);
    expect(reply).toEqual({ xid: 4, zxid: 56n, error: -5 });
  });
});

describe('golden multiRead', () => {
  it('reads data, names and errors side by side', () => {
    const { request, reply } = decodeExchange('multiRead');
    expect(request).toEqual({
      xid: 5,
      opcode: 22,
      body: [
        { type: 'getData', path: '/multi', watch: false },
        { type: 'getChildren', path: '/multi', watch: false },
        { type: 'getData', path: '/multi/absent', watch: false },
        { type: 'getChildren', path: '/multi/ttl', watch: false },
      ],
    });
    expect(reply.body).toEqual([
      {
        type: 'getData',
        data: n,
        stat: stat({ czxid: 53n, version: 1, cversion: 5, dataLength: 1, numChildren: 3 }),
      },
      { type: 'getChildren', names: ['container', 's-0000000003', 'ttl'] },
      { type: 'error', error: -101 },
      { type: 'getChildren', names: [] },
    ]);
  });

  it('reads an empty one', () => {
    expect(decodeExchange('multiRead empty').reply.body).toEqual([]);
  });
});
