/** Several locks as one on virtual time: all or none, in order, and back in reverse. */

import { retry } from 'rxjs';
import {
  InvalidOptionError,
  InvalidPathError,
  LockLostError,
} from '../../src/errors/client-errors.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { type MultiLease } from '../../src/recipes/held/multi-lease.js';
import { multiLock$, type MultiLockOptions } from '../../src/recipes/locks/multi-lock.js';
import { expiryMs, nothing, World } from './world.js';

const pair = ['/b', '/a'];

function counts(world: World): (number | undefined)[] {
  return ['/a', '/b'].map((path) => world.names(path)?.length);
}

describe('multiLock$', () => {
  it('acquires in the order of the paths, tells of all at once, and gives each its own lease', () => {
    const world = new World();
    const { zk } = world.join();
    const leases: MultiLease[] = [];
    const subscription = multiLock$(zk, pair).subscribe((lease) => leases.push(lease));
    world.time.advanceBy(50);
    const [lease] = leases;
    expect(lease?.leases.map(({ path }) => path.slice(0, 3))).toEqual(['/b/', '/a/']);
    expect(lease?.leases[1]?.fence).toBeLessThan(lease?.leases[0]?.fence ?? 0n);
    expect(lease?.fence).toBe(lease?.leases[0]?.fence);
    expect(lease?.valid()).toBe(true);
    expect(lease?.remainingMs()).toBe(
      Math.min(...(lease?.leases ?? []).map((l) => l.remainingMs())),
    );
    expect(() => lease?.throwIfExpired()).not.toThrow();
    subscription.unsubscribe();
    expect([lease?.valid(), lease?.remainingMs(), lease?.signal.aborted]).toEqual([false, 0, true]);
    expect(() => lease?.throwIfExpired()).toThrow(LockLostError);
    const released: string[] = [];
    lease?.released$.subscribe({ complete: () => released.push(String(counts(world))) });
    expect(released).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
    expect(released).toEqual(['0,0']);
  });

  it.each([
    ['sorted', ['/a', '/b']],
    ['given', ['/b', '/a']],
  ] as const)('in the order "%s" takes %j', (order, inOrder) => {
    const world = new World();
    const { zk } = world.join();
    const blocker = world.hold('x', lock$(world.join().zk, inOrder[1]));
    world.time.advanceBy(50);
    const waiting = multiLock$(zk, pair, { order }).subscribe();
    world.time.advanceBy(50);
    // The first is held, and the second waited for.
    expect(world.names(inOrder[0])).toHaveLength(1);
    expect(world.names(inOrder[1])).toHaveLength(2);
    blocker.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(inOrder.map((path) => world.names(path)?.length)).toEqual([1, 1]);
    waiting.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('releases in reverse', () => {
    const world = new World();
    const watcher = world.join();
    const order: string[] = [];
    const { subscription } = world.hold('m', multiLock$(world.join().zk, ['/a', '/b', '/c']));
    world.time.advanceBy(50);
    for (const path of ['/a', '/b', '/c']) {
      const [name] = world.names(path) ?? [];
      watcher.zk
        .deleted$(`${path}/${String(name)}`)
        .subscribe({ complete: () => order.push(path) });
    }
    world.time.advanceBy(50);
    subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(order).toEqual(['/c', '/b', '/a']);
  });

  it('never lets two who want the same locks in another order wait for each other', () => {
    const world = new World();
    const one = world.hold('1', multiLock$(world.join().zk, ['/a', '/b']));
    const two = world.hold('2', multiLock$(world.join().zk, ['/b', '/a']));
    world.time.advanceBy(100);
    expect([one.log, two.log]).toEqual([['h'], []]);
    one.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(two.log).toEqual(['h']);
  });

  it('takes none when one is not to be had at once, or in time, and names that one', () => {
    const world = new World();
    world.hold('x', lock$(world.join().zk, '/b'));
    world.time.advanceBy(50);
    const { zk } = world.join();
    const ends: unknown[] = [];
    for (const waitMs of [0, 500]) {
      multiLock$(zk, pair, { waitMs }).subscribe({ error: (error) => ends.push(error) });
      world.time.advanceBy(600);
    }
    expect(ends).toMatchObject([
      { name: 'TimeoutError', path: '/b', operation: 'multiLock$', timeoutMs: 0 },
      { name: 'TimeoutError', path: '/b', operation: 'multiLock$', timeoutMs: 500 },
    ]);
    expect(counts(world)).toEqual([0, 1]);
  });

  it('is lost when one of them is, after the others were given back', () => {
    const world = new World();
    const meddler = world.join().zk;
    const { zk } = world.join();
    let lease: MultiLease | undefined;
    const seen: unknown[] = [];
    multiLock$(zk, pair).subscribe({
      next: (value) => (lease = value),
      error: (error) =>
        seen.push(
          error,
          lease?.leases.map((one) => one.valid()),
        ),
    });
    world.time.advanceBy(50);
    lease?.signal.addEventListener('abort', () => seen.push('aborted'));
    const [name] = world.names('/b') ?? [];
    meddler.delete(`/b/${String(name)}`).subscribe();
    world.time.advanceBy(50);
    expect(seen).toEqual(['aborted', expect.any(LockLostError), [false, false]]);
    expect(seen[1]).toMatchObject({ path: '/b', operation: 'multiLock$' });
    expect(lease?.signal.reason).toBe(seen[1]);
    expect(counts(world)).toEqual([0, 0]);
  });

  it('starts over when what it holds is lost while it waits for the rest', () => {
    const world = new World();
    const blocker = world.hold('x', lock$(world.join().zk, '/b'));
    world.time.advanceBy(50);
    const { zk, address } = world.join();
    const holding = world.hold('m', multiLock$(zk, pair));
    world.time.advanceBy(50);
    const before = world.names('/a');
    world.network.at(address).reset();
    world.time.advanceBy(3000);
    expect(holding.log).toEqual([]);
    expect(world.names('/a')).toHaveLength(1);
    expect(world.names('/a')).not.toEqual(before);
    blocker.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(holding.log).toEqual(['h']);
  });

  it('errs with LockLostError on a disconnect while it holds, and can be had again', () => {
    const world = new World();
    const { zk, address } = world.join();
    const holding = world.hold('m', multiLock$(zk, pair));
    world.time.advanceBy(50);
    world.network.at(address).reset();
    world.time.advanceBy(1);
    expect(holding.log).toEqual(['h', 'LockLostError']);
    const again = world.hold('m', multiLock$(zk, pair).pipe(retry()));
    world.time.advanceBy(expiryMs);
    expect(again.log).toEqual(['h']);
    expect(counts(world)).toEqual([1, 1]);
  });

  it('completes when the client is closed while it waits, and gives back what it holds', () => {
    const world = new World();
    world.hold('x', lock$(world.join().zk, '/b'));
    world.time.advanceBy(50);
    const { zk } = world.join();
    const { log } = world.hold('m', multiLock$(zk, pair));
    world.time.advanceBy(50);
    void zk.close();
    world.time.advanceBy(50);
    expect(log).toEqual(['|']);
    expect(counts(world)).toEqual([0, 1]);
  });

  it('ends by its signal, also while it holds', () => {
    const world = new World();
    const controller = new AbortController();
    const { signal } = controller;
    const { log } = world.hold('m', multiLock$(world.join().zk, pair, { signal }));
    world.time.advanceBy(50);
    controller.abort('enough');
    expect(log).toEqual(['h', 'enough']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    [[], {}, 'paths'],
    ['/a', {}, 'paths'],
    [['/a', '/a'], {}, 'paths'],
    [['/a'], { order: 'random' }, 'order'],
    [['/a'], { wait: 3 }, 'wait'],
  ])('refuses %j with %j, naming the option', (paths, options, option) => {
    const world = new World();
    // What the types forbid is what is tested.
    const lease$ = multiLock$(world.join().zk, paths as string[], options as MultiLockOptions);
    const { errors } = world.hold('m', lease$);
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(errors[0]).toMatchObject({ option, operation: 'multiLock$' });
  });

  it('refuses a malformed path', () => {
    const world = new World();
    const { errors } = world.hold('m', multiLock$(world.join().zk, ['/a', 'b']));
    expect(errors[0]).toBeInstanceOf(InvalidPathError);
  });
});
