/** `childrenData$` on virtual time, by the stream checklist. */

import { text } from '../../src/client/codecs.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { childrenData$ } from '../../src/recipes/lists/children-data.js';
import { cutsOf } from './cuts.js';
import { nothing, World } from './world.js';

const path = '/workers';

function show(children: ReadonlyMap<string, unknown> | null): string {
  if (children === null) return 'none';
  return [...children]
    .map(([name, data]) => `${name}=${String(data)}`)
    .sort()
    .join(' ');
}

function follow(
  zk: ZooKeeper,
  options: { filter?: (name: string) => boolean; signal?: AbortSignal } = {},
) {
  const seen: string[] = [];
  const errors: unknown[] = [];
  const subscription = childrenData$(zk, path, { ...options, codec: text() }).subscribe({
    next: (children) => seen.push(show(children)),
    error: (error: unknown) => errors.push(error),
    complete: () => seen.push('|'),
  });
  return { seen, errors, subscription };
}

function setUp() {
  const world = new World();
  const { zk, address } = world.join({ idleGraceMs: Infinity });
  const writer = world.join({ idleGraceMs: Infinity }).zk;
  const run = (request: PromiseLike<unknown> & { subscribe(): unknown }) => {
    request.subscribe();
    world.time.advanceBy(20);
  };
  return { world, zk, address, writer, run };
}

describe('childrenData$', () => {
  it('emits null, then the data of the children by name after every change', () => {
    const { world, zk, writer, run } = setUp();
    const { seen } = follow(zk);
    world.time.advanceBy(50);
    run(writer.create(path, 'of the parent'));
    run(writer.create(`${path}/a`, '1'));
    run(writer.create(`${path}/b`, '2'));
    run(writer.set(`${path}/a`, '3'));
    run(writer.set(path, 'nobody asked'));
    run(writer.create(`${path}/a/below`, 'nobody asked'));
    run(writer.delete(`${path}/b`));
    expect(seen).toEqual(['none', '', 'a=1', 'a=1 b=2', 'a=3 b=2', 'a=3']);
    run(writer.delete(path, { recursive: true }));
    world.time.advanceBy(50);
    expect(seen.slice(-2)).toEqual(['', 'none']);
  });

  it('reads each child once, and one for each change', () => {
    const { world, zk, writer, run } = setUp();
    run(writer.create(path));
    for (let i = 0; i < 20; i++) run(writer.create(`${path}/n${String(i)}`, 'v'));
    const reads = () => world.server.requestCounts().getData ?? 0;
    const before = reads();
    const all = [follow(zk), follow(zk)];
    world.time.advanceBy(50);
    expect(reads() - before).toBe(21);
    expect(world.server.watchCount()).toBe(1);
    run(writer.set(`${path}/n3`, 'w'));
    expect(reads() - before).toBe(22);
    for (const { subscription } of all) subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(world.server.watchCount()).toBe(0);
  });

  it('hands out maps that do not change any more', () => {
    const { world, zk, writer, run } = setUp();
    run(writer.create(path));
    const maps: (ReadonlyMap<string, unknown> | null)[] = [];
    childrenData$(zk, path).subscribe((map) => maps.push(map));
    world.time.advanceBy(50);
    run(writer.create(`${path}/a`, '1'));
    expect(maps.map((map) => map?.size)).toEqual([0, 1]);
  });

  it('leaves out what the filter does not want', () => {
    const { world, zk, writer, run } = setUp();
    run(writer.create(path));
    const { seen } = follow(zk, { filter: (name) => name.startsWith('w-') });
    world.time.advanceBy(50);
    run(writer.create(`${path}/x`, '1'));
    run(writer.create(`${path}/w-1`, '2'));
    expect(seen).toEqual(['', 'w-1=2']);
  });

  it('errs on a child that does not decode, with its path', () => {
    const { world, zk, writer, run } = setUp();
    run(writer.create(path));
    const errors: unknown[] = [];
    const codec = {
      ...text(),
      decode: () => {
        throw new RangeError('bad');
      },
    };
    childrenData$(zk, path, { codec }).subscribe({ error: (error: unknown) => errors.push(error) });
    world.time.advanceBy(50);
    run(writer.create(`${path}/a`, '1'));
    expect(errors).toEqual([
      expect.objectContaining({
        name: 'DecodeError',
        operation: 'childrenData$',
        path: `${path}/a`,
      }),
    ]);
    world.time.advanceBy(50);
    expect(world.server.watchCount()).toBe(0);
  });

  it('ends by its signal, with the client, and at once for what cannot be', () => {
    const { world, zk, writer } = setUp();
    const controller = new AbortController();
    const aborted = follow(zk, { signal: controller.signal });
    const closed = follow(writer);
    world.time.advanceBy(50);
    controller.abort('enough');
    void writer.close();
    world.time.advanceBy(50);
    expect(aborted.errors).toEqual(['enough']);
    expect(closed.seen).toEqual(['none', '|']);
    const errors: unknown[] = [];
    const onError = { error: (error: unknown) => errors.push(error) };
    childrenData$(zk, 'workers').subscribe(onError);
    childrenData$(zk, path, { filter: 1 as never }).subscribe(onError);
    childrenData$(zk, path, { codec: {} as never }).subscribe(onError);
    childrenData$(zk, path, { depth: 1 } as never).subscribe(onError);
    expect(errors).toEqual([
      expect.objectContaining({ name: 'InvalidPathError' }),
      expect.objectContaining({ option: 'filter' }),
      expect.objectContaining({ option: 'codec' }),
      expect.objectContaining({ option: 'depth' }),
    ]);
  });

  it.each(cutsOf(14))('converges when it is cut $when chunk $chunk $direction', (cut) => {
    const { world, zk, address, writer, run } = setUp();
    run(writer.create(path));
    run(writer.create(`${path}/a`, '1'));
    let seenChunks = 0;
    world.network.at(address).resetOnce({ ...cut, matching: () => seenChunks++ === cut.chunk });
    const { seen, subscription } = follow(zk);
    world.time.advanceBy(7);
    run(writer.set(`${path}/a`, '2'));
    run(writer.create(`${path}/b`, '3'));
    run(writer.delete(`${path}/a`));
    world.time.advanceBy(4000);
    expect(seen.at(-1)).toBe('b=3');
    world.server.expireSession(zk.session?.id ?? 0n);
    run(writer.create(`${path}/c`, '4'));
    world.time.advanceBy(4000);
    expect(seen.at(-1)).toBe('b=3 c=4');
    subscription.unsubscribe();
    void zk.close();
    void writer.close();
    expect(world.leftovers(10_000)).toEqual(nothing);
  });
});
