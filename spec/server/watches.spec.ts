/** What each change tells whom: the matrix of protocol row 1.13, through the wire. */

import { addWatchModes } from '../../src/wire/watch-records.js';
import { type Speaker, startWorld, type World } from './world.js';

const { persistent, persistentRecursive } = addWatchModes;

type Arm = (client: Speaker) => unknown;
type Change = (client: Speaker) => unknown;

const watches = {
  data: (client) => client.getData('/n', true),
  exists: (client) => client.exists('/n', true),
  child: (client) => client.getChildren('/n', true),
  persistent: (client) => client.addWatch('/n', persistent),
  recursive: (client) => client.addWatch('/n', persistentRecursive),
} satisfies Record<string, Arm>;

/** Each change with what was there before it. `/n` has a child `c` with a child `g` where that is possible. */
const changes: Readonly<Record<string, { before: readonly string[]; change: Change }>> = {
  'create N': { before: [], change: (client) => client.create('/n') },
  'setData N': { before: ['/n'], change: (client) => client.setData('/n') },
  'setACL N': { before: ['/n'], change: (client) => client.setAcl('/n') },
  'create N/c': { before: ['/n'], change: (client) => client.create('/n/c') },
  'setData N/c': { before: ['/n', '/n/c'], change: (client) => client.setData('/n/c') },
  'create N/c/g': { before: ['/n', '/n/c'], change: (client) => client.create('/n/c/g') },
  'delete N/c': { before: ['/n', '/n/c'], change: (client) => client.delete('/n/c') },
  'delete N': { before: ['/n'], change: (client) => client.delete('/n') },
};

type Watch = keyof typeof watches;

const matrix: readonly (readonly [change: string, Partial<Record<Watch, string>>])[] = [
  ['create N', { exists: 'created /n', persistent: 'created /n', recursive: 'created /n' }],
  [
    'setData N',
    {
      data: 'dataChanged /n',
      exists: 'dataChanged /n',
      persistent: 'dataChanged /n',
      recursive: 'dataChanged /n',
    },
  ],
  ['setACL N', {}],
  [
    'create N/c',
    { child: 'childrenChanged /n', persistent: 'childrenChanged /n', recursive: 'created /n/c' },
  ],
  ['setData N/c', { recursive: 'dataChanged /n/c' }],
  ['create N/c/g', { recursive: 'created /n/c/g' }],
  [
    'delete N/c',
    { child: 'childrenChanged /n', persistent: 'childrenChanged /n', recursive: 'deleted /n/c' },
  ],
  [
    'delete N',
    {
      data: 'deleted /n',
      exists: 'deleted /n',
      child: 'deleted /n',
      persistent: 'deleted /n',
      recursive: 'deleted /n',
    },
  ],
];

const rows = matrix.flatMap(([change, told]) =>
  (Object.keys(watches) as Watch[]).map((watch) => [change, watch, told[watch]] as const),
);

function two(world: World): [Speaker, Speaker] {
  return [world.connect(), world.connect()];
}

describe('the matrix of watches', () => {
  it.each(rows)('%s tells a %s watch: %s', (name, watch, told) => {
    const [watcher, writer] = two(startWorld());
    const row = changes[name];
    if (row === undefined) throw new Error(name);
    for (const path of row.before) writer.create(path);
    watches[watch](watcher);
    row.change(writer);
    expect(watcher.events()).toEqual(told === undefined ? [] : [told]);
  });

  it('tells of the end of a session as of deletions, one zxid for all', () => {
    const { server, connect } = startWorld();
    const [watcher, owner] = [connect(), connect()];
    watcher.create('/n');
    owner.create('/n/c', { flags: 1 });
    owner.create('/n/d', { flags: 1 });
    watcher.getChildren('/n', true);
    watcher.addWatch('/n', persistentRecursive);
    expect(server.expireSession(owner.sessionId)).toBe(true);
    const events = watcher.rawEvents();
    expect(events.map(({ type, path, zxid }) => [type, path, zxid])).toEqual([
      [2, '/n/c', 6n],
      [4, '/n', 6n],
      [2, '/n/d', 6n],
    ]);
    expect(owner.closed).toBe(true);
  });
});

describe('watches', () => {
  it('that are one-shot fire once, persistent ones go on', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.create('/n');
    client.getData('/n', true);
    client.setData('/n');
    client.setData('/n');
    expect(client.events()).toEqual(['dataChanged /n']);
    expect(server.watchCount()).toBe(0);
    client.addWatch('/n', persistent);
    client.setData('/n');
    client.setData('/n');
    expect(client.events()).toEqual(['dataChanged /n', 'dataChanged /n']);
    expect(server.watchCount()).toBe(1);
  });

  it('are left by a read only if it succeeds, by exists in any case', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.getData('/n', true);
    client.getChildren('/n', true);
    expect(server.watchCount()).toBe(0);
    client.exists('/n', true);
    expect(server.watchCount()).toBe(1);
  });

  it("come before any reply that reflects the change, the writer's own too", () => {
    const client = startWorld().connect();
    client.create('/n');
    client.getData('/n', true);
    client.send('setData', { path: '/n', data: null, version: -1 }, 50);
    client.send('exists', { path: '/n', watch: false }, 51);
    expect(client.log.slice(-3)).toEqual([
      { kind: 'event', type: 3, path: '/n' },
      { kind: 'reply', xid: 50, error: 0 },
      { kind: 'reply', xid: 51, error: 0 },
    ]);
  });

  it('tell of the znode first, then of its parent, each connection once', () => {
    const client = startWorld().connect();
    client.create('/n');
    client.create('/n/c');
    client.getData('/n/c', true);
    client.exists('/n/c', true);
    client.getChildren('/n/c', true);
    client.addWatch('/n/c', persistent);
    client.addWatch('/', persistentRecursive);
    client.getChildren('/n', true);
    client.delete('/n/c');
    expect(client.events()).toEqual(['deleted /n/c', 'childrenChanged /n']);
  });

  it('of different modes on one path do not touch each other', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.create('/n');
    client.addWatch('/n', persistent);
    client.getChildren('/n', true);
    client.addWatch('/n', persistentRecursive);
    client.create('/n/a');
    client.create('/n/b');
    expect(client.events()).toEqual([
      'created /n/a',
      'childrenChanged /n',
      'created /n/b',
      'childrenChanged /n',
    ]);
    expect(server.watchCount()).toBe(2);
  });

  it('tell nobody of what he may not read', () => {
    const [watcher, writer] = two(startWorld());
    writer.auth('bob:pw');
    watcher.exists('/n', true);
    watcher.addWatch('/', persistentRecursive);
    writer.create('/n', { acl: [{ perms: 31, scheme: 'auth', id: '' }] });
    writer.setData('/n');
    writer.create('/open');
    writer.delete('/n');
    expect(watcher.events()).toEqual(['created /open']);
  });

  it('carry the zxid of the change since 3.9, and -1 before', () => {
    const zxid = (version: string) => {
      const client = startWorld({ version }).connect();
      client.exists('/n', true);
      client.create('/n');
      return client.rawEvents().map((event) => event.zxid);
    };
    expect([zxid('3.9.0'), zxid('3.8.4')]).toEqual([[2n], [-1n]]);
  });

  it('go with their connection, not with the session', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.exists('/n', true);
    client.addWatch('/n', persistent);
    client.addWatch('/n', persistentRecursive);
    client.getChildren('/', true);
    expect(server.watchCount()).toBe(4);
    client.cut();
    expect(server.watchCount()).toBe(0);
    const password = client.connected?.password ?? new Uint8Array(0);
    const again = connect({ sessionId: client.sessionId, password });
    again.create('/n');
    expect(again.events()).toEqual([]);
  });

  it('can be left on any path, with a mode that exists', () => {
    const client = startWorld().connect();
    expect([
      client.addWatch('/none', 0),
      client.addWatch('/none', 1),
      client.addWatch('/', 7),
    ]).toEqual(['ok', 'ok', 'MarshallingError']);
    expect(client.call('addWatch', { path: '/', mode: 0 }).body).toBe(0);
  });
});
