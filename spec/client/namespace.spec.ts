/**
 * Namespaces: a view does what a client does whose chroot is the namespace, for every member of the interface. The table
 * names them all, so a new one does not compile (and fails here) until somebody has said what it does through a view.
 */

import { inspect } from 'node:util';
import { EMPTY, map, NEVER, type Observable, of } from 'rxjs';
import {
  acl,
  check,
  create,
  ephemeral$,
  InvalidOptionError,
  InvalidPathError,
  json,
  lock$,
  type NamespaceOptions,
  permissions,
  read,
  remove,
  SessionClosedError,
  set,
  text,
  type ZooKeeper,
  ZooKeeperError,
} from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

/** What is done with one member, in a world where there is a /a with the data `x` and a child /a/b. */
type Use = (zk: ZooKeeper) => Observable<unknown> | readonly Observable<unknown>[];

const anyone = [{ perms: permissions.all, scheme: 'world', id: 'anyone' }];

const table = {
  state$: (zk) => zk.state$,
  state: (zk) => of(zk.state),
  requests$: (zk) => {
    zk.get('/a').subscribe();
    zk.get('/none').subscribe({ error: () => undefined });
    return zk.requests$.pipe(map(({ operation, path, outcome }) => [operation, path, outcome]));
  },
  session: (zk) => of(zk.session),
  chroot: (zk) => of(zk.chroot),
  scheduler: (zk) => of(zk.scheduler.now()),
  namespace: (zk) => [zk.namespace('/a').get('/b'), zk.namespace('/a').exists$('/b')],
  randomId: (zk) => of(zk.randomId()),
  data$: (zk) => [zk.data$('/a', text()), zk.data$('/x'), zk.data$('x'), zk.data$('/a', json())],
  node$: (zk) => [zk.node$('/a'), zk.node$('/')],
  exists$: (zk) => [zk.exists$('/a'), zk.exists$('/x')],
  children$: (zk) => [zk.children$('/'), zk.children$('/a', { meta: true })],
  created$: (zk) => [zk.created$('/a'), zk.created$('/x')],
  deleted$: (zk) => [zk.deleted$('/a'), zk.deleted$('/x')],
  tree$: (zk) => [zk.tree$('/'), zk.tree$('/a', { codec: text() })],
  get: (zk) => [zk.get('/a'), zk.get('/x'), zk.get('/a', json()), zk.get('a')],
  exists: (zk) => [zk.exists('/a'), zk.exists('/x')],
  children: (zk) => [zk.children('/'), zk.children('/x')],
  create: (zk) => [
    ...[zk.create('/c'), zk.create('/a'), zk.create('/x/y'), zk.create('/'), zk.create('c')],
    ...[zk.create('/', '', { sequential: true }), zk.create('/a/n-', '', { sequential: true })],
    zk.create('/d', 'd', { withStat: true, mode: 'ephemeral' }),
    zk.create('/e', 'e', { idempotent: true }),
    zk.create('/f', 'e', { mode: 'container', timeoutMs: 0 }),
  ],
  set: (zk) => [zk.set('/a', 'y'), zk.set('/x', ''), zk.set('/a', '', { version: 7 })],
  delete: (zk) => [
    ...[zk.delete('/a'), zk.delete('/x'), zk.delete('/x', { guaranteed: true })],
    ...[zk.delete('/a', { recursive: true }), zk.delete('/x', { idempotent: true })],
  ],
  ensurePath: (zk) => [zk.ensurePath('/p/q/r'), zk.ensurePath('/'), zk.ensurePath('//')],
  getAcl: (zk) => [zk.getAcl('/a'), zk.getAcl('/x')],
  setAcl: (zk) => [zk.setAcl('/a', anyone), zk.setAcl('/x', anyone)],
  sync: (zk) => zk.sync('/a'),
  transaction: (zk) => [
    zk.transaction([create('/t', '', { withStat: true }), set('/t', 't'), remove('/t')]),
    zk.transaction([check('/a'), create('/x/y')]),
    zk.transaction([create('t')]),
  ],
  multiRead: (zk) => zk.multiRead([read.data('/a'), read.children('/'), read.data('/x')]),
  ephemerals: (zk) => {
    zk.create('/own', '', { mode: 'ephemeral' }).subscribe();
    return [zk.ephemerals(), zk.ephemerals('/own'), zk.ephemerals('/a')];
  },
  countDescendants: (zk) => [zk.countDescendants('/'), zk.countDescendants('/x')],
  whoAmI: (zk) => zk.whoAmI(),
  getConfig: (zk) => zk.getConfig(),
  reconfig: (zk) => zk.reconfig({ leaving: '3' }),
  config$: (zk) => zk.config$,
  followConfig: (zk) => [zk.followConfig(), zk.followConfig({ address: () => 'zk1' })],
  addAuth: (zk) => zk.addAuth('digest', 'bob:secret'),
  sessionLease$: (zk) => {
    const options = { fence: 1n, sessionId: 0n, released$: NEVER, operation: 'x', path: '/a' };
    return zk.sessionLease$(options);
  },
  // The servers are the client's, whoever names them.
  setHosts: (zk) => {
    zk.setHosts('zk1,zk1:2182');
    return zk.get('/a');
  },
  // What differs between the two has a test of its own.
  close: () => EMPTY,
  [Symbol.asyncDispose]: () => EMPTY,
} satisfies Record<keyof ZooKeeper, Use>;

// The keys of the table are members.
const members = Reflect.ownKeys(table) as (keyof typeof table)[];
const uses = members.map((member): [string, Use] => [String(member), table[member]]);

/** What comes of each use, as text. */
function tell(use: Use, zkOf: (world: VirtualClient) => ZooKeeper): string[] {
  const world = new VirtualClient();
  const root = world.client();
  world.run(root.ensurePath('/team/a/b'));
  world.run(root.set('/team/a', 'x'));
  const zk = zkOf(world);
  world.run(zk.exists('/'));
  return [use(zk)].flat().flatMap((source$) => {
    const record = watch<unknown>(source$);
    world.time.advanceBy(1000);
    zk.create('/x', 'new').subscribe({ error: () => undefined });
    world.time.advanceBy(1000);
    zk.delete('/x').subscribe({ error: () => undefined });
    world.time.advanceBy(1000);
    record.subscription?.unsubscribe();
    const values = record.values.flat().map((value) => {
      return value instanceof ZooKeeperError ? String(value) : inspect(value, { depth: 6 });
    });
    const { error } = record;
    // Without the stack, which tells what is on purpose another way through the client.
    const end = error instanceof ZooKeeperError ? [`${String(error)} (${String(error.path)})`] : [];
    return [...values, ...end, record.completed ? '|' : ''];
  });
}

describe('namespace', () => {
  it.each(uses)('%s is as through a chroot', (_, use) => {
    const options = { idleGraceMs: Infinity };
    const through = tell(use, (world) => world.client('', options).namespace('/team'));
    const plain = tell(use, (world) => world.client('/team', options));
    expect(through).toEqual(plain);
    const nested = tell(use, (world) => {
      return world.client('/team', options).namespace('/').namespace('/');
    });
    expect(nested).toEqual(plain);
  });

  it('of the root is the client itself, unless it is asked for something', () => {
    const { zk } = new VirtualClient();
    expect(zk.namespace('/')).toBe(zk);
    expect(zk.namespace('/', {})).not.toBe(zk);
    expect(zk.namespace('/a').namespace('/').chroot).toBe('/a');
    expect(zk.namespace('/a').namespace('/b/c').chroot).toBe('/a/b/c');
    expect(new VirtualClient({ chroot: '/app' }).zk.namespace('/a').chroot).toBe('/app/a');
  });

  it.each(['', 'team', '/team/', '/a//b', '/a/../b', '/\u0000'])('refuses %p at once', (path) => {
    const { zk } = new VirtualClient();
    expect(() => zk.namespace(path)).toThrow(InvalidPathError);
  });

  it.each([
    ['options.parent', { parent: 'container' }],
    ['parents', { parents: 'ephemeral' }],
    ['parentsAcl', { parentsAcl: [] }],
    ['defaultAcl', { defaultAcl: 'open' }],
  ])('refuses a wrong option at once: %s', (option, options) => {
    const { zk } = new VirtualClient();
    const make = () => zk.namespace('/a', options as NamespaceOptions);
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(`InvalidOption ${option}:`);
  });

  it('knows every member that a client has', () => {
    const zk = new VirtualClient().zk;
    const found = new Set<PropertyKey>(Object.keys(zk));
    for (let at: unknown = zk; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      Reflect.ownKeys(at as object).forEach((key) => found.add(key));
    }
    for (const own of ['constructor', 'parts', 'host', 'closed']) found.delete(own);
    expect([...found].sort(byName)).toEqual([...members].sort(byName));
  });
});

describe('the session of a namespace', () => {
  it('is that of the client', () => {
    const world = new VirtualClient();
    const view = world.zk.namespace('/team');
    expect(view.state$).toBe(world.zk.state$);
    watch(view.exists$('/a'));
    world.time.advanceBy(100);
    expect(world.zk.state.status).toBe('connected');
    expect(view.session).toBe(world.zk.session);
    expect(world.network.links()).toHaveLength(1);
  });

  it('is not ended by closing the view, but by closing the client', async () => {
    const world = new VirtualClient();
    const view = world.zk.namespace('/team');
    const live = watch(view.exists$('/a'));
    world.time.advanceBy(100);
    await view.close();
    await view[Symbol.asyncDispose]();
    world.run(view.create('/a'));
    expect(live.log()).toHaveLength(2);
    const closing = world.zk.close();
    world.time.advanceBy(100);
    await closing;
    expect(live.completed).toBe(true);
    expect(world.fail(view.get('/a'))).toBeInstanceOf(SessionClosedError);
  });

  it('is held by what is read through the view, and by nothing else', () => {
    const world = new VirtualClient({ client: { idleGraceMs: 10 } });
    const view = world.zk.namespace('/team');
    for (let round = 0; round < 3; round++) {
      const live = watch(view.exists$('/a'));
      world.time.advanceBy(100);
      expect(live.log()).toEqual(['null']);
      expect(world.zk.state.status).toBe('connected');
      live.subscription?.unsubscribe();
      world.time.advanceBy(100);
      expect(world.zk.state.status).toBe('closed');
    }
  });

  it('shares live reads between all views of one path', () => {
    const world = new VirtualClient();
    world.run(world.zk.ensurePath('/team/a'));
    watch(world.zk.namespace('/team').data$('/a'));
    world.time.advanceBy(100);
    // It gets the value at once: nothing is read for it.
    const late = watch(world.zk.namespace('/').namespace('/team').data$('/a'));
    expect(late.values).toHaveLength(1);
    expect(world.server.requestCounts()).toMatchObject({ getData: 1 });
  });
});

describe('what leads to a namespace', () => {
  const stages: readonly [string, (view: ZooKeeper) => Observable<unknown>, string][] = [
    ['create', (view) => view.create('/a', 'x'), '/team/one/a'],
    ['create, idempotent', (view) => view.create('/a', 'x', { idempotent: true }), '/team/one/a'],
    ['create, with stat', (view) => view.create('/a', '', { withStat: true }), '/team/one/a'],
    ['create of its root', (view) => view.create('/', 'x'), '/team/one'],
    [
      'create, sequential',
      (view) => view.create('/', '', { sequential: true }),
      '/team/one/0000000000',
    ],
    ['ensurePath', (view) => view.ensurePath('/a'), '/team/one/a'],
    ['ensurePath of its root', (view) => view.ensurePath('/'), '/team/one'],
    ['transaction', (view) => view.transaction([create('/a'), create('/a/b')]), '/team/one/a/b'],
  ];

  it.each(stages)('is made by %s', (_, use, made) => {
    const world = new VirtualClient();
    const view = world.zk.namespace('/team').namespace('/one');
    world.run(use(view));
    expect(world.server.tree()).toHaveProperty([made]);
    expect(world.server.tree()).toHaveProperty(['/team', 'kind'], 'persistent');
  });

  it.each(stages)('is made whatever connection is lost meanwhile: %s', (_, use, made) => {
    for (let lossMs = 0; lossMs < 24; lossMs++) {
      const world = new VirtualClient();
      world.run(world.zk.exists('/'));
      const record = watch(use(world.zk.namespace('/team/one')));
      world.time.advanceBy(lossMs);
      world.network.reset();
      world.time.advanceBy(5000);
      // The user's own create is not sent again unless it is said to be idempotent; all others are.
      if (record.error === undefined) expect(world.server.tree()).toHaveProperty([made]);
      else expect(record.error).toMatchObject({ name: 'ConnectionLossError', outcome: 'unknown' });
    }
  });

  it('is made once, by many who find it missing at the same time', () => {
    const world = new VirtualClient();
    const view = world.zk.namespace('/team');
    const names = Array.from({ length: 20 }, (_, index) => `/n${String(index)}`);
    const records = names.map((name) => watch(view.create(name)));
    world.time.advanceBy(1000);
    expect(records.map(({ values }) => values[0])).toEqual(names);
  });

  it('is not made by reads, nor by a create whose parent is missing below it', () => {
    const world = new VirtualClient();
    const view = world.zk.namespace('/team');
    expect(world.fail(view.get('/a'))).toMatchObject({ name: 'NoNodeError', path: '/a' });
    expect(world.fail(view.create('/a/b'))).toMatchObject({ name: 'NoNodeError', path: '/a/b' });
    expect(world.fail(view.transaction([check('/a'), create('/b')]))).toMatchObject({
      name: 'TransactionError',
      path: '/a',
    });
    expect(world.server.tree()).not.toHaveProperty(['/team']);
  });

  it('is a container if that is wished, and made again when the server has removed it', () => {
    const world = new VirtualClient({ chroot: '/app', server: { extendedTypes: true } });
    const view = world.zk.namespace('/team/one', { parents: 'container' });
    const minutes = 60_000;
    for (let round = 0; round < 2; round++) {
      world.run(view.create('/a'));
      world.run(view.delete('/a'));
      world.time.advanceBy(10 * minutes);
      // What the chroot names is none of the view's business.
      expect(Object.keys(world.server.tree())).toContain('/app');
      expect(Object.keys(world.server.tree())).not.toContain('/app/team');
    }
  });

  it('has the ACL that is wished, and what is made through the view its own', () => {
    const world = new VirtualClient();
    const [parentsAcl, defaultAcl] = [
      acl.world(permissions.all - permissions.write),
      acl.world(permissions.change),
    ];
    const view = world.zk.namespace('/team', { parentsAcl, defaultAcl });
    world.run(view.create('/a'));
    world.run(view.create('/b', '', { acl: acl.open }));
    world.run(view.namespace('/more').create('/c', '', { acl: acl.open }));
    const aclOf = (path: string) => world.run(world.zk.getAcl(path)).acl;
    expect(aclOf('/team')).toEqual(parentsAcl);
    expect(aclOf('/team/a')).toEqual(defaultAcl);
    expect(aclOf('/team/b')).toEqual(acl.open);
  });

  it('is made within the time limit of the request', () => {
    const world = new VirtualClient({ latencyMs: 30 });
    world.run(world.zk.exists('/'));
    const record = watch(world.zk.namespace('/team').create('/a', '', { timeoutMs: 100 }));
    world.time.advanceBy(1000);
    expect(record.error).toMatchObject({ name: 'TimeoutError', timeoutMs: 100, path: '/a' });
  });
});

describe('recipes in a namespace', () => {
  it('meet those outside of it', () => {
    const world = new VirtualClient();
    const inside = watch(lock$(world.zk.namespace('/team'), '/lock'));
    world.time.advanceBy(1000);
    const outside = watch(lock$(world.client(), '/team/lock'));
    world.time.advanceBy(1000);
    expect([inside.values.length, outside.values.length]).toEqual([1, 0]);
    inside.subscription?.unsubscribe();
    world.time.advanceBy(1000);
    expect(outside.values).toHaveLength(1);
  });

  it('know what the client itself has in its hands', () => {
    const world = new VirtualClient();
    const view = world.zk.namespace('/team');
    const first = watch(ephemeral$(view, '/name', 'first'));
    world.time.advanceBy(1000);
    const second = watch(ephemeral$(world.zk, '/team/name', 'second'));
    world.time.advanceBy(5000);
    expect(world.run(world.zk.get('/team/name', text())).data).toBe('first');
    first.subscription?.unsubscribe();
    world.time.advanceBy(5000);
    expect(world.run(world.zk.get('/team/name', text())).data).toBe('second');
    second.subscription?.unsubscribe();
  });
});

function byName(a: PropertyKey, b: PropertyKey): number {
  return String(a) < String(b) ? -1 : 1;
}
