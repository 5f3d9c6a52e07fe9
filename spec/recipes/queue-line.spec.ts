/** Consumers of a queue who have nothing to do: an entry wakes three of them at most, and who is out of order keeps nobody waiting for long. */

import { delay, map, mergeMap, type Observable, of, repeat, take } from 'rxjs';
import { acl } from '../../src/client/acl.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { consume$ } from '../../src/recipes/queue/consume.js';
import { dequeue$ } from '../../src/recipes/queue/dequeue.js';
import { enqueueAll } from '../../src/recipes/queue/enqueue.js';
import { standbyMs } from '../../src/recipes/queue/waiting-line.js';
import { cutOnce, cutsOf } from './cuts.js';
import { everywhere } from './every/play.js';
import { fill, left, path, tell, textOf, type Told } from './queues.js';
import { expiryMs, type Member, nothing, World } from './world.js';

const workMs = 30;
/** Some round trips of 2 ms, and the work. */
const soonMs = 60;
const line = `${path}/waiting`;

/** Ways to take entries one by one, with work for each. */
const ways = {
  consume$: (zk: ZooKeeper) =>
    consume$(zk, path, (entry) => of(textOf(entry)).pipe(delay(workMs, zk.scheduler))),
  dequeue$: (zk: ZooKeeper) =>
    dequeue$(zk, path).pipe(
      take(1),
      mergeMap((entry) => of(textOf(entry)).pipe(delay(workMs, zk.scheduler))),
      repeat(),
    ),
};
type Way = keyof typeof ways;

/** The same without work after the taking, which is lost with who has taken. */
const atOnce: Record<Way, (zk: ZooKeeper) => Observable<string>> = {
  consume$: ways.consume$,
  dequeue$: (zk) => dequeue$(zk, path).pipe(map(textOf)),
};

interface Consumer extends Member {
  readonly told: Told<string>;
}

/** Consumers in sessions of their own that stay, who came one after the other and stand in the line. */
class Crowd {
  readonly world = new World();
  readonly consumers: readonly Consumer[];
  readonly producer = this.world.join({ idleGraceMs: Infinity });

  constructor(
    count: number,
    way: (zk: ZooKeeper) => Observable<string>,
    beforeThey?: (world: World, members: readonly Member[]) => void,
  ) {
    const members = Array.from({ length: count }, () => this.world.join({ idleGraceMs: Infinity }));
    // Not made by the first who marks an entry: he would be late.
    this.producer.zk.ensurePath(`${path}/taken`).subscribe();
    this.world.time.advanceBy(50);
    beforeThey?.(this.world, members);
    this.consumers = members.map((member) => {
      const told = tell(way(member.zk));
      this.world.time.advanceBy(30);
      return Object.assign(member, { told });
    });
  }

  put(...items: string[]): void {
    enqueueAll(this.producer.zk, path, items).subscribe();
  }

  /** Who has done what, in the order in which they came. */
  get done(): readonly string[] {
    return this.consumers.map(({ told }) => told.log.join(' '));
  }

  requests(): Record<string, number> {
    const counts = Object.entries(this.world.server.requestCounts());
    return Object.fromEntries(counts.filter(([name]) => name !== 'ping'));
  }

  /** All leave, and there is nothing left. */
  end(waitMs?: number): void {
    for (const { told } of this.consumers) told.subscription.unsubscribe();
    void this.producer.zk.close();
    for (const { zk } of this.consumers) void zk.close();
    expect(this.consumers.flatMap(({ told }) => told.errors)).toEqual([]);
    expect(left(this.world)).toEqual([]);
    expect(this.world.leftovers(waitMs)).toEqual(nothing);
  }
}

function increase(before: Record<string, number>, after: Record<string, number>) {
  const entries = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0)) as Record<string, number>;
}

/** All requests of all clients for one entry, from being put in to the next time that its consumer waits. */
const costs: Record<Way, Record<string, number>> = {
  /**
   * multi: put in, marked, out of the queue with its mark. delete: the receipt of the put, the place in the line. create2: a place in the
   * line again. getData: the entry; the mark, own znodes and those ahead watched. getChildren: who took it and the two behind it look at the
   * line, and who took it at the queue. getChildren2: the two at the front see the lists change. removeWatches: who took it stops to watch.
   */
  consume$: {
    multi: 3,
    delete: 2,
    create2: 1,
    getData: 6,
    getChildren: 5,
    getChildren2: 9,
    removeWatches: 3,
  },
  /** The same without a mark to watch; the receipt of the taking is deleted, too. */
  dequeue$: {
    multi: 2,
    delete: 3,
    create2: 1,
    getData: 5,
    getChildren: 5,
    getChildren2: 7,
    removeWatches: 3,
  },
};

describe.each(Object.keys(ways) as Way[])('an entry put into an empty queue of %s', (way) => {
  it.each([10, 40, 100])('costs the same with %i idle consumers', (count) => {
    const crowd = new Crowd(count, ways[way]);
    const { world } = crowd;
    crowd.put('first');
    world.time.advanceBy(500);
    for (const item of ['second', 'third', 'fourth']) {
      const before = crowd.requests();
      crowd.put(item);
      world.time.advanceBy(500);
      expect(increase(before, crowd.requests())).toEqual(costs[way]);
    }
    // One after the other has its turn.
    expect(crowd.done.filter((texts) => texts !== '')).toEqual([
      'first',
      'second',
      'third',
      'fourth',
    ]);
    crowd.end();
  });

  it('wakes who takes it and the two behind him', () => {
    const crowd = new Crowd(20, ways[way]);
    const { world } = crowd;
    crowd.put('first');
    world.time.advanceBy(500);
    const awake = new Set<string>();
    const heartbeatBytes = 12;
    for (const { address } of crowd.consumers) {
      world.network.at(address).intercept((direction, chunk) => {
        if (direction === 'toServer' && chunk.length > heartbeatBytes) awake.add(address.host);
        return chunk;
      });
    }
    crowd.put('second');
    world.time.advanceBy(500);
    expect(awake.size).toBe(3);
    crowd.end();
  });

  it('wakes as many as are needed, one after the other', () => {
    const crowd = new Crowd(30, ways[way]);
    const { world } = crowd;
    const items = Array.from({ length: 30 }, (_, i) => `item-${String(i)}`);
    crowd.put(...items);
    // Two or three round trips each, and most of them work at the same time.
    world.time.advanceBy(30 * 6 + workMs);
    expect(
      crowd.done
        .flatMap((texts) => texts.split(' '))
        .filter((text) => text !== '')
        .sort(),
    ).toEqual([...items].sort());
    expect(crowd.done.filter((texts) => texts !== '').length).toBeGreaterThan(10);
    crowd.end();
  });

  it('is taken by the second if the first is cut off, and by a third when both sessions are over', () => {
    const crowd = new Crowd(6, ways[way]);
    const { world } = crowd;
    const strike = (index: number) => {
      const { address } = crowd.consumers[index] ?? crowd.producer;
      world.network.at(address).partition();
    };
    // Who takes it goes to the end of the line, and the others move up.
    crowd.put('a');
    world.time.advanceBy(soonMs);
    expect(crowd.done).toEqual(['a', '', '', '', '', '']);
    strike(1);
    crowd.put('b');
    world.time.advanceBy(standbyMs - 10);
    expect(crowd.done).toEqual(['a', '', '', '', '', '']);
    world.time.advanceBy(10 + soonMs);
    expect(crowd.done).toEqual(['a', '', 'b', '', '', '']);
    crowd.put('c');
    world.time.advanceBy(standbyMs + soonMs);
    expect(crowd.done).toEqual(['a', '', 'b', 'c', '', '']);
    strike(4);
    crowd.put('d');
    world.time.advanceBy(standbyMs + soonMs);
    expect(crowd.done).toEqual(['a', '', 'b', 'c', '', '']);
    world.time.advanceBy(expiryMs);
    expect(crowd.done).toEqual(['a', '', 'b', 'c', '', 'd']);
    for (const { address } of crowd.consumers) world.network.at(address).heal();
    world.time.advanceBy(expiryMs);
    crowd.put('e');
    world.time.advanceBy(soonMs);
    expect(crowd.done.join(' ')).toContain('e');
    crowd.end(expiryMs);
  });

  it('is taken once, and in time, when the first leaves at any moment', () => {
    everywhere(
      Array.from({ length: 40 }, (_, ms) => ms),
      (ms) => {
        const crowd = new Crowd(3, atOnce[way]);
        crowd.put('a');
        crowd.world.time.advanceBy(ms);
        crowd.consumers[0]?.told.subscription.unsubscribe();
        crowd.world.time.advanceBy(standbyMs + 2 * soonMs);
        expect(crowd.done.filter((texts) => texts !== '')).toEqual(['a']);
        crowd.end();
      },
    );
  });

  it.each([0, 1])('is taken once when the connection of number %i is cut, wherever', (struck) => {
    everywhere(cutsOf(18), (cut) => {
      const crowd = new Crowd(3, atOnce[way], (world, members) => {
        const member = members[struck];
        if (member !== undefined) cutOnce(world, member, cut);
      });
      const { world } = crowd;
      for (const item of ['a', 'b']) {
        crowd.put(item);
        world.time.advanceBy(1000);
        expect(crowd.done.join('')).toContain(item);
      }
      expect(crowd.done.join(' ').split(/ +/).join('')).toHaveLength(2);
      crowd.end(expiryMs);
    });
  });

  it('goes to whoever waits, when somebody has deleted the line', () => {
    const crowd = new Crowd(3, ways[way]);
    crowd.producer.zk.delete(line, { recursive: true }).subscribe();
    crowd.world.time.advanceBy(100);
    expect(crowd.world.names(line)).toHaveLength(3);
    crowd.put('a');
    crowd.world.time.advanceBy(soonMs);
    expect(crowd.done.join('')).toBe('a');
    crowd.end();
  });

  it('goes to one who may not stand in the line: he watches for himself', () => {
    const crowd = new Crowd(0, ways[way]);
    const { world, producer } = crowd;
    producer.zk.create(line, null, { acl: acl.readOnly, parents: 'persistent' }).subscribe();
    crowd.put('a');
    world.time.advanceBy(100);
    const { zk } = world.join();
    const told = tell(ways[way](zk));
    world.time.advanceBy(100);
    crowd.put('b');
    world.time.advanceBy(soonMs);
    expect(told.log).toEqual(['a', 'b']);
    expect(world.names(line)).toEqual([]);
    told.subscription.unsubscribe();
    crowd.end();
  });
});

it('an entry whose time comes is taken then, and soon after that by the second if the first is cut off', () => {
  const world = new World();
  const layout = 'curator';
  const members = [1, 2].map(() => {
    const member = world.join();
    const told = tell(dequeue$(member.zk, path, { layout }), textOf);
    world.time.advanceBy(50);
    return { ...member, told };
  });
  const logs = () => members.map(({ told }) => told.log.join(' '));
  const [first] = members;
  if (first === undefined) throw new Error('nobody');
  const at = world.time.now();
  fill(world, ['a'], { layout, delayUntilMs: at + 1000 });
  fill(world, ['b'], { layout, delayUntilMs: at + 2000 });
  world.time.advanceBy(at + 990 - world.time.now());
  expect(logs()).toEqual(['', '']);
  world.time.advanceBy(20);
  expect(logs()).toEqual(['a', '']);
  // Now the other one is the first.
  const second = members[1] ?? first;
  world.network.at(second.address).partition();
  world.time.advanceBy(990);
  expect(logs()).toEqual(['a', '']);
  world.time.advanceBy(standbyMs + 20);
  expect(logs()).toEqual(['a b', '']);
});
