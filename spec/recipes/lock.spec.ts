/** The lock on virtual time, through real wire bytes: layout, order, waiting, and giving up. */

import { NEVER, Observable, retry, Subject, timer } from 'rxjs';
import { type Lease } from '../../src/client/lease.js';
import {
  InvalidOptionError,
  InvalidPathError,
  LockLostError,
  TimeoutError,
} from '../../src/errors/client-errors.js';
import { lock$, withLock } from '../../src/recipes/locks/lock.js';
import { retryLost } from '../../src/recipes/held/retry-lost.js';
import { fencesIncrease, nothing, World } from './world.js';

const path = '/locks/report';

describe('lock$', () => {
  it('makes the root and one ephemeral in the layout of kazoo, and deletes it when unsubscribed', () => {
    const world = new World();
    const { zk } = world.join();
    const { log, leases, subscription } = world.hold(
      'a',
      lock$(zk, path, { identifier: 'worker é' }),
    );
    world.time.advanceBy(100);
    expect(log).toEqual(['h']);
    const names = world.names(path) ?? [];
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{32}__lock__0000000000$/)]);
    const node = world.server.tree()[`${path}/${String(names[0])}`];
    expect(new TextDecoder().decode(node?.data ?? undefined)).toBe('worker é');
    expect(node?.stat.ephemeralOwner).toBe(zk.session?.id);
    expect(leases[0]?.fence).toBe(node?.stat.czxid);
    expect(leases[0]?.valid()).toBe(true);
    subscription.unsubscribe();
    expect(leases[0]?.valid()).toBe(false);
    world.time.advanceBy(100);
    expect(world.names(path)).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('completes released$ when the server has confirmed, and replays that', () => {
    const world = new World();
    const { leases, subscription } = world.hold('a', lock$(world.join().zk, path));
    world.time.advanceBy(100);
    const seen: string[] = [];
    leases[0]?.released$.subscribe({ complete: () => seen.push('released') });
    subscription.unsubscribe();
    expect(seen).toEqual([]);
    world.time.advanceBy(10);
    expect(seen).toEqual(['released']);
    leases[0]?.released$.subscribe({ complete: () => seen.push('replayed') });
    expect(seen).toEqual(['released', 'replayed']);
  });

  it('is handed over in the order of arrival, with strictly increasing fences', () => {
    const world = new World();
    const holdings = ['a', 'b', 'c', 'd'].map((who) => {
      const holding = world.hold(who, lock$(world.join().zk, path));
      world.time.advanceBy(50);
      return holding;
    });
    for (const { subscription } of holdings) {
      subscription.unsubscribe();
      world.time.advanceBy(50);
    }
    expect(world.grants.map(({ who }) => who)).toEqual(['a', 'b', 'c', 'd']);
    expect(fencesIncrease(world)).toBe(true);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is one contender for each subscription, also within one client', () => {
    const world = new World();
    const { zk } = world.join();
    const shared$ = lock$(zk, path);
    const first = world.hold('first', shared$);
    const second = world.hold('second', shared$);
    world.time.advanceBy(100);
    expect([first.log, second.log]).toEqual([['h'], []]);
    first.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(second.log).toEqual(['h']);
    second.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('keeps locks on two paths of one client apart', () => {
    const world = new World();
    const { zk } = world.join();
    const holdings = ['/locks/one', '/locks/two'].map((root) => {
      const seen: string[] = [];
      return { seen, subscription: lock$(zk, root).subscribe(() => seen.push(root)) };
    });
    world.time.advanceBy(100);
    expect(holdings.map(({ seen }) => seen)).toEqual([['/locks/one'], ['/locks/two']]);
    for (const { subscription } of holdings) subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('waits for the znodes of other layouts when told to', () => {
    const world = new World();
    const other = world.join().zk;
    other.ensurePath(path).subscribe();
    world.time.advanceBy(50);
    const foreign: string[] = [];
    other
      .create(`${path}/_c_0a-lock-`, null, { mode: 'ephemeral', sequential: true })
      .subscribe((made) => foreign.push(made));
    world.time.advanceBy(100);
    const { log } = world.hold('a', lock$(world.join().zk, path, { alsoWaitFor: ['-lock-'] }));
    world.time.advanceBy(500);
    expect(log).toEqual([]);
    other.delete(foreign[0] ?? '').subscribe();
    world.time.advanceBy(100);
    expect(log).toEqual(['h']);
  });

  it('skips a predecessor that gives up before its turn', () => {
    const world = new World();
    const [a, b, c] = ['a', 'b', 'c'].map((who) => {
      const holding = world.hold(who, lock$(world.join().zk, path));
      world.time.advanceBy(50);
      return holding;
    });
    b?.subscription.unsubscribe();
    world.time.advanceBy(200);
    expect(c?.log).toEqual([]);
    a?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(c?.log).toEqual(['h']);
  });

  it.each([
    [{ identifier: 7 }, 'identifier'],
    [{ giveUp: 'never' }, 'giveUp'],
    [{ waitMs: -1 }, 'waitMs'],
    [{ waitMs: NaN }, 'waitMs'],
    [{ alsoWaitFor: [''] }, 'alsoWaitFor'],
  ])('refuses %j on subscribe, naming the option', (options, option) => {
    const world = new World();
    // What the types forbid is what is tested.
    const { errors } = world.hold('a', lock$(world.join().zk, path, options as object));
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(errors[0]).toMatchObject({ option, operation: 'lock$', path });
  });

  it('refuses a malformed path on subscribe', () => {
    const world = new World();
    const { errors } = world.hold('a', lock$(world.join().zk, 'locks'));
    expect(errors[0]).toBeInstanceOf(InvalidPathError);
  });

  it('completes when the client is closed while it waits, and errs when it is closed while it holds', () => {
    const world = new World();
    const holder = world.join().zk;
    const { errors } = world.hold('a', lock$(holder, path));
    world.time.advanceBy(50);
    const waiter = world.join().zk;
    const ends: string[] = [];
    lock$(waiter, path).subscribe({ complete: () => ends.push('complete') });
    world.time.advanceBy(50);
    void waiter.close();
    world.time.advanceBy(100);
    expect(ends).toEqual(['complete']);
    expect(world.names(path)).toHaveLength(1);
    void holder.close();
    world.time.advanceBy(100);
    expect(errors[0]).toBeInstanceOf(LockLostError);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    ['retry()', retry<Lease>()],
    ['retryLost()', retryLost<Lease>()],
  ])('ends with its client also under %s', (_name, again) => {
    const world = new World();
    const { zk } = world.join();
    const ends: string[] = [];
    const grants: bigint[] = [];
    lock$(zk, path)
      .pipe(again)
      .subscribe({
        next: ({ fence }) => grants.push(fence),
        complete: () => ends.push('complete'),
      });
    world.time.advanceBy(50);
    world.network.reset();
    world.time.advanceBy(1_000);
    expect(grants).toHaveLength(2);
    void zk.close();
    world.time.advanceBy(100);
    expect(ends).toEqual(['complete']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('lets errors that no retry would cure pass through retryLost()', () => {
    const world = new World();
    const errors: unknown[] = [];
    const { zk } = world.join();
    lock$(zk, 'locks')
      .pipe(retryLost())
      .subscribe({ error: (error) => errors.push(error) });
    expect(errors[0]).toBeInstanceOf(InvalidPathError);
  });
});

describe('lock$ with waitMs', () => {
  function contested() {
    const world = new World();
    const holder = world.hold('a', lock$(world.join().zk, path));
    world.time.advanceBy(50);
    return { world, holder };
  }

  it('errs when the time is over, counted from subscribe, and leaves nothing', () => {
    const { world, holder } = contested();
    // Predecessors come and go meanwhile: that must not start the time anew.
    const nuisance = world.hold('n', lock$(world.join().zk, path));
    world.time.advanceBy(50);
    const start = world.time.now();
    const ended: number[] = [];
    const { log, errors, subscription } = world.hold(
      'b',
      lock$(world.join().zk, path, { waitMs: 1000 }),
    );
    subscription.add(() => ended.push(world.time.now() - start));
    world.time.advanceBy(900);
    nuisance.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(log).toEqual([]);
    world.time.advanceBy(60);
    expect(log).toEqual(['TimeoutError']);
    expect(ended).toEqual([1000]);
    expect(errors[0]).toMatchObject({ timeoutMs: 1000, operation: 'lock$', path });
    expect(world.names(path)).toHaveLength(1);
    holder.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('counts the time that it takes to connect', () => {
    const world = new World();
    const { zk, address } = world.join();
    world.network.at(address).partition();
    const { log, errors } = world.hold('a', lock$(zk, path, { waitMs: 500 }));
    world.time.advanceBy(600);
    expect(log).toEqual(['TimeoutError']);
    expect(errors[0]).toBeInstanceOf(TimeoutError);
  });

  it('is silent once the lock is held', () => {
    const { world, holder } = contested();
    const { log } = world.hold('b', lock$(world.join().zk, path, { waitMs: 1000 }));
    world.time.advanceBy(500);
    holder.subscription.unsubscribe();
    world.time.advanceBy(5000);
    expect(log).toEqual(['h']);
  });

  it('tries once with 0: one list, and its znode is being deleted when the error is seen', () => {
    const { world, holder } = contested();
    const { zk } = world.join();
    zk.exists(path).subscribe();
    world.time.advanceBy(50);
    const before = world.server.requestCounts();
    const { log } = world.hold('b', lock$(zk, path, { waitMs: 0 }));
    world.time.advanceBy(20);
    expect(log).toEqual(['TimeoutError']);
    expect(requestsSince(world, before)).toMatchObject({ create2: 1, delete: 1 });
    expect(world.names(path)).toHaveLength(1);
    holder.subscription.unsubscribe();
    world.time.advanceBy(20);
    const again = world.hold('b', lock$(zk, path, { waitMs: 0 }));
    world.time.advanceBy(20);
    expect(again.log).toEqual(['h']);
  });
});

describe('lock$ with a signal', () => {
  it('errs with the reason while it waits, and leaves the queue', () => {
    const world = new World();
    world.hold('a', lock$(world.join().zk, path));
    world.time.advanceBy(50);
    const controller = new AbortController();
    const { signal } = controller;
    const { errors } = world.hold('b', lock$(world.join().zk, path, { signal }));
    world.time.advanceBy(50);
    expect(world.names(path)).toHaveLength(2);
    controller.abort('shutting down');
    world.time.advanceBy(50);
    expect(errors).toEqual(['shutting down']);
    expect(world.names(path)).toHaveLength(1);
  });

  it('errs with the reason while it holds, and releases', () => {
    const world = new World();
    const controller = new AbortController();
    const { signal } = controller;
    const { log, leases } = world.hold('a', lock$(world.join().zk, path, { signal }));
    world.time.advanceBy(50);
    controller.abort('enough');
    expect(log).toEqual(['h', 'enough']);
    expect(leases[0]?.valid()).toBe(false);
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('withLock', () => {
  it('runs the source under the lock, and completes when the release is confirmed', () => {
    const world = new World();
    const { zk } = world.join();
    const source = new Subject<number>();
    const log: unknown[] = [];
    source.pipe(withLock(zk, path)).subscribe({
      next: (value) => log.push(value),
      complete: () => log.push(`complete, ${String(world.names(path)?.length)} contenders`),
    });
    expect(source.observed).toBe(false);
    world.time.advanceBy(50);
    expect(source.observed).toBe(true);
    source.next(1);
    source.complete();
    expect(log).toEqual([1]);
    world.time.advanceBy(50);
    expect(log).toEqual([1, 'complete, 0 contenders']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('keeps sources under one lock from running at the same time', () => {
    const world = new World();
    let running = 0;
    let most = 0;
    let done = 0;
    const work$ = new Observable<never>((subscriber) => {
      most = Math.max(most, ++running);
      subscriber.add(timer(20, world.time).subscribe({ complete: () => subscriber.complete() }));
      subscriber.add(() => running--);
    });
    for (const { zk } of [world.join(), world.join(), world.join()]) {
      work$.pipe(withLock(zk, path)).subscribe({ complete: () => done++ });
    }
    world.time.advanceBy(500);
    expect({ most, done }).toEqual({ most: 1, done: 3 });
    expect(world.leftovers()).toEqual(nothing);
  });

  it('releases when unsubscribed', () => {
    const world = new World();
    const subscription = NEVER.pipe(withLock(world.join().zk, path)).subscribe();
    world.time.advanceBy(50);
    expect(world.names(path)).toHaveLength(1);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

function requestsSince(world: World, before: Record<string, number>): Record<string, number> {
  const entries = Object.entries(world.server.requestCounts());
  return Object.fromEntries(entries.map(([name, count]) => [name, count - (before[name] ?? 0)]));
}
