/** Barriers on virtual time: waiting through whatever happens, and closing and opening with a lost reply. */

import { InvalidOptionError, TimeoutError } from '../../src/errors/client-errors.js';
import { barrier$, createBarrier, removeBarrier } from '../../src/recipes/barriers/barrier.js';
import { ask } from './counts.js';
import { type Cut, cutOnce, cutsOf } from './cuts.js';
import { expiryMs, nothing, World } from './world.js';

const path = '/maintenance/window';

function closed(): World {
  const world = new World();
  ask(createBarrier(world.join().zk, path));
  world.time.advanceBy(50);
  return world;
}

describe('barrier$', () => {
  it('is open at once where there is no znode', () => {
    const world = new World();
    const waiting = ask(barrier$(world.join().zk, path));
    world.time.advanceBy(50);
    expect([waiting.values, waiting.completed]).toEqual([[undefined], true]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('waits until the znode is gone, whatever is written to it', () => {
    const world = closed();
    const [a, b] = [world.join(), world.join()].map(({ zk }) => ask(barrier$(zk, path)));
    const { zk } = world.join();
    ask(zk.set(path, 'x'));
    world.time.advanceBy(50);
    expect([a?.values, b?.values]).toEqual([[], []]);
    ask(removeBarrier(zk, path));
    world.time.advanceBy(50);
    expect([a?.values, a?.completed, b?.completed]).toEqual([[undefined], true, true]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('waits on over a lost session, and sees what happened meanwhile', () => {
    const world = closed();
    const member = world.join();
    const waiting = ask(barrier$(member.zk, path));
    world.time.advanceBy(50);
    world.network.at(member.address).partition();
    world.time.advanceBy(2 * expiryMs);
    ask(removeBarrier(world.join().zk, path));
    world.time.advanceBy(50);
    expect(waiting.values).toEqual([]);
    world.network.at(member.address).heal();
    world.network.at(member.address).reset();
    world.time.advanceBy(10_000);
    expect([waiting.values, waiting.completed]).toEqual([[undefined], true]);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('waits no longer than asked', () => {
    const world = closed();
    const { zk } = world.join();
    const atOnce = ask(barrier$(zk, path, { waitMs: 0 }));
    const soon = ask(barrier$(zk, path, { waitMs: 200 }));
    const stop = new AbortController();
    const stopped = ask(barrier$(zk, path, { signal: stop.signal }));
    world.time.advanceBy(100);
    expect(atOnce.errors[0]).toBeInstanceOf(TimeoutError);
    expect(atOnce.errors[0]).toMatchObject({ timeoutMs: 0, operation: 'barrier$', path });
    expect(soon.errors).toEqual([]);
    stop.abort(new Error('enough'));
    expect(stopped.errors[0]).toMatchObject({ message: 'enough' });
    world.time.advanceBy(101);
    expect(soon.errors[0]).toMatchObject({ name: 'TimeoutError', timeoutMs: 200 });
    const open = ask(barrier$(zk, '/other', { waitMs: 0 }));
    world.time.advanceBy(50);
    expect(open.values).toEqual([undefined]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([undefined, 0])(
    'completes without a value when the client is closed (waitMs %p)',
    (ms) => {
      const world = closed();
      const { zk } = world.join();
      const waiting = ask(barrier$(zk, path, ms === undefined ? {} : { waitMs: ms }));
      if (ms === undefined) world.time.advanceBy(50);
      void zk.close();
      world.time.advanceBy(50);
      expect([waiting.values, waiting.errors, waiting.completed]).toEqual([[], [], true]);
      expect(world.leftovers()).toEqual(nothing);
    },
  );

  it('refuses what it does not know', () => {
    const { zk } = new World().join();
    const { errors } = ask(barrier$(zk, path, { timeoutMs: 5 } as object));
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(errors[0]).toMatchObject({ option: 'timeoutMs', operation: 'barrier$' });
    expect(ask(barrier$(zk, 'relative')).errors[0]).toMatchObject({ name: 'InvalidPathError' });
  });

  it.each(cutsOf(10))(
    '$when chunk $chunk $direction is cut: waits on, sees it open, and leaves nothing',
    (cut: Cut) => {
      const world = closed();
      const member = world.join();
      cutOnce(world, member, cut);
      const waiting = ask(barrier$(member.zk, path));
      world.time.advanceBy(3_000);
      expect(waiting.values).toEqual([]);
      ask(removeBarrier(world.join().zk, path));
      world.time.advanceBy(8_000);
      expect([waiting.values, waiting.completed]).toEqual([[undefined], true]);
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );

  it.each(Array.from({ length: 15 }, (_, ms) => ms))('can be left after %i ms', (ms) => {
    const world = closed();
    const waiting = ask(barrier$(world.join().zk, path));
    world.time.advanceBy(ms);
    waiting.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('createBarrier and removeBarrier', () => {
  it('tell whether they changed something, and lay out what kazoo does', () => {
    const world = new World();
    const { zk } = world.join();
    const answers = [createBarrier, createBarrier, removeBarrier, removeBarrier].map((act) => {
      const asked = ask(act(zk, path));
      world.time.advanceBy(50);
      const node = world.server.tree()[path];
      return [asked.values, asked.completed, node?.data?.length, node?.stat.ephemeralOwner];
    });
    expect(answers).toEqual([
      [[true], true, 0, 0n],
      [[false], true, 0, 0n],
      [[true], true, undefined, undefined],
      [[false], true, undefined, undefined],
    ]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('makes its parents as container znodes where Curator does', () => {
    const world = new World();
    ask(createBarrier(world.join().zk, path, { layout: 'curator' }));
    world.time.advanceBy(50);
    const tree = world.server.tree();
    expect([tree['/maintenance']?.kind, tree[path]?.kind]).toEqual(['container', 'persistent']);
  });

  it.each(cutsOf(8))('$when chunk $chunk $direction is cut: it is done, and no lie told', (cut) => {
    const world = new World();
    const maker = world.join();
    cutOnce(world, maker, cut);
    const made = ask(createBarrier(maker.zk, path));
    world.time.advanceBy(10_000);
    expect(made.completed).toBe(true);
    expect([true, null]).toContain(made.values[0]);
    expect(world.server.tree()[path]).toBeDefined();
    const remover = world.join();
    cutOnce(world, remover, cut);
    const removed = ask(removeBarrier(remover.zk, path));
    world.time.advanceBy(10_000);
    expect(removed.completed).toBe(true);
    expect([true, null]).toContain(removed.values[0]);
    expect(world.server.tree()[path]).toBeUndefined();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('say null when the reply was lost, and false only when it is certain', () => {
    const world = closed();
    const member = world.join();
    // So that its session stays open.
    ask(member.zk.exists$('/'));
    world.time.advanceBy(50);
    const lose = () => {
      world.network.at(member.address).resetOnce({ direction: 'toServer', when: 'after' });
    };
    lose();
    const again = ask(createBarrier(member.zk, path));
    world.time.advanceBy(5_000);
    lose();
    const removed = ask(removeBarrier(member.zk, path));
    world.time.advanceBy(5_000);
    expect([again.values, removed.values]).toEqual([[null], [null]]);
  });

  it('err where the barrier has children, and after timeoutMs', () => {
    const world = closed();
    const { zk } = world.join();
    ask(zk.create(`${path}/child`));
    world.time.advanceBy(50);
    const refused = ask(removeBarrier(zk, path));
    world.time.advanceBy(50);
    expect(refused.errors[0]).toMatchObject({ name: 'NotEmptyError', path });
    const member = world.join();
    world.network.at(member.address).partition();
    const late = ask(createBarrier(member.zk, path, { timeoutMs: 100 }));
    world.time.advanceBy(150);
    expect(late.errors[0]).toMatchObject({ name: 'TimeoutError', operation: 'createBarrier' });
    expect(late.errors[0]).toMatchObject({ outcome: 'not-sent' });
  });
});
