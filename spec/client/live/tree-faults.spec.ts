/** `tree$` over lost connections and sessions: only what changed is read again, and nothing is missed, wherever it breaks. */

import { type Direction } from '../../../src/transport/memory-faults.js';
import { type Tree, type TreeChange } from '../../../src/client/tree.js';
import { createServer } from '../../../src/server/server.js';
import { VirtualClient } from '../virtual-client.js';
import { record } from './record.js';

const modes = [
  { mode: 'recursive', version: '3.9.3' },
  { mode: 'one-shot', version: '3.5.10' },
] as const;

function setUp(version: string) {
  const world = new VirtualClient({
    server: { version },
    client: { idleGraceMs: Infinity, sessionTimeoutMs: 4000 },
  });
  const writer = world.client('', { idleGraceMs: Infinity });
  world.run(writer.create('/a', 'A'));
  for (const name of ['x', 'y', 'z']) {
    world.run(writer.create(`/a/${name}`, name));
    world.run(writer.create(`/a/${name}/1`, '1'));
  }
  return { world, zk: world.zk, writer, server: world.server, time: world.time };
}

function text(data: unknown): string {
  return data instanceof Uint8Array ? new TextDecoder().decode(data) : String(data);
}

function showTree(tree: Iterable<{ path: string; data: unknown }>): string {
  return [...tree]
    .map(({ path, data }) => `${path}=${text(data)}`)
    .sort()
    .join(' ');
}

function truth(world: VirtualClient, root: string): string {
  const nodes = Object.entries(world.server.tree()).map(([path, { data }]) => ({ path, data }));
  return showTree(nodes.filter(({ path }) => path === root || path.startsWith(`${root}/`)));
}

function shortly(change: TreeChange<unknown>): string {
  return `${change.type} ${change.path}`;
}

function follow(world: VirtualClient, zk = world.zk) {
  const trees: Tree<unknown>[] = [];
  const recording = record(zk.tree$('/a'), ({ tree, changes }) => {
    trees.push(tree);
    return changes.map(shortly).join(', ');
  });
  return Object.assign(recording, { now: () => showTree(trees.at(-1) ?? []) });
}

function counter({ server }: VirtualClient) {
  const before = server.requestCounts();
  return (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const name of ['getData', 'getChildren2', 'exists'] as const)
      counts[name] = (server.requestCounts()[name] ?? 0) - (before[name] ?? 0);
    return counts;
  };
}

describe.each(modes)('tree$ ($mode) over a lost connection', ({ mode, version }) => {
  const children = mode === 'recursive' ? 0 : 1;

  it('is silent, and reads nothing again, if nothing changed', () => {
    const { world, zk, server, time } = setUp(version);
    const tree = follow(world);
    time.advanceBy(1000);
    tree.take();
    const counts = counter(world);
    for (let i = 0; i < 3; i++) {
      server.dropConnections(zk.session?.id);
      time.advanceBy(3000);
    }
    expect(tree.take()).toEqual([]);
    expect(counts()).toEqual({ getData: 0, getChildren2: 0, exists: 0 });
  });

  it('reads again only what changed meanwhile, and tells it', () => {
    const { world, zk, writer, server, time } = setUp(version);
    const tree = follow(world);
    time.advanceBy(1000);
    tree.take();
    const counts = counter(world);
    server.dropConnections(zk.session?.id);
    const create = { type: 'create', data: null, options: {}, withStat: false } as const;
    writer
      .transaction([
        { type: 'set', path: '/a/x', data: 'X', version: -1 },
        { type: 'remove', path: '/a/y/1', version: -1 },
        { ...create, path: '/a/z/1/new' },
        { ...create, path: '/a/z/1/new/deep' },
      ])
      .subscribe();
    time.advanceBy(3000);
    expect(tree.now()).toBe(truth(world, '/a'));
    expect(tree.take().join(', ').split(', ').sort()).toEqual([
      'added /a/z/1/new',
      'added /a/z/1/new/deep',
      'changed /a/x',
      'removed /a/y/1',
    ]);
    // Data: x and the two new ones. Lists: of z/1 and new, of y which lost a child, and of deep for its watch.
    expect(counts()).toEqual({ getData: 3, getChildren2: 3 + children, exists: 0 });
  });

  it('lives on in a new session', () => {
    const { world, zk, writer, server, time } = setUp(version);
    const tree = follow(world);
    time.advanceBy(1000);
    tree.take();
    const counts = counter(world);
    server.expireSession(zk.session?.id ?? 0n);
    writer.set('/a/x', 'X').subscribe();
    time.advanceBy(5000);
    expect(tree.take()).toEqual(['changed /a/x']);
    expect(counts()).toMatchObject({ getData: 1, getChildren2: 0 });
    world.run(writer.set('/a/x', 'Y'));
    world.run(writer.create('/a/w'));
    expect(tree.take()).toEqual(['changed /a/x', 'added /a/w']);
  });

  it('sees a znode that was replaced, with other children', () => {
    const { world, zk, writer, server, time } = setUp(version);
    const tree = follow(world);
    time.advanceBy(1000);
    server.dropConnections(zk.session?.id);
    const create = { type: 'create', data: null, options: {}, withStat: false } as const;
    writer
      .transaction([
        { type: 'remove', path: '/a/x/1', version: -1 },
        { type: 'remove', path: '/a/x', version: -1 },
        { ...create, path: '/a/x' },
        { ...create, path: '/a/x/2' },
        { ...create, path: '/a/x/2/3' },
      ])
      .subscribe();
    time.advanceBy(3000);
    expect(tree.now()).toBe(truth(world, '/a'));
  });

  it('takes off the watches that a reconnect has left when it is left', () => {
    const { world, zk, server, time } = setUp(version);
    const tree = follow(world);
    time.advanceBy(1000);
    server.dropConnections(zk.session?.id);
    time.advanceBy(3000);
    expect(server.watchCount()).toBeGreaterThan(7);
    tree.subscription.unsubscribe();
    time.advanceBy(1000);
    expect(server.watchCount()).toBe(0);
  });

  const directions: readonly Direction[] = ['toServer', 'toClient'];
  const cuts = directions.flatMap((direction) =>
    (['before', 'after'] as const).flatMap((when) =>
      Array.from({ length: 16 }, (_, chunk) => ({ direction, when, chunk })),
    ),
  );

  it.each(cuts)('converges when it is cut $when chunk $chunk $direction', (cut) => {
    const { world, writer, time } = setUp(version);
    let seen = -1;
    // The first chunks are the handshake of the client under test: the writer is quiet until later.
    world.network.resetOnce({
      direction: cut.direction,
      when: cut.when,
      matching: () => ++seen === cut.chunk,
    });
    const tree = follow(world);
    for (let step = 0; step < 12; step++) {
      time.advanceBy(2);
      const ignore = { error: () => undefined };
      writer.set('/a/x', String(step)).subscribe(ignore);
      writer.create(`/a/x/n${String(step)}`).subscribe(ignore);
      writer.delete(`/a/x/n${String(step - 3)}`).subscribe(ignore);
    }
    time.advanceBy(10_000);
    expect(seen).toBeGreaterThanOrEqual(cut.chunk);
    expect(tree.now()).toBe(truth(world, '/a'));
    tree.subscription.unsubscribe();
    time.advanceBy(1000);
    expect(world.server.watchCount()).toBe(0);
  });
});

describe('tree$ of many znodes while a writer changes them flat out', () => {
  const folders = 20;
  const size = 100;

  it.each(modes)('is complete and right ($mode)', ({ version }) => {
    const world = new VirtualClient({ server: { version }, client: { idleGraceMs: Infinity } });
    const writer = world.client('', { idleGraceMs: Infinity });
    world.run(writer.create('/a'));
    for (let folder = 0; folder < folders; folder++) {
      world.run(writer.create(`/a/f${String(folder)}`));
      for (let i = 0; i < size; i++)
        writer.create(`/a/f${String(folder)}/n${String(i)}`, 'v').subscribe();
    }
    world.time.advanceBy(1000);
    const tree = follow(world);
    let state = 7;
    const roll = (bound: number) => (state = (state * 48_271) % 2_147_483_647) % bound;
    for (let i = 0; i < 4000; i++) {
      const path = `/a/f${String(roll(folders))}/n${String(roll(2 * size))}`;
      const ignore = { error: () => undefined };
      if (roll(3) === 0) writer.delete(path).subscribe(ignore);
      else if (roll(2) === 0) writer.create(path, String(i)).subscribe(ignore);
      else writer.set(path, String(i)).subscribe(ignore);
      if (i === 2000) world.server.dropConnections(world.zk.session?.id);
      if (i % 20 === 0) world.time.advanceBy(1);
    }
    // The tree came while the writer was at it.
    expect(tree.seen.length).toBeGreaterThan(1);
    world.time.advanceBy(5000);
    expect(tree.now()).toBe(truth(world, '/a'));
  });
});

describe('tree$ when the server it comes back to is an older one', () => {
  it('goes on with one-shot watches, and reads only what changed', () => {
    const { world, server, time } = setUp('3.9.3');
    const older = createServer({ scheduler: time, version: '3.5.10' });
    world.network.listen({ host: 'zk2', port: 2181 }, older.acceptor);
    // The chroot's place is at the end of the connect string.
    const zk = world.client(',zk2', { idleGraceMs: Infinity, shuffleHosts: false });
    const tree = follow(world, zk);
    time.advanceBy(1000);
    tree.take();
    older.restore(server.snapshot());
    server.stop();
    time.advanceBy(10_000);
    const writer = world.client(',zk2', { idleGraceMs: Infinity });
    world.run(writer.set('/a/x', 'X'));
    world.run(writer.create('/a/z/new', 'N'));
    expect(tree.take()).toEqual(['changed /a/x', 'added /a/z/new']);
    expect(zk.state.status).toBe('connected');
    const { getData, getChildren2, setWatches, setWatches2 } = older.requestCounts();
    // One of them is a second try of the one that was refused, in the old way. Lists: of z, and of the new one.
    expect([setWatches2, getData, getChildren2]).toEqual([1, 2, 2]);
    expect(setWatches).toBeGreaterThan(0);
    tree.subscription.unsubscribe();
    time.advanceBy(1000);
    expect(older.watchCount()).toBe(0);
  });
});
