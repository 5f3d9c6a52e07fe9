/** Looking on at services and their instances on virtual time. */

import { type Observable } from 'rxjs';
import { InvalidOptionError, InvalidPathError } from '../../src/errors/client-errors.js';
import { instances$, services$ } from '../../src/recipes/services/instances.js';
import { register$ } from '../../src/recipes/services/register.js';
import { cutOnce, cutsOf } from './cuts.js';
import { expiryMs, type Member, nothing, World } from './world.js';

const base = '/services';

function recording<T>(values$: Observable<T>) {
  const values: T[] = [];
  const errors: unknown[] = [];
  let completed = false;
  const subscription = values$.subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => errors.push(error),
    complete: () => (completed = true),
  });
  return { values, errors, subscription, completed: () => completed };
}

function register({ zk }: Member, id: string, payload: unknown = null) {
  return register$(zk, base, { name: 'search', id, payload }).subscribe();
}

/** The ids, with what they tell. */
function told(all: readonly { readonly id: string; readonly payload: unknown }[]): string {
  return all
    .map(({ id, payload }) => id + (typeof payload === 'number' ? String(payload) : ''))
    .join(' ');
}

describe('services$', () => {
  it('emits the names, sorted, as they come and go', () => {
    const world = new World();
    const { zk } = world.join();
    const { values, subscription } = recording(services$(zk, base));
    world.time.advanceBy(50);
    const search = register(world.join(), 'a');
    world.time.advanceBy(50);
    const other = register$(zk, base, { name: 'billing', id: 'a' }).subscribe();
    world.time.advanceBy(50);
    // Containers go some time after their last child.
    search.unsubscribe();
    other.unsubscribe();
    world.time.advanceBy(200_000);
    expect(values.slice(0, 3)).toEqual([[], ['search'], ['billing', 'search']]);
    expect(values.at(-1)).toEqual([]);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('instances$', () => {
  it('emits them as they come, change and go', () => {
    const world = new World();
    const { values, subscription } = recording(instances$(world.join().zk, base, 'search'));
    world.time.advanceBy(50);
    register(world.join(), 'b');
    world.time.advanceBy(50);
    const a = register(world.join(), 'a');
    world.time.advanceBy(50);
    const { zk } = world.join();
    zk.set(`${base}/search/b`, '{"name":"search","id":"b","payload":7}').subscribe();
    world.time.advanceBy(50);
    a.unsubscribe();
    world.time.advanceBy(50);
    expect(values.map(told)).toEqual(['', 'b', 'a b', 'a b7', 'b7']);
    subscription.unsubscribe();
    register(world.join(), 'c');
    world.time.advanceBy(50);
    expect(values).toHaveLength(5);
  });

  it('leaves out what does not decode, keeps what does not any more, and reports both', () => {
    const world = new World();
    const reports: unknown[] = [];
    const { zk } = world.join({ onReport: (error) => reports.push(error) });
    zk.ensurePath(`${base}/search`).subscribe();
    world.time.advanceBy(50);
    const { values, errors } = recording(instances$(zk, base, 'search'));
    const writer = world.join();
    writer.zk.create(`${base}/search/a`, '{"id":"a"}').subscribe();
    writer.zk.create(`${base}/search/bad`, 'not JSON').subscribe();
    writer.zk.create(`${base}/search/empty`).subscribe();
    world.time.advanceBy(50);
    expect(told(values.at(-1) ?? [])).toBe('a');
    const path = `${base}/search/bad`;
    expect(reports).toEqual([expect.objectContaining({ name: 'DecodeError', path })]);
    writer.zk.set(`${base}/search/a`, '{"id":1}').subscribe();
    world.time.advanceBy(50);
    expect(told(values.at(-1) ?? [])).toBe('a');
    expect(reports).toHaveLength(2);
    writer.zk.set(path, '{"id":"bad"}').subscribe();
    world.time.advanceBy(50);
    expect(told(values.at(-1) ?? [])).toBe('a bad');
    expect(errors).toEqual([]);
  });

  it('gives payloads their type, and leaves out those that are of another', () => {
    const world = new World();
    const { zk } = world.join({ onReport: () => undefined });
    const payload = (value: unknown): number => {
      if (typeof value !== 'number') throw new TypeError('a number is wanted');
      return value;
    };
    const { values } = recording(instances$(zk, base, 'search', { payload }));
    register(world.join(), 'a', 1);
    register(world.join(), 'b', 'x');
    world.time.advanceBy(50);
    expect(told(values.at(-1) ?? [])).toBe('a1');
  });

  it('is silent over a lost session, and right after it', () => {
    const world = new World();
    const looking = world.join();
    const { values, errors } = recording(instances$(looking.zk, base, 'search'));
    const a = register(world.join(), 'a');
    world.time.advanceBy(50);
    world.network.at(looking.address).partition();
    world.time.advanceBy(expiryMs);
    a.unsubscribe();
    register(world.join(), 'b');
    world.time.advanceBy(50);
    expect(told(values.at(-1) ?? [])).toBe('a');
    world.network.at(looking.address).heal();
    world.time.advanceBy(expiryMs);
    expect(told(values.at(-1) ?? [])).toBe('b');
    expect(errors).toEqual([]);
  });

  it('is shared by all who look at the same service', () => {
    const world = new World();
    const looking = world.join();
    register(world.join(), 'a');
    world.time.advanceBy(50);
    const first = recording(instances$(looking.zk, base, 'search'));
    world.time.advanceBy(50);
    const watches = world.server.watchCount();
    const second = recording(instances$(looking.zk, base, 'search'));
    world.time.advanceBy(50);
    expect([first, second].map(({ values }) => values.map(told))).toEqual([['a'], ['a']]);
    expect(world.server.watchCount()).toBe(watches);
  });

  it('ends with the client, and with the signal', () => {
    const world = new World();
    const looking = world.join();
    const { signal } = new AbortController();
    const all = [services$(looking.zk, base), instances$(looking.zk, base, 'search', { signal })];
    const ended = all.map((one$) => recording<unknown>(one$));
    const aborting = new AbortController();
    const aborted = [
      services$(looking.zk, base, aborting),
      instances$(looking.zk, base, 'search', { signal: aborting.signal }),
    ].map((one$) => recording<unknown>(one$));
    world.time.advanceBy(50);
    aborting.abort('enough');
    expect(aborted.map(({ errors }) => errors)).toEqual([['enough'], ['enough']]);
    void looking.zk.close();
    world.time.advanceBy(50);
    expect(ended.map(({ completed }) => completed())).toEqual([true, true]);
  });

  it('refuses wrong paths, names and options', () => {
    const { zk } = new World().join();
    const wrong = [
      instances$(zk, 'x', 'search'),
      services$(zk, 'x'),
      instances$(zk, base, 'a/b'),
      instances$(zk, base, 'search', { payload: 1 } as object),
      instances$(zk, base, 'search', { codec: 1 } as object),
      services$(zk, base, { layout: 'kazoo' } as object),
    ].map((one$) => recording<unknown>(one$).errors[0]);
    expect(wrong.map((error) => (error as Error).constructor)).toEqual([
      ...[InvalidPathError, InvalidPathError],
      ...Array.from({ length: 4 }, () => InvalidOptionError),
    ]);
  });

  it.each(cutsOf(8))('is right at last with a cut $when chunk $chunk $direction', (cut) => {
    const world = new World();
    const struck = world.join();
    register(world.join(), 'a');
    world.time.advanceBy(50);
    cutOnce(world, struck, cut);
    const { values, errors, subscription } = recording(instances$(struck.zk, base, 'search'));
    world.time.advanceBy(20);
    register(world.join(), 'b');
    world.time.advanceBy(4000);
    expect(told(values.at(-1) ?? [])).toBe('a b');
    expect(errors).toEqual([]);
    subscription.unsubscribe();
  });
});
