/** The contract of queues: each entry once, by priority, and nothing of an entry in work is lost. */

import { delay, type Observable, map, NEVER, of, take } from 'rxjs';
import {
  consume$,
  dequeue$,
  enqueue,
  enqueueAll,
  type EntryLayout,
  type QueueEntry,
  queueLength$,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeQueues(target: ContractTarget): void {
  describe('queue', () => {
    describeOrder(target);
    describeSharing(target);
    describeWork(target);
  });
}

const layouts: readonly EntryLayout[] = ['kazoo', 'kazoo-queue', 'curator', 'curator-simple'];

function textOf({ data }: QueueEntry): string {
  return new TextDecoder().decode(data);
}

function texts(entries$: Observable<QueueEntry>): Observable<string> {
  return entries$.pipe(map(textOf));
}

/** All znodes at and below a path that are no entries in work. */
async function names(zk: ZooKeeper, path: string): Promise<readonly string[]> {
  return [...(await zk.children(path))].sort();
}

function describeOrder(target: ContractTarget): void {
  it.each(layouts)(
    'of layout "%s" gives out what was put in, in order, each once',
    async (layout) => {
      const zk = await target.client();
      const lengths = record(queueLength$(zk, '/queue', { layout }));
      await lengths.count(1);
      expect(await enqueue(zk, '/queue', 'a', { layout })).toMatch(/0000000000$/);
      expect(await enqueueAll(zk, '/queue', ['b', 'c'], { layout })).toHaveLength(2);
      await lengths.settles('three entries', (length) => length === 3);
      const taken = record(texts(dequeue$(zk, '/queue', { layout }).pipe(take(3))));
      await taken.completion();
      expect(taken.values).toEqual(['a', 'b', 'c']);
      await lengths.settles('no entries', (length) => length === 0);
      await until('no receipt', async () => (await names(zk, '/')).join() === 'queue');
    },
  );

  it('gives out by priority, also what comes later', async () => {
    const zk = await target.client();
    await enqueue(zk, '/queue', 'later');
    await enqueue(zk, '/queue', 'first', { priority: 1 });
    const one$ = texts(dequeue$(zk, '/queue').pipe(take(1)));
    const first = record(one$);
    await first.completion();
    await enqueue(zk, '/queue', 'second', { priority: 2 });
    const second = record(one$);
    await second.completion();
    expect([first.values, second.values]).toEqual([['first'], ['second']]);
    const drained = record(texts(dequeue$(zk, '/queue', { waitMs: 0 })));
    expect(await drained.failure()).toMatchObject({ name: 'TimeoutError', path: '/queue' });
    expect(drained.values).toEqual(['later']);
  });

  it('keeps an entry back until its time has come', async () => {
    const zk = await target.client();
    const layout = 'curator';
    const delayUntilMs = Date.now() + 700;
    await enqueue(zk, '/queue', 'late', { layout, delayUntilMs });
    await enqueue(zk, '/queue', 'at once', { layout });
    const taken = record(texts(dequeue$(zk, '/queue', { layout })));
    await taken.count(2);
    expect(Date.now()).toBeGreaterThanOrEqual(delayUntilMs);
    expect(taken.values).toEqual(['at once', 'late']);
  });
}

function describeSharing(target: ContractTarget): void {
  it('is shared by consumers: each entry goes to one', async () => {
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot);
    const items = Array.from({ length: 40 }, (_, i) => `item ${String(i)}`);
    await enqueueAll(zk, '/queue', items);
    const clients = [1, 2].map(() => target.clientAt(chroot));
    const takers = clients.map((client) => record(texts(dequeue$(client, '/queue'))));
    const workers = clients.map((client) =>
      record(
        consume$(client, '/queue', (entry) => of(textOf(entry)).pipe(delay(5)), { concurrency: 3 }),
      ),
    );
    const got = () => [...takers, ...workers].flatMap(({ values }) => values);
    await until('all entries to be out', () => Promise.resolve(got().length >= items.length));
    await until('an empty queue', async () => (await names(zk, '/queue/entries')).length === 0);
    expect(got().sort()).toEqual([...items].sort());
    for (const { error } of [...takers, ...workers]) expect(error).toBeUndefined();
  });

  it('puts in once, and takes once, over a lost connection', async () => {
    const { zk, other, relay } = await target.relayed();
    const taken = record(texts(dequeue$(other, '/queue')));
    await zk.exists('/');
    const puts = [];
    for (let i = 0; i < 10; i++) {
      puts.push(record(enqueue(zk, '/queue', String(i))).completion());
      if (i % 4 === 3) relay.cut();
    }
    await Promise.all(puts);
    await taken.count(10);
    await until('an empty queue', async () => (await names(other, '/queue/entries')).length === 0);
    expect([...taken.values].sort()).toEqual(Array.from({ length: 10 }, (_, i) => String(i)));
  });
}

function describeWork(target: ContractTarget): void {
  it('has a mark on an entry in work, and gives it back when its consumer goes', async () => {
    const chroot = await target.newChroot();
    const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
    await enqueue(zk, '/queue', 'a');
    const stuck = record(consume$(zk, '/queue', () => NEVER));
    await until(
      'a mark',
      async () =>
        (await zk.exists('/queue/taken')) !== null &&
        (await names(zk, '/queue/taken')).length === 1,
    );
    const next = record(consume$(other, '/queue', (entry) => of(textOf(entry))));
    await other.exists('/');
    expect(next.values).toEqual([]);
    stuck.unsubscribe();
    await next.count(1);
    await until('an empty queue', async () => (await names(zk, '/queue/entries')).length === 0);
    expect(await names(zk, '/queue/taken')).toEqual([]);
  });

  it('has an entry back whose project errs, and tries again', async () => {
    const zk = await target.client();
    await enqueueAll(zk, '/queue', ['a', 'b']);
    let tries = 0;
    const worker = record(
      consume$(
        zk,
        '/queue',
        (entry) => {
          if (textOf(entry) === 'a' && ++tries === 1) throw new Error('not now');
          return of(textOf(entry));
        },
        { retryDelayMs: 50 },
      ),
    );
    await worker.count(2);
    expect([worker.values, tries]).toEqual([['b', 'a'], 2]);
    await until('an empty queue', async () => (await names(zk, '/queue/entries')).length === 0);
  });

  it('has the entry of a client that is closed', async () => {
    const chroot = await target.newChroot();
    const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
    await enqueue(zk, '/queue', 'a');
    const started = new Promise<void>((resolve) => {
      consume$(zk, '/queue', () => {
        resolve();
        return NEVER;
      }).subscribe();
    });
    await started;
    const next = record(consume$(other, '/queue', (entry) => of(textOf(entry))));
    await other.exists('/');
    await zk.close();
    expect(await next.count(1)).toEqual(['a']);
  });
}
