/** One-shots and live reads on servers that do not know all operations: what works, what is refused, and what it costs. */

import {
  acl,
  check,
  ConnectionLossError,
  create,
  InvalidOptionError,
  type Request,
  read,
  remove,
  set,
  text,
  TimeoutError,
  UnimplementedError,
  type ZooKeeper,
} from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

type Ask = (zk: ZooKeeper) => Request<unknown>;

/** What each answers, and the release and the operation of the wire that it cannot do without. */
const verbs: readonly (readonly [name: string, ask: Ask, needs?: readonly [string, string]])[] = [
  ['get', (zk) => zk.get('/a')],
  ['exists', (zk) => zk.exists('/a')],
  ['children', (zk) => zk.children('/a')],
  ['create', (zk) => zk.create('/b', 'x')],
  ['create, ephemeral', (zk) => zk.create('/b', 'x', { mode: 'ephemeral', sequential: true })],
  ['create with stat', (zk) => zk.create('/b', 'x', { withStat: true })],
  [
    'create with stat, idempotent',
    (zk) => zk.create('/b', 'x', { withStat: true, idempotent: true }),
  ],
  [
    'create, container',
    (zk) => zk.create('/b', '', { mode: 'container' }),
    ['3.5.1', 'createContainer'],
  ],
  [
    'create, ttl',
    (zk) => zk.create('/b', '', { mode: 'ttl', ttlMs: 1000 }),
    ['3.5.3', 'createTtl'],
  ],
  ['create with parents', (zk) => zk.create('/b/c', 'x', { parents: 'persistent' })],
  [
    'create with containers as parents',
    (zk) => zk.create('/b/c', 'x', { parents: 'container' }),
    ['3.5.1', 'createContainer'],
  ],
  ['children with stat', (zk) => zk.children('/a', { withStat: true })],
  ['set', (zk) => zk.set('/a', 'x')],
  ['delete', (zk) => zk.delete('/a/b')],
  ['delete, recursive', (zk) => zk.delete('/a', { recursive: true })],
  ['delete, guaranteed', (zk) => zk.delete('/a/b', { guaranteed: true })],
  ['ensurePath', (zk) => zk.ensurePath('/b/c')],
  [
    'ensurePath, containers',
    (zk) => zk.ensurePath('/b/c', { mode: 'container' }),
    ['3.5.1', 'createContainer'],
  ],
  ['getAcl', (zk) => zk.getAcl('/a')],
  ['setAcl', (zk) => zk.setAcl('/a', acl.open)],
  ['sync', (zk) => zk.sync('/a')],
  [
    'transaction',
    (zk) => zk.transaction([check('/a', 0), set('/a', 'x'), create('/c'), remove('/c')]),
  ],
  ['transaction with stat', (zk) => zk.transaction([create('/c', 'x', { withStat: true })])],
  [
    'transaction with container',
    (zk) => zk.transaction([create('/c', '', { mode: 'container' })]),
    ['3.5.1', 'a container in a transaction'],
  ],
  [
    'transaction with ttl',
    (zk) => zk.transaction([create('/c', '', { mode: 'ttl', ttlMs: 1000 })]),
    ['3.5.3', 'a TTL in a transaction'],
  ],
  ['multiRead', (zk) => zk.multiRead([read.data('/a')]), ['3.6', 'multiRead']],
  ['ephemerals', (zk) => zk.ephemerals('/'), ['3.6', 'getEphemerals']],
  ['countDescendants', (zk) => zk.countDescendants('/'), ['3.6', 'getAllChildrenNumber']],
  ['whoAmI', (zk) => zk.whoAmI(), ['3.7', 'whoAmI']],
  ['addAuth', (zk) => zk.addAuth('digest', 'bob:pw')],
];

const isOlder = (version: string, since: string): boolean =>
  version.localeCompare(since, 'en', { numeric: true }) < 0;

/** A client that has connected, with `/a` and `/a/b`. */
function worldOf(version: string): VirtualClient {
  const world = new VirtualClient({ server: { version, extendedTypes: true } });
  watch(world.zk.state$);
  world.run(world.zk.create('/a'));
  world.run(world.zk.create('/a/b'));
  return world;
}

/** What it ends with, however long it takes; and how many connections it cost. */
function outcome(world: VirtualClient, request: Request<unknown>) {
  let connections = 0;
  const states = world.zk.state$.subscribe(({ status }) => {
    if (status === 'suspended') connections++;
  });
  const record = watch(request);
  world.time.advanceBy(20_000);
  states.unsubscribe();
  expect(record.completed || record.error !== undefined).toBe(true);
  expect(world.zk.state.status).toBe('connected');
  return { value: record.values[0], error: record.error, connections };
}

describe.each(['3.4.5', '3.4.14', '3.5.9', '3.6', '3.9.3'])('on a server of %s', (version) => {
  // A third argument that is left out would be Jest's own.
  const rows = verbs.map(([name, ask, needs]) => [name, { ask, needs }] as const);
  it.each(rows)('%s works, or says what it needs', (_, { ask, needs }) => {
    const world = worldOf(version);
    const first = outcome(world, ask(world.zk));
    if (needs === undefined || !isOlder(version, needs[0])) {
      expect(first.error).toBeUndefined();
      return;
    }
    const [since, what] = needs;
    expect(first.error).toBeInstanceOf(UnimplementedError);
    expect(first.error).toMatchObject({ since, code: -6 });
    const told = String(first.error);
    expect(told).toMatch(/^UnimplementedError: Unimplemented \(/);
    expect(told).toContain(`${what} needs ZooKeeper ${since}, and `);
    // The second time nothing is sent, and nothing is lost.
    const again = outcome(world, ask(world.zk));
    expect([String(again.error), again.connections]).toEqual([told, 0]);
  });
});

describe('a create with its stat, where no server tells it', () => {
  it('answers what can be read right behind it', () => {
    const world = worldOf('3.4.14');
    const { path, stat } = world.run(
      world.zk.create('/a/c-', 'abc', { mode: 'ephemeral', sequential: true, withStat: true }),
    );
    expect(path).toBe('/a/c-0000000001');
    const { stat: read } = world.run(world.zk.get(path));
    expect(stat).toEqual(read);
    expect(stat.ephemeralOwner).toBe(world.zk.session?.id);
  });

  it('answers what is certain when the znode is gone by then', () => {
    const world = worldOf('3.4.14');
    watch(world.zk.create('/x', '', { withStat: true }));
    world.time.advanceBy(1000);
    const record = watch(world.zk.create('/y', 'abc', { withStat: true }));
    watch(world.zk.delete('/y'));
    world.time.advanceBy(100);
    const stat = record.values[0]?.stat;
    expect(stat).toMatchObject({ dataLength: 3, version: 0, ctime: 0, czxid: stat?.mzxid });
  });

  it('is asked for in that way at once the next time', () => {
    const world = worldOf('3.4.14');
    for (const path of ['/x', '/y', '/z']) world.run(world.zk.create(path, '', { withStat: true }));
    expect(world.server.requestCounts()).toMatchObject({ create2: 1, create: 5, exists: 3 });
  });

  it('is answered with the refusal of its path all the same', () => {
    const world = worldOf('3.4.14');
    for (let i = 0; i < 2; i++) {
      const error = world.fail(world.zk.create('/a', '', { withStat: true }));
      expect(String(error)).toBe('NodeExistsError: NodeExists: create /a');
    }
  });
});

describe('a request that takes several steps, because of what the server does not know', () => {
  const oneWayMs = 100;

  /** What a request has come to, so long after it was made. */
  function after(ms: number, version: string, ask: (zk: ZooKeeper) => Request<unknown>) {
    const world = new VirtualClient({ latencyMs: oneWayMs, server: { version } });
    watch(world.zk.state$);
    world.time.advanceBy(2000);
    const record = watch(ask(world.zk));
    world.time.advanceBy(ms);
    return record;
  }
  const ask = (zk: ZooKeeper) =>
    zk.transaction([create('/a', 'abc', { withStat: true })], { timeoutMs: 3 * oneWayMs });

  it('keeps to its time limit over all of them: a transaction that is sent again', () => {
    const { error } = after(3 * oneWayMs, '3.4.14', ask);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ timeoutMs: 3 * oneWayMs, outcome: 'unknown' });
    expect(String(error)).toBe('TimeoutError: Timeout after 300 ms: transaction');
  });

  it('keeps to its time limit over all of them: a transaction whose stats are read behind it', () => {
    const record = after(3 * oneWayMs, '3.5.9', ask);
    expect(record.completed).toBe(true);
    expect(record.values).toMatchObject([[{ path: '/a', stat: { dataLength: 3, ctime: 0 } }]]);
  });

  it('refuses options that it does not know', () => {
    const options = { timeOutMs: 5 } as object;
    const { error } = after(0, '3.9.3', (zk) =>
      zk.transaction([create('/a', 'abc', { withStat: true })], options),
    );
    expect(error).toBeInstanceOf(InvalidOptionError);
  });
});

describe('what a server does not know', () => {
  it('is remembered over sessions of the client, and not by another client', () => {
    const world = new VirtualClient({ server: { version: '3.5.9' }, client: { idleGraceMs: 10 } });
    const ask = (): unknown => world.fail(world.zk.whoAmI());
    const first = ask();
    expect(world.server.sessions()).toHaveLength(0);
    expect(String(ask())).toBe(String(first));
    expect(world.server.requestCounts()).toMatchObject({ whoAmI: 1 });
    world.fail(world.client().whoAmI());
    expect(world.server.requestCounts()).toMatchObject({ whoAmI: 2 });
  });

  it('is tried once more by a new connection, an hour later', () => {
    const world = worldOf('3.5.9');
    const asked = (): number => world.server.requestCounts().whoAmI ?? 0;
    world.fail(world.zk.whoAmI());
    world.time.advanceBy(7_200_000);
    world.fail(world.zk.whoAmI());
    expect(asked()).toBe(1);
    world.network.reset();
    world.time.advanceBy(1000);
    world.fail(world.zk.whoAmI());
    expect(asked()).toBe(2);
    world.network.reset();
    world.time.advanceBy(1000);
    world.fail(world.zk.whoAmI());
    expect(asked()).toBe(2);
  });

  it('costs the others what any lost connection costs them', () => {
    const world = worldOf('3.5.9');
    const { zk, time } = world;
    const before = watch(zk.set('/a', 'before'));
    const unknown = watch(zk.whoAmI());
    const write = watch(zk.set('/a', 'behind'));
    const reading = watch(zk.get('/a', text()));
    time.advanceBy(1000);
    expect(before.completed).toBe(true);
    expect(unknown.error).toBeInstanceOf(UnimplementedError);
    expect(write.error).toBeInstanceOf(ConnectionLossError);
    expect(write.error).toMatchObject({ outcome: 'unknown' });
    expect(reading.completed).toBe(true);
    expect(world.zk.state.status).toBe('connected');
    expect(world.server.sessions()).toHaveLength(1);
  });

  it('is told why the connection was lost', () => {
    const world = worldOf('3.5.9');
    const causes: unknown[] = [];
    world.zk.state$.subscribe((state) => {
      if (state.status === 'suspended') causes.push(String(state.cause?.message));
    });
    world.fail(world.zk.whoAmI());
    expect(causes).toEqual([
      'Connect zk1:2181: the connection is lost: Unimplemented (whoAmI needs ZooKeeper 3.7, and zk1:2181 does not know it): whoAmI',
    ]);
  });

  it('is told apart from what is switched off, which is asked for each time', () => {
    const world = new VirtualClient({ server: { version: '3.9.3', extendedTypes: false } });
    watch(world.zk.state$);
    for (let i = 0; i < 2; i++) {
      const error = world.fail(world.zk.create('/t', '', { mode: 'ttl', ttlMs: 1000 }));
      expect(String(error)).toContain(
        'switched off in the server, see zookeeper.extendedTypesEnabled',
      );
      expect(error).toMatchObject({ since: undefined });
    }
    expect(world.server.requestCounts()).toMatchObject({ createTtl: 2 });
  });
});

describe('live reads of an old server', () => {
  it.each(['3.4.14', '3.5.9'])(
    'follow a tree, and lose one connection at most for each thing that %s lacks',
    (version) => {
      const world = worldOf(version);
      let lost = 0;
      world.zk.state$.subscribe(({ status }) => {
        if (status === 'suspended') lost++;
      });
      for (let i = 0; i < 3; i++) {
        const tree = watch(world.zk.tree$('/a'));
        const data = watch(world.zk.data$('/a/b', text()));
        world.time.advanceBy(1000);
        world.run(world.zk.set('/a/b', `v${String(i)}`));
        world.time.advanceBy(1000);
        expect(tree.values.at(-1)?.tree.size).toBe(2);
        expect(data.values.at(-1)).toBe(`v${String(i)}`);
        tree.subscription?.unsubscribe();
        data.subscription?.unsubscribe();
        world.time.advanceBy(1000);
      }
      expect(lost).toBe(version === '3.4.14' ? 2 : 1);
    },
  );

  it('do not ask a new session for what the last one has learnt', () => {
    const world = new VirtualClient({ server: { version: '3.5.9' }, client: { idleGraceMs: 10 } });
    world.run(world.zk.create('/a'));
    for (let i = 0; i < 3; i++) {
      const tree = watch(world.zk.tree$('/a'));
      world.time.advanceBy(1000);
      expect(tree.values.at(-1)?.tree.size).toBe(1);
      tree.subscription?.unsubscribe();
      world.time.advanceBy(1000);
    }
    expect(world.server.requestCounts()).toMatchObject({ setWatches2: 1 });
  });
});
