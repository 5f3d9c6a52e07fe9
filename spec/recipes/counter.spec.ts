/** Counters on virtual time, through real wire bytes: encodings, live values, and what is refused. */

import { concatMap, range } from 'rxjs';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { DecodeError, InvalidOptionError, TimeoutError } from '../../src/errors/client-errors.js';
import { counter$, increment, type IncrementOptions } from '../../src/recipes/values/counter.js';
import { type CounterEncoding } from '../../src/recipes/values/number-encodings.js';
import { ask, dataAt, hexAt } from './counts.js';
import { expiryMs, nothing, World } from './world.js';

const path = '/counters/visitors';

describe('increment', () => {
  it('makes the znode with its parents, adds, and answers before and after', () => {
    const world = new World();
    const { zk } = world.join();
    const first = ask(increment(zk, path, 5));
    world.time.advanceBy(50);
    expect(first.values).toEqual([{ before: 0, after: 5, version: 0 }]);
    expect(first.completed).toBe(true);
    const second = ask(increment(zk, path, -8));
    world.time.advanceBy(50);
    expect(second.values).toEqual([{ before: 5, after: -3, version: 1 }]);
    expect(dataAt(world.server, path)).toBe('-3');
    expect(world.server.tree()[path]?.stat.ephemeralOwner).toBe(0n);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('sends nothing before it is subscribed to, adds for each subscription, and can be awaited', () => {
    const world = new World();
    const { zk } = world.join();
    const once$ = increment(zk, path, 1);
    expect(world.server.sessions()).toHaveLength(0);
    const a = ask(once$);
    const b = ask(once$);
    world.time.advanceBy(100);
    expect([...a.values, ...b.values].map(({ after }) => after).sort()).toEqual([1, 2]);
    expect(once$.then).toBeInstanceOf(Function);
  });

  it('counts an empty znode, as kazoo makes it, as the default', () => {
    const world = new World();
    const { zk } = world.join();
    ask(zk.ensurePath(path));
    world.time.advanceBy(50);
    const { values } = ask(increment(zk, path, 1, { default: 10 }));
    world.time.advanceBy(50);
    expect(values).toEqual([{ before: 10, after: 11, version: 1 }]);
  });

  it('writes nothing to add nothing', () => {
    const world = new World();
    const { zk } = world.join();
    ask(increment(zk, path, 4));
    world.time.advanceBy(50);
    const { values } = ask(increment(zk, path, 0));
    world.time.advanceBy(50);
    expect(values).toEqual([{ before: 4, after: 4, version: 0 }]);
    expect(world.server.tree()[path]?.stat.version).toBe(0);
  });

  it.each<[CounterEncoding, number | bigint, number | bigint, string]>([
    ['int', 7, -10, '2d33'],
    ['bigint', 2n ** 64n, 1n, '3138343436373434303733373039353531363137'],
    ['float', 1.5, 2, '332e35'],
    ['float', 1e16, 1e15, '312e31652b3136'],
    ['float', 0.00001, 0, '31652d3035'],
    ['float', Infinity, 1, '696e66'],
    ['int32', 0, -3, 'fffffffd'],
    ['int32', 2 ** 31 - 2, 1, '7fffffff'],
    ['int64', 2n ** 40n, 2n, '0000010000000002'],
    ['int64', 0n, -1n, 'ffffffffffffffff'],
  ])('writes %s as its clients do: %p + %p', (encoding, start, by, hex) => {
    const world = new World();
    const { zk } = world.join();
    // Of the type that belongs to the encoding, which the table does not know.
    const options = { encoding, default: start } as unknown as IncrementOptions<'int'>;
    const { values } = ask(increment(zk, path, by as number, options));
    world.time.advanceBy(50);
    expect(hexAt(world.server, path)).toBe(hex);
    const again = ask(increment(zk, path, by as number, options));
    world.time.advanceBy(50);
    expect(again.errors.length === 0 ? again.values[0]?.before : values[0]?.after).toBe(
      values[0]?.after,
    );
  });

  it.each<[CounterEncoding, number | bigint, number | bigint, string]>([
    ['int', Number.MAX_SAFE_INTEGER, 1, 'makes it 9007199254740992, and it must be a whole'],
    ['int32', 2 ** 31 - 1, 1, 'makes it 2147483648, and it must be a whole number from -2^31'],
    ['int64', -(2n ** 63n), -1n, 'makes it -9223372036854775809, and it must be a bigint'],
  ])('refuses a sum that %s cannot hold, and writes nothing', (encoding, start, by, message) => {
    const world = new World();
    const { zk } = world.join();
    const options = { encoding, default: start } as unknown as IncrementOptions<'int'>;
    const { errors } = ask(increment(zk, path, by as number, options));
    world.time.advanceBy(50);
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(errors[0]).toMatchObject({ option: 'by', operation: 'increment', path });
    expect(String(errors[0])).toContain(message);
    expect(world.server.tree()[path]).toBeUndefined();
  });

  it.each<[CounterEncoding, string, string]>([
    ['int', 'seven', 'it is no whole number'],
    ['int', '3.5', 'it is no whole number'],
    ['int', '9007199254740993', "it is beyond 2^53 - 1: use the encoding 'bigint'"],
    ['bigint', '0x10', 'it is no whole number'],
    ['float', '1,5', 'it is no number'],
    ['int32', '12345', 'it has 5 bytes instead of 4'],
    ['int64', '1234', 'it has 4 bytes instead of 8'],
  ])('errs with DecodeError where %s finds %j', (encoding, data, message) => {
    const world = new World();
    const { zk } = world.join();
    ask(zk.create('/c', data));
    world.time.advanceBy(50);
    const by = encoding === 'bigint' || encoding === 'int64' ? 1n : 1;
    const options = { encoding } as unknown as IncrementOptions<'int'>;
    const changed = ask(increment(zk, '/c', by as number, options));
    const seen = ask(counter$(zk, '/c', { encoding }));
    world.time.advanceBy(50);
    for (const { errors } of [changed, seen]) {
      expect(errors[0]).toBeInstanceOf(DecodeError);
      expect(errors[0]).toMatchObject({ path: '/c', cause: { message } });
    }
    expect(dataAt(world.server, '/c')).toBe(data);
  });

  it.each<[unknown, unknown, string]>([
    [1.5, {}, 'InvalidOption by: must be a whole number from -(2^53 - 1) to 2^53 - 1, not 1.5'],
    [1, { encoding: 'int64' }, 'InvalidOption by: must be a bigint from -2^63'],
    ['1', {}, 'InvalidOption by: must be a whole number'],
    [undefined, {}, 'InvalidOption by: must be a whole number'],
    [1, { encoding: 'int16' }, "InvalidOption encoding: must be 'int' or 'bigint'"],
    [1, { default: 2n }, 'InvalidOption default: must be a whole number'],
    [1, { timeoutMs: -1 }, 'InvalidOption timeoutMs'],
    [
      1,
      { encodin: 'int' },
      'InvalidOption encodin: there is no such option; did you mean encoding',
    ],
  ])('refuses by = %p with %p', (by, options, message) => {
    const world = new World();
    const request$ = increment(world.join().zk, path, by as number, options as object);
    const { errors } = ask(request$);
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(String(errors[0])).toContain(message);
    expect(world.server.sessions()).toHaveLength(0);
  });

  it('waits for a connection, and no longer than timeoutMs', () => {
    const world = new World();
    const member = world.join();
    world.network.at(member.address).partition();
    const patient = ask(increment(member.zk, path, 1));
    const hasty = ask(increment(member.zk, path, 1, { timeoutMs: 300 }));
    world.time.advanceBy(400);
    expect(hasty.errors[0]).toBeInstanceOf(TimeoutError);
    expect(hasty.errors[0]).toMatchObject({ timeoutMs: 300, outcome: 'not-sent' });
    world.network.at(member.address).heal();
    world.time.advanceBy(30_000);
    expect(patient.values).toEqual([{ before: 0, after: 1, version: 0 }]);
  });

  it('errs with the reason of its signal, and of a closed client', () => {
    const world = new World();
    const { zk } = world.join();
    const stop = new AbortController();
    const aborted = ask(increment(zk, path, 1, { signal: stop.signal }));
    stop.abort(new Error('enough'));
    expect(aborted.errors[0]).toMatchObject({ message: 'enough' });
    const closing = ask(increment(zk, path, 1));
    void zk.close();
    world.time.advanceBy(50);
    expect(closing.errors[0]).toMatchObject({ name: 'SessionClosedError' });
  });
});

describe('counter$', () => {
  it('emits the default while missing or empty, every value, and what comes after a deletion', () => {
    const world = new World();
    const { zk } = world.join();
    const seen = ask(counter$(zk, path, { default: 7 }));
    const act = (request$: Parameters<typeof ask>[0]) => {
      ask(request$);
      world.time.advanceBy(50);
    };
    world.time.advanceBy(50);
    act(zk.ensurePath(path));
    act(increment(zk, path, 3));
    act(zk.set(path, '3'));
    act(zk.set(path, ' +4\n'));
    act(zk.delete(path));
    expect(seen.values).toEqual([7, 3, 4, 7]);
    seen.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is silent over lost connections and sessions, and then emits what changed', () => {
    const world = new World();
    const member = world.join();
    const other = world.join();
    const seen = ask(counter$(member.zk, path, { encoding: 'int64' }));
    ask(increment(other.zk, path, 1n, { encoding: 'int64' }));
    world.time.advanceBy(50);
    world.network.at(member.address).partition();
    ask(increment(other.zk, path, 1n, { encoding: 'int64' }));
    world.time.advanceBy(2 * expiryMs);
    expect(seen.values).toEqual([0n, 1n]);
    world.network.at(member.address).heal();
    world.network.at(member.address).reset();
    world.time.advanceBy(10_000);
    expect(seen.values).toEqual([0n, 1n, 2n]);
    void member.zk.close();
    world.time.advanceBy(100);
    expect(seen.completed).toBe(true);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('can be unsubscribed at once and twice subscribed', () => {
    const world = new World();
    const { zk } = world.join();
    ask(counter$(zk, path)).unsubscribe();
    const counter = counter$(zk, path, { encoding: 'float', default: NaN });
    const [a, b] = [ask(counter), ask(counter)];
    world.time.advanceBy(50);
    expect([a.values, b.values]).toEqual([[NaN], [NaN]]);
    a.unsubscribe();
    b.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('many who increment at the same time', () => {
  it('lose nothing, and take few attempts each', () => {
    const world = new World();
    const members = Array.from({ length: 10 }, () => world.join());
    const runs = members.map(({ zk }) =>
      ask(range(10).pipe(concatMap(() => increment(zk, path, 1)))),
    );
    world.time.advanceBy(60_000);
    expect(runs.map(({ values, completed }) => [values.length, completed])).toEqual(
      runs.map(() => [10, true]),
    );
    const after = runs.flatMap(({ values }) => values.map((change) => change.after));
    expect(after.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(dataAt(world.server, path)).toBe('100');
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([86_400_000, -86_400_000])(
    'go on at once when somebody sets their clocks by %i ms in the middle',
    (wallMs) => {
      const world = new World();
      const members = [world.join(), world.join()];
      for (const { zk } of members) ask(increment(zk, path, 1));
      world.time.advanceBy(1000);
      const runs = members.map(({ zk }) => ask(increment(zk, path, 1)));
      // Both have read, and one of them will be too late.
      world.time.advanceBy(2);
      for (const member of members) member.wallMs = wallMs;
      world.time.advanceBy(3000);
      expect(runs.map(({ completed }) => completed)).toEqual([true, true]);
      expect(dataAt(world.server, path)).toBe('4');
    },
  );

  it.each([
    [5, 3],
    [20, 4],
    [50, 6],
  ])('are %i, and need no more than %d attempts for each increment', (clients, most) => {
    const world = new World();
    let attempts = 0;
    let done = 0;
    for (let i = 0; i < clients; i++) {
      const { zk } = world.join();
      const counted = new Proxy(zk, {
        get(target, name: keyof ZooKeeper) {
          if (name === 'get') attempts++;
          const member: unknown = target[name];
          return member instanceof Function ? (member.bind(target) as unknown) : member;
        },
      });
      range(4)
        .pipe(concatMap(() => increment(counted, path, 1)))
        .subscribe(() => done++);
    }
    world.time.advanceBy(60_000);
    expect(done).toBe(4 * clients);
    // If all tried again at once, it would take half as many attempts as there are clients.
    expect(attempts / done).toBeLessThan(most);
  });
});
