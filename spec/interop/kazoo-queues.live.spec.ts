/** Our queues and kazoo's Queue and LockingQueue, on the same znodes of a real server. */

import { join } from 'node:path';
import { map, of, Subject, take } from 'rxjs';
import {
  consume$,
  dequeue$,
  enqueue,
  type QueueEntry,
  queueLength$,
  type ZooKeeper,
} from '../../src/index.js';
import { Program } from '../contract/support/program.js';
import { single } from '../contract/support/real-target.js';
import { record, until } from '../contract/support/recording.js';
import { useTarget } from '../contract/suite/target.js';
import { findKazoo } from './kazoo.js';
import { describeNeeding } from './needs.js';

const testTimeoutMs = 60_000;
const path = '/queue';

const textOf = ({ data }: QueueEntry) => new TextDecoder().decode(data);

/** Tells a kazoo process to do something, and waits for its answer. */
async function ask(kazoo: Program, line: string): Promise<Record<string, unknown>> {
  const from = kazoo.events.length;
  kazoo.tell(line);
  return kazoo.event(line.split(' ')[0] ?? '', from);
}

/** Names and data of the children, in the order of their names. */
async function contents(zk: ZooKeeper, parent: string): Promise<Record<string, unknown>> {
  const names = [...(await zk.children(parent))].sort();
  const nodes = await Promise.all(names.map((name) => zk.get(`${parent}/${name}`)));
  return Object.fromEntries(
    nodes.map(({ data }, i) => [names[i] ?? '', new TextDecoder().decode(data ?? undefined)]),
  );
}

describeNeeding('queues of kazoo', findKazoo(), (python) => {
  const running: Program[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
  });
  const target = useTarget(single);

  const start = async (kind: 'Queue' | 'LockingQueue', zk: ZooKeeper): Promise<Program> => {
    const settings = { hosts: target.hosts + zk.chroot, path, kind, timeoutMs: 5000 };
    const script = join(__dirname, 'kazoo_queue.py');
    const program = new Program(python, [script, JSON.stringify(settings)]);
    running.push(program);
    await program.event('ready');
    return program;
  };

  describe('Queue', () => {
    const layout = 'kazoo-queue';

    it(
      'has the same entries as ours, and each takes what the other has put in',
      async () => {
        const zk = await target.client();
        const kazoo = await start('Queue', zk);
        await ask(kazoo, 'put 100 theirs');
        expect(await enqueue(zk, path, 'ours', { layout })).toBe(`${path}/entry-100-0000000001`);
        await ask(kazoo, 'put 7 theirs-first');
        await enqueue(zk, path, 'ours-second', { layout, priority: 8 });
        expect(await contents(zk, path)).toEqual({
          'entry-007-0000000002': 'theirs-first',
          'entry-008-0000000003': 'ours-second',
          'entry-100-0000000000': 'theirs',
          'entry-100-0000000001': 'ours',
        });
        const lengths = record(queueLength$(zk, path, { layout }));
        expect(await lengths.count(1)).toEqual([4]);
        expect((await ask(kazoo, 'length'))['length']).toBe(4);
        const two = record(dequeue$(zk, path, { layout }).pipe(take(2), map(textOf)));
        await two.completion();
        expect(two.values).toEqual(['theirs-first', 'ours-second']);
        expect((await ask(kazoo, 'drain 2'))['texts']).toEqual(['theirs', 'ours']);
        expect(await zk.children('/')).toEqual(['queue']);
      },
      testTimeoutMs,
    );
  });

  describe('LockingQueue', () => {
    it(
      'sees our mark and we see its: an entry in work is left alone by the other',
      async () => {
        const zk = await target.client();
        const kazoo = await start('LockingQueue', zk);
        await ask(kazoo, 'put_all a b');
        await enqueue(zk, path, 'c');
        expect(await contents(zk, `${path}/entries`)).toEqual({
          'entry-100-0000000000': 'a',
          'entry-100-0000000001': 'b',
          'entry-100-0000000002': 'c',
        });
        const got = await ask(kazoo, 'get 10');
        expect(got['text']).toBe('a');
        expect(await contents(zk, `${path}/taken`)).toEqual({ 'entry-100-0000000000': got['id'] });
        const theirMark = await zk.get(`${path}/taken/entry-100-0000000000`);
        expect(String(theirMark.stat.ephemeralOwner)).toBe(got['session']);

        const work = new Subject<string>();
        const fences: bigint[] = [];
        const ours = record(
          consume$(zk, path, (entry, { fence }) => {
            fences.push(fence);
            return work.pipe(
              map(() => textOf(entry)),
              take(1),
            );
          }),
        );
        await until('our mark', async () => (await zk.children(`${path}/taken`)).length === 2);
        const marks = await contents(zk, `${path}/taken`);
        expect(marks['entry-100-0000000001']).toMatch(/^[0-9a-f]{32}$/);
        await until('our work', () => fences.length === 1);
        expect(await ask(kazoo, 'mark entry-100-0000000001')).toMatchObject({
          id: marks['entry-100-0000000001'],
          session: String(zk.session?.id),
          fence: String(fences[0]),
        });
        expect((await ask(kazoo, 'holds'))['done']).toBe(true);
        expect((await ask(kazoo, 'consume'))['done']).toBe(true);
        expect((await ask(kazoo, 'get 10'))['text']).toBe('c');
        expect((await ask(kazoo, 'length'))['length']).toBe(2);

        // What it gives back is ours next.
        expect((await ask(kazoo, 'release'))['done']).toBe(true);
        work.next('');
        await ours.count(1);
        await until('our next mark', async () => {
          const taken = await contents(zk, `${path}/taken`);
          return 'entry-100-0000000002' in taken && !('entry-100-0000000001' in taken);
        });
        expect((await ask(kazoo, 'get 0.2'))['text']).toBeNull();
        work.next('');
        await ours.count(2);
        expect(ours.values).toEqual(['b', 'c']);
        await until('an empty queue', async () => (await ask(kazoo, 'length'))['length'] === 0);
      },
      testTimeoutMs,
    );

    it(
      'knows that the mark on its entry is ours, when it has lost its own, and leaves us the entry',
      async () => {
        const zk = await target.client();
        const kazoo = await start('LockingQueue', zk);
        await ask(kazoo, 'put_all a');
        const work = new Subject<string>();
        expect((await ask(kazoo, 'get 20'))['text']).toBe('a');
        const entry = 'entry-100-0000000000';
        // As the server does when its session is over.
        await zk.delete(`${path}/taken/${entry}`);
        const ours = record(
          consume$(zk, path, (one) =>
            work.pipe(
              map(() => textOf(one)),
              take(1),
            ),
          ),
        );
        await until('our mark', async () => (await zk.children(`${path}/taken`)).length === 1);
        for (const verb of ['holds', 'consume', 'release']) {
          expect(await ask(kazoo, verb)).toMatchObject({ done: false });
        }
        expect(await contents(zk, `${path}/entries`)).toEqual({ [entry]: 'a' });
        work.next('');
        await ours.count(1);
        await until('an empty queue', async () => (await ask(kazoo, 'length'))['length'] === 0);
        expect(ours.values).toEqual(['a']);
      },
      testTimeoutMs,
    );

    it(
      'gets the entry of a consumer of ours that goes, and we that of a kazoo that is killed',
      async () => {
        const chroot = await target.newChroot();
        const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
        const kazoo = await start('LockingQueue', zk);
        await ask(kazoo, 'put 100 a');
        const stuck = record(consume$(other, path, () => new Subject<string>()));
        await until('our mark', async () => (await zk.children(`${path}/taken`)).length === 1);
        const got = ask(kazoo, 'get 20');
        stuck.unsubscribe();
        expect((await got)['text']).toBe('a');
        const next = record(consume$(zk, path, (entry) => of(textOf(entry))));
        kazoo.signal('SIGKILL');
        expect(await next.count(1)).toEqual(['a']);
      },
      testTimeoutMs,
    );
  });
});
