/** Shared values on virtual time: versions, changes by compare and set, and what is refused. */

import { bytes, json } from '../../src/client/codecs.js';
import { DecodeError, InvalidOptionError } from '../../src/errors/client-errors.js';
import { sharedValue$, updateShared } from '../../src/recipes/values/shared-value.js';
import { ask, dataAt } from './counts.js';
import { nothing, World } from './world.js';

const path = '/shared/limits';
const limits = { codec: json<{ readonly n: number }>(), initial: { n: 0 } };

describe('sharedValue$', () => {
  it('emits the initial value while missing, then each value with its version', () => {
    const world = new World();
    const { zk } = world.join();
    const seen = ask(sharedValue$(zk, path, limits));
    world.time.advanceBy(50);
    for (const n of [5, 6]) {
      ask(updateShared(zk, path, () => ({ n }), limits));
      world.time.advanceBy(50);
    }
    ask(zk.delete(path));
    world.time.advanceBy(50);
    expect(seen.values).toEqual([
      { value: { n: 0 }, version: -1 },
      { value: { n: 5 }, version: 0 },
      { value: { n: 6 }, version: 1 },
      { value: { n: 0 }, version: -1 },
    ]);
    seen.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs with DecodeError where the codec cannot read, and completes with the client', () => {
    const world = new World();
    const { zk } = world.join();
    ask(zk.create('/broken', '{'));
    const seen = ask(sharedValue$(zk, path, limits));
    world.time.advanceBy(50);
    const broken = ask(sharedValue$(zk, '/broken', limits));
    const update = ask(updateShared(zk, '/broken', (value) => value, limits));
    world.time.advanceBy(50);
    expect(broken.errors[0]).toBeInstanceOf(DecodeError);
    expect(update.errors[0]).toMatchObject({ operation: 'updateShared', path: '/broken' });
    void zk.close();
    world.time.advanceBy(50);
    expect(seen.completed).toBe(true);
  });
});

describe('updateShared', () => {
  it('asks the function again when somebody else was faster', () => {
    const world = new World();
    const [a, b] = [world.join(), world.join()];
    ask(a.zk.ensurePath('/shared'));
    ask(b.zk.exists('/'));
    world.time.advanceBy(100);
    const asked: number[] = [];
    const add = (n: number) => (value: { readonly n: number }) => {
      asked.push(value.n);
      return { n: value.n + n };
    };
    const first = ask(updateShared(a.zk, path, add(1), limits));
    const second = ask(updateShared(b.zk, path, add(10), limits));
    world.time.advanceBy(100);
    expect(asked).toEqual([0, 0, 1]);
    expect(first.values).toEqual([{ before: { n: 0 }, after: { n: 1 }, version: 0 }]);
    expect(second.values).toEqual([{ before: { n: 1 }, after: { n: 11 }, version: 1 }]);
    expect(dataAt(world.server, path)).toBe('{"n":11}');
    expect(world.leftovers()).toEqual(nothing);
  });

  it('writes the bytes of the codec and nothing else, and nothing where they are the same', () => {
    const world = new World();
    const { zk } = world.join();
    const raw = { codec: bytes(), initial: new Uint8Array([1]) };
    ask(updateShared(zk, path, (value) => new Uint8Array([...value, 2]), raw));
    world.time.advanceBy(50);
    const same = ask(updateShared(zk, path, (value) => value.slice(), raw));
    world.time.advanceBy(50);
    expect(same.values[0]?.version).toBe(0);
    const node = world.server.tree()[path];
    expect([...(node?.data ?? []), node?.stat.version]).toEqual([1, 2, 0]);
  });

  it('errs with what the function throws, and with what cannot be used', () => {
    const world = new World();
    const { zk } = world.join();
    const boom = () => {
      throw new Error('boom');
    };
    const thrown = ask(updateShared(zk, path, boom, limits));
    world.time.advanceBy(50);
    expect(thrown.errors[0]).toMatchObject({ message: 'boom' });
    expect(world.server.tree()[path]).toBeUndefined();
    const refusal = (update: unknown, options: unknown) => {
      const { errors } = ask(updateShared(zk, path, update as never, options as typeof limits));
      expect(errors[0]).toBeInstanceOf(InvalidOptionError);
      return String(errors[0]);
    };
    expect(refusal(boom, { initial: 1 })).toContain('codec: must be a codec, such as json()');
    expect(refusal(boom, { codec: {}, initial: 1 })).toContain('an object with a method decode()');
    expect(refusal(boom, { codec: json() })).toContain('initial: must be a value');
    expect(refusal('x', limits)).toContain('update: must be a function');
    expect(refusal(boom, { ...limits, seed: 1 })).toContain('seed: there is no such option');
    expect(ask(sharedValue$(zk, '/a/', limits)).errors[0]).toMatchObject({ path: '/a/' });
  });
});
