/** `settledChildren$` on virtual time, by the stream checklist. */

import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { settledChildren$ } from '../../src/recipes/lists/settled-children.js';
import { cutsOf } from './cuts.js';
import { nothing, World } from './world.js';

const path = '/workers';
const quietMs = 1000;

function follow(zk: ZooKeeper, world: World, signal?: AbortSignal) {
  const seen: string[] = [];
  const at: number[] = [];
  const options = signal === undefined ? {} : { signal };
  const subscription = settledChildren$(zk, path, quietMs, options).subscribe({
    next: (names) => {
      seen.push(names === null ? 'none' : [...names].sort().join());
      at.push(world.time.now());
    },
    error: (error: unknown) => seen.push(error instanceof Error ? error.name : String(error)),
    complete: () => seen.push('|'),
  });
  return { seen, at, subscription };
}

function setUp() {
  const world = new World();
  const { zk, address } = world.join({ idleGraceMs: Infinity });
  const writer = world.join({ idleGraceMs: Infinity }).zk;
  writer.create(path).subscribe();
  world.time.advanceBy(50);
  const after = (ms: number, request: { subscribe(): unknown }) => {
    world.time.advanceBy(ms);
    request.subscribe();
  };
  return { world, zk, address, writer, after };
}

describe('settledChildren$', () => {
  it('emits once the list has not changed for long enough, and again after a change', () => {
    const { world, zk, writer, after } = setUp();
    const { seen, at } = follow(zk, world);
    after(900, writer.create(`${path}/a`));
    after(900, writer.create(`${path}/b`));
    after(900, writer.create(`${path}/c`));
    expect(seen).toEqual([]);
    const changed = world.time.now();
    world.time.advanceBy(5000);
    expect(seen).toEqual(['a,b,c']);
    expect(at[0]).toBeGreaterThanOrEqual(changed + quietMs);
    expect(at[0]).toBeLessThan(changed + quietMs + 50);
    after(0, writer.delete(`${path}/b`));
    world.time.advanceBy(5000);
    expect(seen).toEqual(['a,b,c', 'a,c']);
  });

  it('does not tell the same list again, and tells that there is none', () => {
    const { world, zk, writer, after } = setUp();
    const { seen } = follow(zk, world);
    world.time.advanceBy(2000);
    after(0, writer.create(`${path}/a`));
    after(500, writer.delete(`${path}/a`));
    world.time.advanceBy(5000);
    expect(seen).toEqual(['']);
    after(0, writer.delete(path));
    world.time.advanceBy(5000);
    expect(seen).toEqual(['', 'none']);
  });

  it('starts to wait again when the connection is back', () => {
    const { world, zk, address, writer, after } = setUp();
    const { seen, at } = follow(zk, world);
    world.time.advanceBy(500);
    world.network.at(address).partition();
    world.network.at(address).reset();
    after(0, writer.create(`${path}/a`));
    world.time.advanceBy(2500);
    expect(seen).toEqual([]);
    const healed = world.time.now();
    world.network.at(address).heal();
    world.time.advanceBy(10_000);
    expect(seen).toEqual(['a']);
    expect(at[0]).toBeGreaterThanOrEqual(healed + quietMs);
  });

  it('ends by its signal and at once with the client, without what has not come to rest', () => {
    const { world, zk, writer } = setUp();
    const controller = new AbortController();
    const aborted = follow(zk, world, controller.signal);
    const closed = follow(writer, world);
    world.time.advanceBy(500);
    controller.abort('enough');
    void writer.close();
    world.time.advanceBy(5000);
    expect([aborted.seen, closed.seen]).toEqual([['enough'], ['|']]);
    const late = follow(writer, world);
    expect(late.seen).toEqual(['|']);
  });

  it('refuses what cannot be', () => {
    const { zk } = setUp();
    const errors: unknown[] = [];
    const onError = { error: (error: unknown) => errors.push(error) };
    settledChildren$(zk, 'workers', 1).subscribe(onError);
    settledChildren$(zk, path, -1).subscribe(onError);
    settledChildren$(zk, path, Infinity).subscribe(onError);
    settledChildren$(zk, path, 1, { quiet: 1 } as never).subscribe(onError);
    expect(errors).toEqual([
      expect.objectContaining({ name: 'InvalidPathError' }),
      expect.objectContaining({ option: 'quietMs' }),
      expect.objectContaining({ option: 'quietMs' }),
      expect.objectContaining({ option: 'quiet' }),
    ]);
  });

  it.each(cutsOf(14))('converges when it is cut $when chunk $chunk $direction', (cut) => {
    const { world, zk, address, writer, after } = setUp();
    let seenChunks = 0;
    world.network.at(address).resetOnce({ ...cut, matching: () => seenChunks++ === cut.chunk });
    const { seen, subscription } = follow(zk, world);
    after(7, writer.create(`${path}/a`));
    after(600, writer.create(`${path}/b`));
    world.time.advanceBy(8000);
    expect(seen.at(-1)).toBe('a,b');
    subscription.unsubscribe();
    void zk.close();
    void writer.close();
    expect(world.leftovers(10_000)).toEqual(nothing);
  });
});
