/** Double barriers on virtual time: entering and leaving together, latecomers, losses, and a `ready` left behind. */

import { concat, EMPTY, repeat, switchMap, timer } from 'rxjs';
import { InvalidOptionError, LockLostError, TimeoutError } from '../../src/errors/client-errors.js';
import { doubleBarrier$, withDoubleBarrier } from '../../src/recipes/barriers/double-barrier.js';
import { retryLost } from '../../src/recipes/held/retry-lost.js';
import { ask, dataAt } from './counts.js';
import { path, Rounds } from './rounds.js';
import { expiryMs, nothing, World } from './world.js';

function setUp(count = 2) {
  const world = new World();
  return { world, rounds: new Rounds(world, count) };
}

describe('withDoubleBarrier', () => {
  it('lets all in when the last has come, and ends when the last has left', () => {
    const { world, rounds } = setUp(3);
    const parts = [100, 900, 300].map((workMs) => {
      const part = rounds.join(world.join(), workMs);
      world.time.advanceBy(200);
      return part;
    });
    expect(parts.map(({ log }) => log.join(''))).toEqual(['ie', 'i', 'i']);
    world.time.advanceBy(300);
    expect(parts.map(({ log }) => log.join(''))).toEqual(['ie', 'i', 'ie']);
    world.time.advanceBy(600);
    expect(parts.map(({ log }) => log.join(''))).toEqual(['ie|', 'ie|', 'ie|']);
    expect(rounds.violations).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(path)).toEqual([]);
  });

  it.each([
    ['kazoo', /^[0-9a-f]{32}$/, 'persistent'],
    ['curator', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'container'],
  ] as const)('lays its znodes out as %s does', (layout, name, parents) => {
    const { world, rounds } = setUp();
    const options = { layout, identifier: 'worker é' };
    const parts = [
      rounds.join(world.join(), 200, options),
      rounds.join(world.join(), 200, options),
    ];
    world.time.advanceBy(100);
    const [first = '', second, ready] = world.names(path)?.sort() ?? [];
    expect([first, second, ready]).toEqual([
      expect.stringMatching(name),
      expect.stringMatching(name),
      'ready',
    ]);
    const tree = world.server.tree();
    expect(dataAt(world.server, `${path}/${first}`)).toBe('worker é');
    expect(dataAt(world.server, `${path}/ready`)).toBe('');
    expect(
      [tree[`${path}/${first}`], tree[`${path}/ready`], tree[path]].map((it) => it?.kind),
    ).toEqual(['ephemeral', 'persistent', parents]);
    world.time.advanceBy(300);
    expect(parts.map(({ log }) => log.join(''))).toEqual(['ie|', 'ie|']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('goes round after round, whoever is quick', () => {
    const { world, rounds } = setUp(3);
    const parts = [1, 20, 90].map((workMs) =>
      rounds.join(world.join(), workMs, {}, (round$) => round$.pipe(repeat(6))),
    );
    world.time.advanceBy(5_000);
    expect(parts.map(({ log }) => log.join(''))).toEqual(parts.map(() => 'ie|'.repeat(6)));
    expect(rounds.violations).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(path)).toEqual([]);
  });

  it('keeps latecomers outside until the round is over, without a znode, and lets them in together', () => {
    const { world, rounds } = setUp();
    const parts = [500, 500].map((workMs) => rounds.join(world.join(), workMs));
    world.time.advanceBy(100);
    const late = [10, 10].map((workMs) => rounds.join(world.join(), workMs));
    world.time.advanceBy(300);
    expect(late.map(({ log }) => log)).toEqual([[], []]);
    expect(world.names(path)).toHaveLength(3);
    world.time.advanceBy(400);
    expect([...parts, ...late].map(({ log }) => log.join(''))).toEqual([
      'ie|',
      'ie|',
      'ie|',
      'ie|',
    ]);
    expect(rounds.violations).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(path)).toEqual([]);
  });

  it('does not count who gave up before, and does not wait inside for who is lost', () => {
    const { world, rounds } = setUp();
    const quitter = rounds.join(world.join(), 10);
    world.time.advanceBy(50);
    quitter.subscription.unsubscribe();
    world.time.advanceBy(50);
    const stays = rounds.join(world.join(), 300);
    world.time.advanceBy(100);
    expect(stays.log).toEqual([]);
    const dies = world.join();
    rounds.join(dies, Infinity);
    world.time.advanceBy(100);
    expect(stays.log).toEqual(['i']);
    world.network.at(dies.address).partition();
    world.time.advanceBy(expiryMs);
    expect(stays.log.join('')).toBe('ie|');
    expect(rounds.violations).toEqual([]);
    expect(world.names(path)).toEqual([]);
  });

  it('stays inside over a short disconnect, and errs with LockLostError over a long one', () => {
    const { world, rounds } = setUp();
    const [steady, short, long] = [world.join(), world.join(), world.join()];
    const other = new Rounds(world, 1);
    const a = rounds.join(steady, 20_000);
    const b = rounds.join(short, 5_000);
    world.time.advanceBy(50);
    world.network.at(short.address).reset();
    world.time.advanceBy(1_000);
    expect([a.log, b.log]).toEqual([['i'], ['i']]);
    const c = other.join(long, Infinity, { giveUp: 'suspended' }, (round$) =>
      round$.pipe(retryLost()),
    );
    world.time.advanceBy(15_000);
    expect(c.log).toEqual([]);
    world.time.advanceBy(10_000);
    expect([a.log.join(''), b.log.join(''), c.log.join('')]).toEqual(['ie|', 'ie|', 'i']);
    world.network.at(long.address).reset();
    world.time.advanceBy(3_000);
    expect(c.log.join('')).toBe('iei');
    c.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs with LockLostError, its work ended before, when its session or its znode is lost inside', () => {
    const { world, rounds } = setUp();
    const [a, b] = [world.join(), world.join()];
    const struck = rounds.join(a, Infinity);
    const other = rounds.join(b, Infinity);
    world.time.advanceBy(50);
    world.network.at(a.address).partition();
    world.time.advanceBy(expiryMs);
    expect(struck.log).toEqual(['i', 'e', 'LockLostError']);
    expect(struck.errors[0]).toBeInstanceOf(LockLostError);
    ask(b.zk.delete(path, { recursive: true }));
    world.time.advanceBy(50);
    expect(other.log).toEqual(['i', 'e', 'LockLostError']);
    world.network.at(a.address).heal();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('comes anew when its session or its znode is lost outside', () => {
    const { world, rounds } = setUp();
    const a = world.join();
    const part = rounds.join(a, 100);
    world.time.advanceBy(50);
    const [before = ''] = world.names(path) ?? [];
    world.network.at(a.address).partition();
    world.time.advanceBy(2 * expiryMs);
    world.network.at(a.address).heal();
    world.network.at(a.address).reset();
    world.time.advanceBy(5_000);
    const [after = ''] = world.names(path) ?? [];
    expect(after).not.toBe(before);
    const { zk } = world.join();
    ask(zk.delete(path, { recursive: true }));
    world.time.advanceBy(50);
    expect(world.names(path)).toHaveLength(1);
    expect(world.names(path)).not.toContain(after);
    const other = rounds.join(world.join(), 100);
    world.time.advanceBy(500);
    expect([part.log.join(''), other.log.join('')]).toEqual(['ie|', 'ie|']);
    expect(rounds.violations).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('takes away a ready that nobody is inside of, and lets nobody in by it', () => {
    const { world, rounds } = setUp(3);
    const { zk } = world.join();
    ask(zk.ensurePath(`${path}/ready`));
    world.time.advanceBy(50);
    const early = [50, 50].map((workMs) => rounds.join(world.join(), workMs));
    world.time.advanceBy(500);
    expect(early.map(({ log }) => log)).toEqual([[], []]);
    expect(world.names(path)).not.toContain('ready');
    const last = rounds.join(world.join(), 50);
    world.time.advanceBy(500);
    expect([...early, last].map(({ log }) => log.join(''))).toEqual(['ie|', 'ie|', 'ie|']);
    expect(rounds.violations).toEqual([]);
    expect(world.names(path)).toEqual([]);
  });

  it('enters although kazoo has deleted ready before it could be looked at', () => {
    const { world, rounds } = setUp();
    const part = rounds.join(world.join(), 100);
    world.time.advanceBy(50);
    const { zk } = world.join();
    // All of a kazoo member's life, without a pause.
    const mine = `${path}/${'f'.repeat(32)}`;
    ask(
      concat(
        zk.create(mine, 'kazoo', { mode: 'ephemeral' }),
        zk.ensurePath(`${path}/ready`),
        zk.delete(`${path}/ready`),
        zk.delete(mine),
      ),
    );
    world.time.advanceBy(500);
    expect(part.log.join('')).toBe('ie|');
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each(
    ['3.9.3', '3.5.9'].flatMap((version) =>
      [2 ** 30, 2 ** 31 - 6, 2 ** 31 - 2, 2 ** 31 - 1].map((made) => ({ version, made })),
    ),
  )(
    'goes on, on a server $version, when $made znodes have been made below it',
    ({ version, made }) => {
      const world = new World({ version });
      const rounds = new Rounds(world, 2);
      world.countFrom(path, made);
      const parts = [10, 20].map((workMs) =>
        rounds.join(world.join(), workMs, {}, (round$) => round$.pipe(repeat(4))),
      );
      world.time.advanceBy(2_000);
      expect(parts.map(({ log }) => log.join(''))).toEqual(parts.map(() => 'ie|'.repeat(4)));
      expect(rounds.violations).toEqual([]);
      expect(world.leftovers()).toEqual(nothing);
      expect(world.names(path)).toEqual([]);
    },
  );

  it('ends with the error of its source when all have left', () => {
    const { world, rounds } = setUp();
    const other = rounds.join(world.join(), 200);
    const failing = ask(
      timer(20, world.time).pipe(
        switchMap(() => {
          throw new Error('in the work');
        }),
        withDoubleBarrier(world.join().zk, path, { count: 2 }),
      ),
    );
    world.time.advanceBy(150);
    expect([failing.errors, other.log]).toEqual([[], ['i']]);
    world.time.advanceBy(200);
    expect(failing.errors[0]).toMatchObject({ message: 'in the work' });
    expect(other.log.join('')).toBe('ie|');
    expect(world.leftovers()).toEqual(nothing);
  });

  it('completes when the client is closed, outside and while it leaves', () => {
    const { world, rounds } = setUp();
    const outside = world.join();
    const waiting = rounds.join(outside, 10);
    world.time.advanceBy(50);
    void outside.zk.close();
    world.time.advanceBy(50);
    expect(waiting.log).toEqual(['|']);
    const leaver = world.join();
    const slow = rounds.join(world.join(), Infinity);
    const leaves = ask(
      timer(10, world.time).pipe(withDoubleBarrier(leaver.zk, path, { count: 2 })),
    );
    world.time.advanceBy(100);
    expect([leaves.values, leaves.completed]).toEqual([[0], false]);
    void leaver.zk.close();
    world.time.advanceBy(50);
    expect(leaves.completed).toBe(true);
    slow.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('doubleBarrier$', () => {
  it('emits a passage, and leaves together by its leave$', () => {
    const world = new World();
    const enter = () => doubleBarrier$(world.join().zk, path, { count: 2 });
    const a = ask(enter().pipe(switchMap(({ leave$ }) => concat(timer(50, world.time), leave$))));
    const b = ask(enter());
    world.time.advanceBy(100);
    const [passage] = b.values;
    expect(passage?.valid()).toBe(true);
    expect(passage?.path).toMatch(/^\/phases\/first\/[0-9a-f]{32}$/);
    expect(passage?.fence).toBe(world.server.tree()[passage?.path ?? '']?.stat.czxid);
    expect([a.values, a.completed]).toEqual([[0], false]);
    const left = ask(passage?.leave$ ?? EMPTY);
    expect([b.completed, passage?.valid(), passage?.signal.aborted]).toEqual([true, false, true]);
    world.time.advanceBy(50);
    expect([a.completed, left.completed]).toEqual([true, true]);
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(path)).toEqual([]);
  });

  it('leaves alone and at once when it is unsubscribed, inside or while it leaves', () => {
    const world = new World();
    const [a, b, c] = [1, 2, 3].map(() => ask(doubleBarrier$(world.join().zk, path, { count: 3 })));
    world.time.advanceBy(100);
    const waiting = ask(a?.values[0]?.leave$ ?? EMPTY);
    b?.unsubscribe();
    world.time.advanceBy(50);
    waiting.unsubscribe();
    world.time.advanceBy(50);
    expect(world.names(path)?.sort()).toEqual([c?.values[0]?.path.slice(path.length + 1), 'ready']);
    const last = ask(c?.values[0]?.leave$ ?? EMPTY);
    world.time.advanceBy(50);
    expect(last.completed).toBe(true);
    expect(world.names(path)).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('waits no longer than asked', () => {
    const world = new World();
    const { zk } = world.join();
    const atOnce = ask(doubleBarrier$(zk, path, { count: 2, waitMs: 0 }));
    const soon = ask(doubleBarrier$(world.join().zk, '/b', { count: 2, waitMs: 300 }));
    world.time.advanceBy(100);
    expect(atOnce.errors[0]).toBeInstanceOf(TimeoutError);
    expect(atOnce.errors[0]).toMatchObject({ timeoutMs: 0, operation: 'doubleBarrier$', path });
    world.time.advanceBy(250);
    expect(soon.errors[0]).toMatchObject({ name: 'TimeoutError', timeoutMs: 300 });
    const alone = ask(doubleBarrier$(zk, path, { count: 1, waitMs: 0 }));
    world.time.advanceBy(50);
    expect(alone.values).toHaveLength(1);
    const late = ask(doubleBarrier$(world.join().zk, path, { count: 1, waitMs: 0 }));
    world.time.advanceBy(50);
    expect(late.errors[0]).toMatchObject({ name: 'TimeoutError', timeoutMs: 0 });
    alone.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each<[object, string]>([
    [{}, 'InvalidOption count: must be a whole number from 1 to 10000, not'],
    [{ count: 0 }, 'InvalidOption count: must be a whole number from 1 to 10000, not 0'],
    [{ count: 10_001 }, 'InvalidOption count'],
    [{ count: 2, layout: 'java' }, "InvalidOption layout: must be 'kazoo' or 'curator'"],
    [{ count: 2, counts: 2 }, 'InvalidOption counts: there is no such option; did you mean count?'],
    [{ count: 2, identifier: 7 }, 'InvalidOption identifier: must be a string'],
    [{ count: 2, giveUp: 'never' }, 'InvalidOption giveUp'],
  ])('refuses %p', (options, message) => {
    const world = new World();
    const { errors } = ask(doubleBarrier$(world.join().zk, path, options as { count: number }));
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(String(errors[0])).toContain(message);
    expect(world.server.sessions()).toHaveLength(0);
  });
});
