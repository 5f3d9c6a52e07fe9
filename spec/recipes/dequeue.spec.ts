/** Taking entries out of a queue. */

import { concatMap, delay, of, repeat, take } from 'rxjs';
import { dequeue$ } from '../../src/recipes/queue/dequeue.js';
import { enqueue } from '../../src/recipes/queue/enqueue.js';
import { packItems } from '../../src/recipes/queue/curator-items.js';
import { type DequeueOptions } from '../../src/recipes/queue/queue-options.js';
import { toUtf8 } from '../../src/recipes/core/utf8.js';
import { fill, left, others, path, tell, textOf } from './queues.js';
import { nothing, World } from './world.js';

describe('dequeue$', () => {
  it('waits for the queue and for entries, without polling, and takes each when it comes', () => {
    const world = new World();
    const taken = tell(dequeue$(world.join({ idleGraceMs: Infinity }).zk, path), textOf);
    world.time.advanceBy(5000);
    fill(world, ['a']);
    expect(taken.log).toEqual(['a']);
    world.time.advanceBy(100);
    const before = world.server.requestCounts();
    world.time.advanceBy(60_000);
    expect({ ...world.server.requestCounts(), ping: 0 }).toEqual({ ...before, ping: 0 });
    fill(world, ['b', 'c']);
    expect(taken.log).toEqual(['a', 'b', 'c']);
    taken.subscription.unsubscribe();
    expect(left(world)).toEqual([]);
  });

  it('tells path, data and priority, of an entry without data as well', () => {
    const world = new World();
    fill(world, ['']);
    fill(world, ['b'], { priority: 7 });
    const { values } = tell(dequeue$(world.join().zk, path));
    world.time.advanceBy(100);
    expect(values).toEqual([
      { path: `${path}/entries/entry-007-0000000001`, data: toUtf8('b'), priority: 7 },
      { path: `${path}/entries/entry-100-0000000000`, data: new Uint8Array(), priority: 100 },
    ]);
  });

  it('takes by priority, then by number, over the wrap of the counter', () => {
    const world = new World();
    const { zk } = world.join();
    const names = [
      'entry-100-2147483647',
      'entry-100--2147483648',
      'entry-100--999999999',
      'entry-050--2147483647',
    ];
    zk.ensurePath(`${path}/entries`).subscribe();
    world.time.advanceBy(50);
    for (const name of names) zk.create(`${path}/entries/${name}`, name).subscribe();
    zk.create(`${path}/entries/not an entry`).subscribe();
    world.time.advanceBy(100);
    const taken = tell(dequeue$(zk, path), textOf);
    world.time.advanceBy(100);
    expect(taken.log).toEqual([
      'entry-050--2147483647',
      'entry-100-2147483647',
      'entry-100--2147483648',
      'entry-100--999999999',
    ]);
    expect(others(world)).toContain(`${path}/entries/not an entry`);
  });

  it('sees an entry that was put in later with a higher priority', () => {
    const world = new World();
    fill(world, ['a', 'b', 'c']);
    const { zk } = world.join();
    const one$ = dequeue$(zk, path).pipe(take(1));
    const first = tell(one$, textOf);
    world.time.advanceBy(50);
    fill(world, ['urgent'], { priority: 1 });
    const slow = tell(
      dequeue$(zk, path).pipe(
        take(1),
        concatMap((entry) => of(entry).pipe(delay(200, world.time))),
        repeat(2),
      ),
      textOf,
    );
    world.time.advanceBy(100);
    fill(world, ['more urgent'], { priority: 0 });
    world.time.advanceBy(500);
    expect([first.log, slow.log]).toEqual([
      ['a', '|'],
      ['urgent', 'more urgent', '|'],
    ]);
    expect(left(world)).toEqual(['b', 'c']);
  });

  it('reads a long list once for a hundredth of it', () => {
    const world = new World();
    fill(
      world,
      Array.from({ length: 1000 }, (_, i) => `item ${i}`),
    );
    const { zk } = world.join();
    const taken = tell(dequeue$(zk, path).pipe(take(100)), textOf);
    const before = world.server.requestCounts().getChildren ?? 0;
    world.time.advanceBy(1000);
    expect(taken.log).toHaveLength(101);
    expect(taken.log.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => `item ${i}`));
    // Marks and entries, for every 10 or so of them.
    expect((world.server.requestCounts().getChildren ?? 0) - before).toBeLessThan(24);
  });

  it('leaves alone what another has marked', () => {
    const world = new World();
    fill(world, ['a', 'b']);
    const other = world.join().zk;
    other.ensurePath(`${path}/taken`).subscribe();
    world.time.advanceBy(50);
    const mark = `${path}/taken/entry-100-0000000000`;
    other.create(mark, 'somebody', { mode: 'ephemeral' }).subscribe();
    world.time.advanceBy(50);
    const taken = tell(dequeue$(world.join().zk, path), textOf);
    world.time.advanceBy(100);
    expect(taken.log).toEqual(['b']);
    other.delete(mark).subscribe();
    world.time.advanceBy(100);
    expect(taken.log).toEqual(['b', 'a']);
  });

  it('gives nothing twice to two subscriptions of one client', () => {
    const world = new World();
    fill(world, ['a', 'b', 'c', 'd']);
    const { zk } = world.join();
    const taken$ = dequeue$(zk, path);
    const [one, two] = [tell(taken$, textOf), tell(taken$, textOf)];
    world.time.advanceBy(500);
    expect([...one.log, ...two.log].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(left(world)).toEqual([]);
    for (const { subscription } of [one, two]) subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('goes on when the queue is removed and made again', () => {
    const world = new World();
    fill(world, ['a']);
    const { zk } = world.join();
    const taken = tell(dequeue$(zk, path), textOf);
    world.time.advanceBy(100);
    zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(100);
    // Whoever waits stands in the line again.
    expect(world.names(path)).toEqual(['waiting', expect.stringMatching(/^waiting\//)]);
    fill(world, ['b']);
    world.time.advanceBy(100);
    expect(taken.log).toEqual(['a', 'b']);
  });

  it('goes on in a new session', () => {
    const world = new World();
    const { zk } = world.join();
    const taken = tell(dequeue$(zk, path), textOf);
    world.time.advanceBy(100);
    world.server.expireSession(zk.session?.id ?? 0n);
    world.time.advanceBy(5000);
    fill(world, ['a']);
    expect(taken.log).toEqual(['a']);
  });

  it('waits for the first entry for waitMs, and with 0 for none', () => {
    const world = new World();
    fill(world, ['a']);
    const { zk } = world.join();
    const drained = tell(dequeue$(zk, path, { waitMs: 0 }), textOf);
    world.time.advanceBy(100);
    expect(drained.log).toEqual(['a', 'TimeoutError']);
    const waiting = tell(dequeue$(zk, path, { waitMs: 300 }), textOf);
    world.time.advanceBy(299);
    expect(waiting.log).toEqual([]);
    world.time.advanceBy(1);
    expect(waiting.errors).toMatchObject([{ name: 'TimeoutError', timeoutMs: 300, path }]);
    const patient = tell(dequeue$(zk, path, { waitMs: 300 }), textOf);
    fill(world, ['b']);
    world.time.advanceBy(1000);
    expect(patient.log).toEqual(['b']);
    patient.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs with DecodeError for what is no entry of a Curator queue, and leaves it', () => {
    const world = new World();
    fill(world, ['a'], { layout: 'curator' });
    const { zk } = world.join();
    zk.create(`${path}/queue-0000000009`, 'not packed').subscribe();
    const taken = tell(dequeue$(zk, path, { layout: 'curator' }), textOf);
    world.time.advanceBy(100);
    expect(taken.log).toEqual(['a', 'DecodeError']);
    expect(taken.errors[0]).toMatchObject({ path: `${path}/queue-0000000009` });
    expect(world.names(path)).toEqual(['queue-0000000009']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs when it may not read, with the reason of its signal, and completes with its client', () => {
    const world = new World();
    const { zk } = world.join();
    zk.ensurePath(`${path}/entries`).subscribe();
    zk.create('/hidden').subscribe();
    zk.create('/hidden/entries', null, {
      acl: [{ perms: 2, scheme: 'world', id: 'anyone' }],
    }).subscribe();
    const stop = new AbortController();
    const hidden = tell(dequeue$(zk, '/hidden'));
    const stopped = tell(dequeue$(zk, path, { signal: stop.signal }));
    const closed = tell(dequeue$(zk, path));
    const later = { layout: 'curator' } as const;
    tell(enqueue(zk, '/later', 'a', { ...later, delayUntilMs: 1e9 }));
    world.time.advanceBy(50);
    const closedLater = tell(dequeue$(zk, '/later', later));
    world.time.advanceBy(100);
    stop.abort(new Error('enough'));
    void zk.close();
    world.time.advanceBy(100);
    expect([hidden.log, closed.log, closedLater.log]).toEqual([['NoAuthError'], ['|'], ['|']]);

    expect(stopped.errors).toMatchObject([{ message: 'enough' }]);
    expect(tell(dequeue$(zk, path)).log).toEqual(['|']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    ['lockPath', { lockPath: '/locks' }],
    ['waitMs', { waitMs: -1 }],
    ['layout', { layout: 'x' as 'kazoo' }],
    ['priority', { priority: 1 } as DequeueOptions],
  ] satisfies [string, DequeueOptions][])(
    'names the option %s that cannot be used',
    (option, options) => {
      const { errors } = tell(dequeue$(new World().join().zk, path, options));
      expect(errors).toMatchObject([{ name: 'InvalidOptionError', option, operation: 'dequeue$' }]);
    },
  );
});

describe("dequeue$ of Curator's queues", () => {
  const layout = 'curator';

  it('takes an entry with several items one by one, and leaves the rest in its place', () => {
    const world = new World();
    const { zk } = world.join();
    zk.create(path).subscribe();
    const items = ['a', 'b', 'c'].map(toUtf8);
    zk.create(`${path}/queue-0000000000`, packItems(items)).subscribe();
    zk.create(`${path}/queue-0000000001`, packItems([toUtf8('d')])).subscribe();
    world.time.advanceBy(50);
    const first = tell(dequeue$(zk, path, { layout }).pipe(take(1)), textOf);
    world.time.advanceBy(50);
    expect([first.log, left(world, layout)]).toEqual([
      ['a', '|'],
      ['b', 'c', 'd'],
    ]);
    const all = tell(dequeue$(zk, path, { layout }), textOf);
    world.time.advanceBy(100);
    expect([all.log, left(world, layout)]).toEqual([['b', 'c', 'd'], []]);
  });

  it('takes negative priorities first', () => {
    const world = new World();
    for (const priority of [5, -1, 0, -2_000_000_000]) {
      fill(world, [String(priority)], { layout, priority });
    }
    expect(world.names(path)).toEqual([
      'queue-1000000050000000000',
      'queue-0FFFFFFFF0000000001',
      'queue-1000000000000000002',
      'queue-088CA6C000000000003',
    ]);
    const taken = tell(dequeue$(world.join().zk, path, { layout }), textOf);
    world.time.advanceBy(100);
    expect(taken.log).toEqual(['-2000000000', '-1', '0', '5']);
  });

  it('takes an entry when its time has come, and does not wait behind it', () => {
    const world = new World();
    const now = world.time.now();
    fill(world, ['late'], { layout, delayUntilMs: now + 10_000 });
    fill(world, ['soon'], { layout, delayUntilMs: now + 5000 });
    const taken = tell(dequeue$(world.join().zk, path, { layout }), textOf);
    world.time.advanceTo(now + 4000);
    fill(world, ['at once'], { layout });
    fill(world, ['past'], { layout, delayUntilMs: 5 });
    expect(taken.log).toEqual(['at once', 'past']);
    world.time.advanceTo(now + 4999);
    expect(taken.log).toHaveLength(2);
    world.time.advanceTo(now + 5100);
    expect(taken.log).toEqual(['at once', 'past', 'soon']);
    world.time.advanceTo(now + 10_100);
    expect(taken.log).toEqual(['at once', 'past', 'soon', 'late']);
    taken.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('with a lockPath leaves alone what is marked there', () => {
    const world = new World();
    fill(world, ['a', 'b'], { layout });
    const { zk } = world.join();
    zk.ensurePath('/locks').subscribe();
    zk.create('/locks/queue-0000000000', '10.0.0.1', { mode: 'ephemeral' }).subscribe();
    world.time.advanceBy(50);
    const taken = tell(dequeue$(zk, path, { layout, lockPath: '/locks' }), textOf);
    world.time.advanceBy(100);
    expect(taken.log).toEqual(['b']);
    tell(enqueue(zk, path, 'c', { layout }));
    zk.delete('/locks/queue-0000000000').subscribe();
    world.time.advanceBy(100);
    expect([...taken.log].sort()).toEqual(['a', 'b', 'c']);
    expect(world.names('/locks')).toEqual([]);
  });
});
