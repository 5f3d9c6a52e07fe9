/** Queues whose entries get the names of earlier entries: the counter is at its end, or the queue was removed and made again. */

import { TransactionError } from '../../src/errors/transaction-error.js';
import { consume$ } from '../../src/recipes/queue/consume.js';
import { dequeue$ } from '../../src/recipes/queue/dequeue.js';
import { enqueue } from '../../src/recipes/queue/enqueue.js';
import { entryFormats } from '../../src/recipes/queue/queue-layout.js';
import { cutOnce, cutsOf } from './cuts.js';
import { fill, layouts, left, path, tell, textOf } from './queues.js';
import { nothing, World } from './world.js';

const last = 2 ** 31 - 1;

describe.each(layouts)('entries of a %s queue past the last number', (layout) => {
  function queue(version: string) {
    const world = new World({ version });
    world.countFrom(entryFormats[layout].entries(path), last - 1);
    return world;
  }

  it('stay in order where the server goes on below zero', () => {
    const world = queue('3.5.9');
    fill(world, ['a', 'b', 'c'], { layout });
    fill(world, ['d'], { layout });
    const taken = tell(dequeue$(world.join().zk, path, { layout }), textOf);
    world.time.advanceBy(200);
    expect(taken.log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are refused while the one with the last number is in the queue, and then go through one by one', () => {
    const world = queue('3.9.3');
    const { zk } = world.join();
    const put = (text: string) => {
      const told = tell(enqueue(zk, path, text, { layout }));
      world.time.advanceBy(50);
      return told;
    };
    put('a');
    put('b');
    const refused = put('c');
    expect(refused.log).toEqual(['TransactionError']);
    expect(refused.errors[0]).toBeInstanceOf(TransactionError);
    expect(refused.errors[0]).toMatchObject({ code: -110 });
    const taken = tell(dequeue$(world.join().zk, path, { layout }), textOf);
    world.time.advanceBy(100);
    for (const text of ['c', 'd']) expect(put(text).log).toEqual([expect.any(String), '|']);
    expect(taken.log).toEqual(['a', 'b', 'c', 'd']);
    taken.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

/** Somebody else takes what is there, and puts in another entry, which gets the same name. */
function replaceAll(world: World, layout: (typeof layouts)[number], afresh: boolean): string[] {
  const { zk } = world.join();
  const taken = tell(dequeue$(zk, path, { layout }), textOf);
  world.time.advanceBy(100);
  taken.subscription.unsubscribe();
  world.time.advanceBy(100);
  if (afresh) zk.delete(path, { recursive: true }).subscribe();
  world.time.advanceBy(100);
  enqueue(zk, path, 'new', { layout }).subscribe();
  world.time.advanceBy(100);
  return taken.log;
}

describe.each(layouts)('a %s entry that has the name of an earlier one', (layout) => {
  const cuts = cutsOf(8).flatMap((cut) => [true, false].map((afresh) => ({ ...cut, afresh })));

  it.each(cuts)(
    'is taken for itself by one who was cut off $when chunk $chunk $direction (queue made again: $afresh)',
    ({ afresh, ...cut }) => {
      const world = new World();
      world.countFrom(entryFormats[layout].entries(path), last);
      fill(world, ['old'], { layout });
      const member = world.join();
      const link = world.network.at(member.address);
      cutOnce(world, member, cut, () => {
        link.partition();
      });
      const mine = tell(dequeue$(member.zk, path, { layout }), textOf);
      world.time.advanceBy(50);
      const theirs = replaceAll(world, layout, afresh);
      link.heal();
      world.time.advanceBy(8000);
      const all = [...theirs, ...mine.log].sort();
      // Who removes a queue removes the receipt of one who has just taken the entry.
      if (afresh && !all.includes('old')) expect(all).toEqual(['new']);
      else expect(all).toEqual(['new', 'old']);
      expect(left(world, layout)).toEqual([]);
      mine.subscription.unsubscribe();
      expect(world.leftovers(20_000)).toEqual(nothing);
    },
  );
});

describe('consume$ on a queue that is removed under it', () => {
  it('goes on with the entries of the queue that is made again, which have the same names', () => {
    const world = new World();
    fill(world, ['a', 'b']);
    const done = tell(consume$(world.join().zk, path, (entry) => [textOf(entry)]));
    world.time.advanceBy(200);
    const { zk } = world.join();
    zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(200);
    for (const text of ['c', 'd']) enqueue(zk, path, text).subscribe();
    world.time.advanceBy(500);
    expect(done.log).toEqual(['a', 'b', 'c', 'd']);
    expect(left(world)).toEqual([]);
  });
});
