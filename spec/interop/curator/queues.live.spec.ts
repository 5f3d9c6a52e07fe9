/** Our queues and Curator's, on the same znodes of a real server. */

import { setTimeout } from 'node:timers/promises';
import { delay, map, NEVER, type Observable, of, repeat, take } from 'rxjs';
import {
  consume$,
  dequeue$,
  type DequeueOptions,
  enqueue,
  type EnqueueOptions,
  type QueueEntry,
  queueLength$,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../../contract/support/recording.js';
import { Contest } from './contest.js';
import { type Handle } from './curator-process.js';
import { type CuratorWorld, describeCurator } from './world.js';

const layout = 'curator';
const path = '/queue';
const lockPath = '/queue-locks';
const simple = { layout: 'curator-simple' } as const;
/** How many entries each side must have got. */
const times = 15;

const textOf = ({ data }: QueueEntry) => new TextDecoder().decode(data);

type Type = 'simple' | 'plain' | 'priority' | 'delay';

describeCurator('queues of Curator', (world) => {
  describe('a queue without locks', () => {
    it('carries texts both ways: SimpleDistributedQueue', async () => {
      const { zk, make } = world();
      const theirs = await make('simpleQueue', path);
      await theirs('offer', 'from Java');
      const taken = record(dequeue$(zk, path, simple).pipe(map(textOf)));
      await taken.count(1);
      expect(taken.values).toEqual(['from Java']);
      taken.unsubscribe();
      await enqueue(zk, path, 'from us', simple);
      expect(await theirs('poll')).toBe('from us');
    });

    it.each<[string, Type]>([
      ['SimpleDistributedQueue', 'simple'],
      ['DistributedQueue', 'plain'],
      ['DistributedPriorityQueue', 'priority'],
      ['DistributedDelayQueue', 'delay'],
    ])('gives each entry once when both fill it and both empty it: %s', async (_name, type) => {
      const { zk } = world();
      const options: DequeueOptions = type === 'simple' ? simple : { layout };
      // One at a time, each in hand for a moment.
      const texts$ = dequeue$(zk, path, options).pipe(take(1), delay(2), repeat(), map(textOf));
      await expectEachOnce(world(), { type, texts$ });
    });

    it('shows nothing before its time, whoever put it off: DistributedDelayQueue', async () => {
      const { zk, make } = world();
      const [theirs, filler] = [
        await make('queue', '/ours', 'delay'),
        await make('queue', path, 'delay'),
      ];
      await filler('produce');
      await theirs('consume');
      const ours = record(dequeue$(zk, path, { layout }).pipe(map(receive)));
      const due = Date.now() + 400;
      await filler('put', `late ${String(due + 200)}`, due + 200);
      await filler('put', `soon ${String(due)}`, due);
      await enqueue(zk, '/ours', `late ${String(due + 200)}`, { layout, delayUntilMs: due + 200 });
      await enqueue(zk, '/ours', `soon ${String(due)}`, { layout, delayUntilMs: due });
      await ours.count(2);
      await until('theirs', async () => (await consumedBy(theirs)).length === 2);
      for (const got of [ours.values, await consumedBy(theirs)]) {
        expect(got.map(({ text }) => text.split(' ')[0]).sort()).toEqual(['late', 'soon']);
        expect(got.filter(isEarly)).toEqual([]);
      }
      await theirs('close');
    });
  });

  describe('a queue with locks', () => {
    it('carries texts both ways, by priority: DistributedPriorityQueue', async () => {
      const { zk, make } = world();
      const theirs = await make('queue', path, 'priority', zk.chroot + lockPath);
      const options = { layout, lockPath } as const;
      await theirs('produce');
      await theirs('put', 'later', 5);
      await theirs('put', 'sooner', -5);
      const taken = record(dequeue$(zk, path, options).pipe(map(textOf)));
      await taken.count(2);
      expect(taken.values).toEqual(['sooner', 'later']);
      taken.unsubscribe();
      await enqueue(zk, path, 'from us', { layout, priority: 1 });
      await enqueue(zk, path, 'from us first', { layout, priority: -1 });
      await theirs('consume');
      expect([await theirs('take'), await theirs('take')]).toEqual(['from us first', 'from us']);
      await theirs('close');
    });

    it.each<[string, Type]>([
      ['DistributedQueue', 'plain'],
      ['DistributedDelayQueue', 'delay'],
    ])('loses none when both fill it and both consume it: %s', async (_name, type) => {
      const { zk } = world();
      const texts$ = consume$(zk, path, (entry) => of(textOf(entry)).pipe(delay(2)), {
        ...{ layout, lockPath, concurrency: 2 },
      });
      // No lease is lost here, so each is processed exactly once.
      await expectEachOnce(world(), { type, texts$, locked: true });
      await until('the end', () => isEmpty(zk, lockPath));
    });

    it('has what a Java consumer had in hand when it died processed by us', async () => {
      const { zk, make, java } = world();
      const theirs = await make('queue', path, 'plain', zk.chroot + lockPath);
      await theirs('hang');
      await enqueue(zk, path, 'in hand', { layout });
      expect(await theirs('take')).toBe('in hand');
      await enqueue(zk, path, 'free', { layout });
      const ours = record(consume$(zk, path, (entry) => of(textOf(entry)), { layout, lockPath }));
      const length = record(queueLength$(zk, path, { layout }));
      await length.settles('one is done', (count) => count === 1);
      expect(ours.values).toEqual(['free']);
      await java.renew();
      await ours.count(2);
      expect(ours.values).toEqual(['free', 'in hand']);
      await length.settles('both are done', (count) => count === 0);
    });

    it('has what we had in hand when we ended processed by Java', async () => {
      const { zk, make, target } = world();
      const dying = target.clientAt(zk.chroot);
      const inHand = record(consume$(dying, path, () => NEVER, { layout, lockPath }));
      await enqueue(zk, path, 'in hand', { layout });
      await until('our mark', async () => (await zk.exists(lockPath))?.numChildren === 1);
      const theirs = await make('queue', path, 'plain', zk.chroot + lockPath);
      await theirs('consume');
      await enqueue(zk, path, 'for Java', { layout });
      expect(await theirs('take')).toBe('for Java');
      expect(inHand.ended).toBe(false);
      await dying.close();
      // Curator looks again only when entries come or go.
      await enqueue(zk, path, 'another', { layout });
      expect([await theirs('take'), await theirs('take')]).toEqual(['in hand', 'another']);
      await until('the end', () => isEmpty(zk, path));
      await theirs('close');
    });
  });
});

/** What somebody got, and when. */
interface Got {
  readonly text: string;
  readonly atMs: number;
}

const receive = (entry: QueueEntry): Got => ({ text: textOf(entry), atMs: Date.now() });
/** The last word says when it is due, or it has a priority. */
const isEarly = ({ text, atMs }: Got) => Number(text.split(' ').at(-1)) > atMs;

interface Flow {
  readonly type: Type;
  /** Of what we take. */
  readonly texts$: Observable<string>;
  readonly locked?: boolean;
}

/** Both sides put in and take out at the same time until both have got enough; then all must have been got, and once. */
async function expectEachOnce(
  { zk, make }: CuratorWorld,
  { type, texts$, locked = false }: Flow,
): Promise<void> {
  const contest = await Contest.begin(zk, { times, rivals: 2 });
  const words = locked ? [type, zk.chroot + lockPath] : [type];
  const kind = type === 'simple' ? 'simpleQueue' : 'queue';
  const [filler, taker] = [await make(kind, path, ...words), await make(kind, path, ...words)];
  await filler('produce');
  const consuming = taker('consume', ...contest.wordsFor('java'));
  const filling = filler('fill', ...contest.wordsFor('java'));
  await contest.meet('consume', 'ours');
  const ours = record(texts$.pipe(map((text) => ({ text, atMs: Date.now() }))));
  const enough = ours.count(times).then(() => contest.arrive('done', 'ours'));
  const [mine, theirs] = await Promise.all([fill(zk, contest, type), filling, enough, consuming]);
  const items = [...mine, ...(theirs as readonly string[])];
  const all = async () => [...ours.values, ...(await consumedBy(taker))];
  await until('all', async () => (await all()).length >= items.length);
  const got = await all();
  expect(got.map(({ text }) => text).sort()).toEqual(items.sort());
  expect(got.filter(isEarly)).toEqual([]);
  // With locks, an entry is out of the queue only after it has been processed.
  await until('the end', () => isEmpty(zk, path));
  ours.unsubscribe();
  await taker('close');
}

/** As `fill` in `java/Queues.java`. */
async function fill(zk: ZooKeeper, contest: Contest, type: Type): Promise<string[]> {
  const items: string[] = [];
  await contest.meet('start', 'ours');
  while (items.length < times || !(await contest.met('done'))) {
    const i = items.length;
    const number = type === 'delay' ? Date.now() + ((i * 37) % 200) : (i % 3) - 1;
    const item = `ours ${String(i)} ${String(number)}`;
    await enqueue(zk, path, item, howToPut(type, number));
    items.push(item);
    // Consumers must keep up.
    if (i >= times) await setTimeout(5);
  }
  return items;
}

function howToPut(type: Type, number: number): EnqueueOptions {
  switch (type) {
    case 'simple':
      return simple;
    case 'plain':
      return { layout };
    case 'priority':
      return { layout, priority: number };
    case 'delay':
      return { layout, delayUntilMs: number };
  }
}

/** An empty container may have been removed already. */
async function isEmpty(zk: ZooKeeper, parent: string): Promise<boolean> {
  return ((await zk.exists(parent))?.numChildren ?? 0) === 0;
}

async function consumedBy(taker: Handle): Promise<readonly Got[]> {
  const consumed = (await taker('consumed')) as readonly (readonly [string, number])[];
  return consumed.map(([text, atMs]) => ({ text, atMs }));
}
