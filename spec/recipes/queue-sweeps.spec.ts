/** Queues with every step struck in turn: each chunk's connection cut, each moment the one to leave at, each step's session ended. */

import { defer, delay, of, take } from 'rxjs';
import { consume$ } from '../../src/recipes/queue/consume.js';
import { dequeue$ } from '../../src/recipes/queue/dequeue.js';
import { enqueue, enqueueAll } from '../../src/recipes/queue/enqueue.js';
import { cutOnce, cutsOf } from './cuts.js';
import { fill, layouts, left, others, path, tell, textOf } from './queues.js';
import { expiryMs, nothing, World } from './world.js';

/** Long enough to reconnect and go on. */
const settleMs = 4000;
// The whole life of a client each time: its handshake, what it does, its close.
const enqueueCuts = cutsOf(12);
const dequeueCuts = cutsOf(26);
const consumeCuts = cutsOf(34);
const layoutCuts = layouts.flatMap((layout) =>
  (layout === 'kazoo' ? dequeueCuts : cutsOf(9)).map((cut) => ({ layout, ...cut })),
);
const items = ['a', 'b', 'c'];
const parents = (...names: string[]) => [path, ...names.map((name) => `${path}/${name}`)];

describe('enqueue with its connection cut', () => {
  it.each(enqueueCuts)('$when chunk $chunk $direction puts each entry in once', (cut) => {
    const world = new World();
    const struck = world.join();
    cutOnce(world, struck, cut);
    const one = tell(enqueue(struck.zk, path, 'a'));
    world.time.advanceBy(settleMs);
    const two = tell(enqueueAll(struck.zk, path, ['b', 'c']));
    world.time.advanceBy(settleMs);
    expect(left(world)).toEqual(items);
    expect([one.log.at(-1), two.log.at(-1)]).toEqual(['|', '|']);
    const [answer = null] = one.values;
    if (answer !== null) expect(answer).toBe(`${path}/entries/entry-100-0000000000`);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
    expect(others(world)).toEqual(parents('entries'));
  });

  it.each(enqueueCuts)(
    '$when chunk $chunk $direction puts it in at most once, and leaves no receipt, when it is left right then',
    (cut) => {
      const world = new World();
      const struck = world.join();
      const { subscription } = tell(enqueue(struck.zk, path, 'a'));
      cutOnce(world, struck, cut, () => {
        subscription.unsubscribe();
      });
      world.time.advanceBy(settleMs);
      subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(left(world).length).toBeLessThan(2);
    },
  );
});

describe('dequeue$ with its connection cut', () => {
  it.each(layoutCuts)(
    '$layout: $when chunk $chunk $direction takes each entry once, in order',
    ({ layout, ...cut }) => {
      const world = new World();
      fill(world, items, { layout });
      const struck = world.join();
      cutOnce(world, struck, cut);
      const taken = tell(dequeue$(struck.zk, path, { layout }), textOf);
      world.time.advanceBy(settleMs);
      expect(taken.log).toEqual(items);
      fill(world, ['d'], { layout });
      world.time.advanceBy(settleMs);
      expect(taken.log).toEqual([...items, 'd']);
      taken.subscription.unsubscribe();
      expect(left(world, layout)).toEqual([]);
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(others(world, layout).filter((name) => /receipt|taken\//.test(name))).toEqual([]);
    },
  );

  it.each(layoutCuts)(
    '$layout: $when chunk $chunk $direction loses and doubles nothing when it is left right then',
    ({ layout, ...cut }) => {
      const world = new World();
      fill(world, items, { layout });
      const struck = world.join();
      const taken = tell(dequeue$(struck.zk, path, { layout }), textOf);
      cutOnce(world, struck, cut, () => {
        taken.subscription.unsubscribe();
      });
      world.time.advanceBy(settleMs);
      taken.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect([...taken.log, ...left(world, layout)]).toEqual(items);
    },
  );

  it.each(dequeueCuts)(
    '$when chunk $chunk $direction, its session ended as well, gives nothing twice and names what it cannot know',
    (cut) => {
      const world = new World();
      fill(world, items);
      const struck = world.join();
      cutOnce(world, struck, cut, () => {
        const id = struck.zk.session?.id;
        if (id !== undefined) world.server.expireSession(id);
      });
      const taken = tell(dequeue$(struck.zk, path), textOf);
      world.time.advanceBy(settleMs);
      const rest = left(world);
      const all = [...taken.log.filter((text) => text.length === 1), ...rest];
      expect(new Set(all).size).toBe(all.length);
      expect(all.length + taken.errors.length).toBe(items.length);
      for (const error of taken.errors) {
        expect(error).toMatchObject({ name: 'ConnectionLossError', outcome: 'unknown' });
        expect(error).toHaveProperty('path', expect.stringMatching(/^\/jobs\/entries\/entry-100-/));
      }
      taken.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );
});

describe('dequeue$ left at any moment', () => {
  it.each(Array.from({ length: 60 }, (_, ms) => ms))(
    'loses nothing after %i ms, and every entry is still in its place',
    (ms) => {
      const world = new World();
      fill(world, items);
      const taken = tell(dequeue$(world.join().zk, path), textOf);
      world.time.advanceBy(ms);
      taken.subscription.unsubscribe();
      expect(world.leftovers()).toEqual(nothing);
      expect([...taken.log, ...left(world)]).toEqual(items);
    },
  );

  it('takes no more than what is asked for', () => {
    const world = new World();
    fill(world, items);
    const { log } = tell(dequeue$(world.join().zk, path).pipe(take(1)), textOf);
    world.time.advanceBy(1000);
    expect([log, left(world)]).toEqual([
      ['a', '|'],
      ['b', 'c'],
    ]);
  });
});

/** Processes with a little work for each entry, and remembers whose work came to its end. */
function consumer(world: World, giveUp: 'suspended' | 'lease', workMs = 3) {
  const member = world.join();
  const done: string[] = [];
  const begun: string[] = [];
  const work$ = consume$(
    member.zk,
    path,
    (entry) =>
      defer(() => {
        begun.push(textOf(entry));
        return of(textOf(entry)).pipe(delay(workMs, world.time));
      }),
    { giveUp },
  );
  return {
    member,
    begun,
    done,
    start: () =>
      tell(work$, (text) => {
        done.push(text);
        return text;
      }),
  };
}

describe('consume$ with its connection cut', () => {
  it.each(consumeCuts)(
    '$when chunk $chunk $direction processes each entry once, in order',
    (cut) => {
      const world = new World();
      fill(world, items);
      const { member, start, done, begun } = consumer(world, 'lease');
      cutOnce(world, member, cut);
      const told = start();
      world.time.advanceBy(settleMs);
      expect(done).toEqual(items);
      expect(begun).toEqual(items);
      expect(told.errors).toEqual([]);
      fill(world, ['d']);
      world.time.advanceBy(settleMs);
      expect(done).toEqual([...items, 'd']);
      expect(left(world)).toEqual([]);
      told.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(others(world)).toEqual(parents('entries', 'taken'));
    },
  );

  it.each(consumeCuts)(
    '$when chunk $chunk $direction gives up the entry with the connection, and processes it again',
    (cut) => {
      const world = new World();
      fill(world, items);
      const { member, start, done } = consumer(world, 'suspended', 20);
      cutOnce(world, member, cut);
      const told = start();
      world.time.advanceBy(settleMs);
      expect([...new Set(done)]).toEqual(items);
      expect(told.errors).toEqual([]);
      expect(left(world)).toEqual([]);
      told.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );

  it.each(consumeCuts)(
    '$when chunk $chunk $direction, its session ended as well, leaves no entry undone',
    (cut) => {
      const world = new World();
      fill(world, items);
      const { member, start, done } = consumer(world, 'lease');
      cutOnce(world, member, cut, () => {
        const id = member.zk.session?.id;
        if (id !== undefined) world.server.expireSession(id);
      });
      const told = start();
      world.time.advanceBy(2 * settleMs);
      expect([...new Set(done)].sort()).toEqual(items);
      expect(left(world)).toEqual([]);
      expect(told.errors).toEqual([]);
      told.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );

  it.each(consumeCuts)(
    '$when chunk $chunk $direction gives back what is not done when it is left right then',
    (cut) => {
      const world = new World();
      fill(world, items);
      const { member, start, done } = consumer(world, 'lease');
      const told = start();
      cutOnce(world, member, cut, () => {
        told.subscription.unsubscribe();
      });
      world.time.advanceBy(settleMs);
      told.subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect([...done, ...left(world)]).toEqual(items);
      expect(others(world).filter((name) => /receipt|taken\//.test(name))).toEqual([]);
    },
  );
});

describe('consume$ left at any moment', () => {
  it.each(Array.from({ length: 60 }, (_, ms) => ms))(
    'leaves in the queue what was not done after %i ms, without a mark',
    (ms) => {
      const world = new World();
      fill(world, items);
      const { start, done } = consumer(world, 'lease');
      const told = start();
      world.time.advanceBy(ms);
      told.subscription.unsubscribe();
      expect(world.leftovers()).toEqual(nothing);
      expect([...done, ...left(world)]).toEqual(items);
    },
  );
});
