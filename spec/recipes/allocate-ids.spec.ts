/** Ids in chunks on virtual time: unique, in order, taken only when asked for. */

import { EMPTY, merge } from 'rxjs';
import { InvalidOptionError, TimeoutError } from '../../src/errors/client-errors.js';
import { allocateIds } from '../../src/recipes/values/allocate-ids.js';
import { increment } from '../../src/recipes/values/counter.js';
import { ask, dataAt, hexAt } from './counts.js';
import { nothing, World } from './world.js';

const path = '/ids';

describe('allocateIds', () => {
  it('takes nothing until it is asked, then a chunk, and the next only when that is used up', () => {
    const world = new World();
    const ids = allocateIds(world.join().zk, path, { chunk: 2 });
    const next = ids.next();
    world.time.advanceBy(100);
    expect(world.server.sessions()).toHaveLength(0);
    const seen: unknown[] = [];
    const take = () => {
      seen.push(...ask(next).values);
      world.time.advanceBy(50);
      seen.push(dataAt(world.server, path));
    };
    take();
    take();
    take();
    take();
    // The first of each chunk comes with the answer, the other at once.
    expect(seen).toEqual(['2', 2, '2', '4', 4, '4']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('answers all who ask at the same time with one chunk, or as many as it takes', () => {
    const world = new World();
    const ids = allocateIds(world.join().zk, path, { chunk: 3 });
    const all = ask(merge(...Array.from({ length: 7 }, () => ids.next())));
    const left = ask(ids.next());
    left.unsubscribe();
    world.time.advanceBy(100);
    expect(all.values).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([left.values, dataAt(world.server, path)]).toEqual([[], '9']);
    expect(ask(ids.next()).values).toEqual([8]);
  });

  it('interleaves with other processes and with increments, each id once', () => {
    const world = new World();
    const [a, b] = [world.join(), world.join()].map(({ zk }) =>
      allocateIds(zk, path, { chunk: 2, encoding: 'int64', default: 100n }),
    );
    const { zk } = world.join();
    const take = (source: typeof a) => {
      const asked = ask(source?.next() ?? EMPTY);
      world.time.advanceBy(50);
      return asked.values[0];
    };
    const mine = ask(increment(zk, path, 1n, { encoding: 'int64', default: 100n }));
    world.time.advanceBy(50);
    expect(mine.values[0]?.after).toBe(101n);
    expect([take(a), take(b), take(a), take(b), take(b), take(a)]).toEqual([
      102n,
      104n,
      103n,
      105n,
      106n,
      108n,
    ]);
    expect(hexAt(world.server, path)).toBe('000000000000006d');
  });

  it('refuses what it cannot count with, and a chunk beyond what the encoding holds', () => {
    const world = new World();
    const { zk } = world.join();
    const refusal = (options: object) => String(ask(allocateIds(zk, path, options).next()).errors);
    expect(refusal({ chunk: 0 })).toContain('InvalidOption chunk: must be a whole number from 1');
    expect(refusal({ encoding: 'float' })).toContain("encoding: must be 'int' or 'bigint' or");
    expect(refusal({ size: 3 })).toContain('InvalidOption size: there is no such option');
    const late = ask(
      allocateIds(zk, path, { encoding: 'int32', default: 2 ** 31 - 3, chunk: 3 }).next(),
    );
    world.time.advanceBy(50);
    expect(late.errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(String(late.errors[0])).toContain('chunk: would take the counter to 2147483648');
  });

  it('ends with its time, its signal and its client, and goes on afterwards', () => {
    const world = new World();
    const member = world.join();
    world.network.at(member.address).partition();
    const ids = allocateIds(member.zk, path, { timeoutMs: 200 });
    const late = ask(ids.next());
    world.time.advanceBy(300);
    expect(late.errors[0]).toBeInstanceOf(TimeoutError);
    expect(late.errors[0]).toMatchObject({ outcome: 'not-sent', operation: 'allocateIds', path });
    world.network.at(member.address).heal();
    world.time.advanceBy(5_000);
    const asked = ask(ids.next());
    world.time.advanceBy(50);
    expect(asked.values).toHaveLength(1);
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    const stopped = allocateIds(member.zk, path, { signal: stop.signal });
    expect(ask(stopped.next()).errors[0]).toMatchObject({ message: 'enough' });
    void member.zk.close();
    world.time.advanceBy(50);
    const closed = ask(allocateIds(member.zk, path).next());
    world.time.advanceBy(50);
    expect(closed.errors[0]).toMatchObject({ name: 'SessionClosedError' });
  });
});
