/** The operations that read, and who may. */

import { type MultiOperation } from '../../src/wire/multi.js';
import { startWorld } from './world.js';

const writeOnly = [{ perms: 2, scheme: 'world', id: 'anyone' }];

describe('reads', () => {
  it('do not validate paths', () => {
    const client = startWorld().connect();
    client.create('/a');
    expect(['nn', '/a/', '/none'].map((path) => client.exists(path))).toEqual([
      'NoNode',
      'NoNode',
      'NoNode',
    ]);
    expect([client.getData(''), client.exists('/\0'), client.getData('/\0')]).toEqual([
      'ok',
      'BadArguments',
      'NoNode',
    ]);
  });

  it('list children, with the Stat of the same moment', () => {
    const client = startWorld().connect();
    client.create('/a');
    client.create('/a/x');
    client.create('/a/y');
    expect(client.call('getChildren', { path: '/a', watch: false }).body).toEqual(['x', 'y']);
    expect(client.call('getChildren', { path: '/a/x', watch: false }).body).toEqual([]);
    expect(client.call('getChildren2', { path: '/a', watch: false }).body).toMatchObject({
      names: ['x', 'y'],
      stat: { numChildren: 2, cversion: 2, pzxid: 4n },
    });
  });

  it('count all descendants, 3 on a virgin server', () => {
    const client = startWorld().connect();
    const count = (path: string) => client.call('getAllChildrenNumber', { path });
    expect(count('/').body).toBe(3);
    client.create('/a');
    client.create('/a/b');
    expect([count('/').body, count('/a').body, count('/a/b').body, count('/none').error]).toEqual([
      5, 1, 0, -101,
    ]);
  });

  it("list the session's own ephemerals by prefix", () => {
    const { connect } = startWorld();
    const [client, other] = [connect(), connect()];
    client.create('/e', { flags: 1 });
    client.create('/f', { flags: 1 });
    other.create('/g', { flags: 1 });
    const of = (prefix: string | null) => client.call('getEphemerals', { prefix }).body;
    expect([of(null), of(''), of('/'), of('/e'), of('/x')]).toEqual([
      ['/e', '/f'],
      ['/e', '/f'],
      ['/e', '/f'],
      ['/e'],
      [],
    ]);
  });

  it('need READ, exists only since the fix', () => {
    const answers = (version: string) => {
      const client = startWorld({ version }).connect();
      client.create('/wo', { acl: writeOnly });
      return [
        client.getData('/wo'),
        client.getChildren('/wo'),
        client.call('getAllChildrenNumber', { path: '/wo' }).error,
        client.call('getAcl', { path: '/wo' }).error,
        client.exists('/wo'),
      ];
    };
    expect(answers('3.9.3')).toEqual(['NoAuth', 'NoAuth', -102, -102, 'NoAuth']);
    expect(answers('3.8.4')).toEqual(['NoAuth', 'NoAuth', -102, -102, 'NoAuth']);
    expect(answers('3.9.1')).toEqual(['NoAuth', 'NoAuth', -102, -102, 'ok']);
    expect(answers('3.8.0')).toEqual(['NoAuth', 'NoAuth', -102, -102, 'ok']);
  });
});

describe('multiRead', () => {
  it('answers each operation for itself and leaves no watch', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.create('/a');
    client.create('/wo', { acl: writeOnly });
    const reads: MultiOperation[] = [
      { type: 'getData', path: '/a', watch: true },
      { type: 'getData', path: '/none', watch: true },
      { type: 'getChildren', path: '/', watch: true },
      { type: 'getChildren', path: '/wo', watch: false },
    ];
    expect(client.call('multiRead', reads).body).toMatchObject([
      { type: 'getData', stat: { czxid: 2n } },
      { type: 'error', error: -101 },
      { type: 'getChildren', names: ['zookeeper', 'a', 'wo'] },
      { type: 'error', error: -102 },
    ]);
    expect(server.watchCount()).toBe(0);
    expect(client.call('multiRead', []).body).toEqual([]);
  });

  it('takes nothing but reads', () => {
    const client = startWorld().connect();
    expect(client.call('multiRead', [{ type: 'delete', path: '/a', version: -1 }])).toMatchObject({
      error: -5,
      zxid: 1n,
    });
    expect(client.closed).toBe(false);
  });
});
