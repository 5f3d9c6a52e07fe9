/** Putting entries into a queue. */

import { enqueue, enqueueAll } from '../../src/recipes/queue/enqueue.js';
import { type EnqueueOptions } from '../../src/recipes/queue/queue-options.js';
import { queueLength$ } from '../../src/recipes/queue/queue-length.js';
import { left, others, path, tell } from './queues.js';
import { expiryMs, nothing, World } from './world.js';

const entry = (number: number, priority = 100) =>
  `${path}/entries/entry-${String(priority)}-${String(number).padStart(10, '0')}`;

/** Whether a chunk on its way to the server holds a transaction, by the opcode behind its length and xid. */
const isTransaction = (chunk: Uint8Array) => chunk[11] === 14;

describe('enqueue', () => {
  it('makes the queue and answers the path; nothing is sent before it is subscribed to or awaited', () => {
    const world = new World();
    const { zk } = world.join();
    const put = enqueue(zk, path, 'a');
    world.time.advanceBy(1000);
    expect(world.names(path)).toBeUndefined();
    expect(typeof put.then).toBe('function');
    const told = [tell(put), tell(put), tell(enqueue(zk, path, 'c', { priority: 5 }))];
    world.time.advanceBy(1000);
    expect(told.map(({ log }) => log)).toEqual([
      [entry(0), '|'],
      [entry(1), '|'],
      [`${path}/entries/entry-005-0000000002`, '|'],
    ]);
    expect(left(world)).toEqual(['c', 'a', 'a']);
    expect(others(world)).toEqual([path, `${path}/entries`]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('puts several in at once, in order, or none', () => {
    const world = new World();
    const { zk } = world.join();
    const all = tell(enqueueAll(zk, path, ['a', new Uint8Array([98]), 'c']), (paths) =>
      String(paths),
    );
    const none = tell(enqueueAll(zk, path, []));
    world.time.advanceBy(1000);
    expect(all.log).toEqual([[0, 1, 2].map((number) => entry(number)).join(), '|']);
    expect(none.values).toEqual([[]]);
    expect(left(world)).toEqual(['a', 'b', 'c']);
    const zxids = Object.entries(world.server.tree())
      .filter(([name]) => name.includes('entry-'))
      .map(([, { stat }]) => stat.czxid);
    expect(new Set(zxids).size).toBe(1);
  });

  it('waits for the connection, and answers null when the reply is lost', () => {
    const world = new World();
    const { zk, address } = world.join();
    world.network.at(address).partition();
    const put = tell(enqueue(zk, path, 'a'));
    world.time.advanceBy(20_000);
    expect(put.log).toEqual([]);
    world.network.at(address).heal();
    world.time.advanceBy(5000);
    expect(put.log).toEqual([entry(0), '|']);
    world.network
      .at(address)
      .resetOnce({ direction: 'toServer', when: 'after', matching: isTransaction });
    const lost = tell(enqueue(zk, path, 'b'));
    world.time.advanceBy(5000);
    expect(lost.log).toEqual(['null', '|']);
    expect(left(world)).toEqual(['a', 'b']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([true, false])('with receipt %j does not guess when it cannot be known', (receipt) => {
    const world = new World();
    const { zk, address } = world.join();
    tell(enqueue(zk, path, 'a', { receipt }));
    world.time.advanceBy(100);
    world.network.at(address).resetOnce({
      direction: 'toServer',
      when: 'after',
      matching: (chunk) => {
        if (!isTransaction(chunk)) return false;
        world.time.schedule(() => {
          world.server.expireSession(zk.session?.id ?? 0n);
        });
        return true;
      },
    });
    const lost = tell(enqueue(zk, path, 'b', { receipt }));
    world.time.advanceBy(5000);
    expect(lost.errors).toMatchObject([{ name: 'ConnectionLossError', outcome: 'unknown', path }]);
    expect(left(world)).toEqual(['a', 'b']);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('without a receipt is one write and errs when its reply is lost', () => {
    const world = new World();
    const { zk, address } = world.join();
    tell(enqueue(zk, path, 'a', { receipt: false }));
    world.time.advanceBy(100);
    const before = world.server.requestCounts();
    const plain = tell(enqueue(zk, path, 'b', { receipt: false }));
    world.time.advanceBy(100);
    expect(plain.log).toEqual([entry(1), '|']);
    const after = world.server.requestCounts();
    expect([(after.multi ?? 0) - (before.multi ?? 0), after.delete]).toEqual([1, undefined]);
    world.network
      .at(address)
      .resetOnce({ direction: 'toServer', when: 'after', matching: isTransaction });
    const lost = tell(enqueue(zk, path, 'c', { receipt: false }));
    world.time.advanceBy(5000);
    expect(lost.errors).toMatchObject([{ name: 'ConnectionLossError', outcome: 'unknown' }]);
    expect(left(world)).toEqual(['a', 'b', 'c']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    ['before it was sent', 'not-sent', []],
    ['when it was sent', 'unknown', ['a']],
  ] as const)('errs after timeoutMs %s', (_when, outcome, expected) => {
    const world = new World();
    const { zk, address } = world.join();
    const keep = zk.children$('/').subscribe();
    tell(enqueue(zk, path, 'before'));
    world.time.advanceBy(100);
    const faults = world.network.at(address);
    if (outcome === 'unknown') faults.partition('toClient');
    else faults.partition();
    if (outcome === 'not-sent') {
      faults.reset();
      world.time.advanceBy(10);
    }
    const put = tell(enqueue(zk, path, 'a', { timeoutMs: 500 }));
    world.time.advanceBy(600);
    expect(put.errors).toMatchObject([{ name: 'TimeoutError', outcome, timeoutMs: 500, path }]);
    faults.heal();
    keep.unsubscribe();
    world.time.advanceBy(2 * expiryMs);
    expect(left(world)).toEqual(['before', ...expected]);
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('errs with what the server refuses, with the reason of the signal, and when the client is closed', () => {
    const world = new World();
    const { zk, address } = world.join();
    zk.create('/mine', null, { acl: [{ perms: 1, scheme: 'world', id: 'anyone' }] }).subscribe();
    world.time.advanceBy(100);
    const stop = new AbortController();
    const refused = tell(enqueue(zk, '/mine/queue', 'a'));
    const aborted = tell(enqueue(zk, path, 'b', { signal: stop.signal }));
    stop.abort(new Error('enough'));
    world.time.advanceBy(1000);
    expect(refused.log).toEqual(['NoAuthError']);
    expect(aborted.errors).toMatchObject([{ message: 'enough' }]);
    world.network.at(address).partition('toClient');
    const closing = tell(enqueue(zk, path, 'c'));
    void zk.close();
    world.time.advanceBy(expiryMs);
    expect(closing.log).toEqual(['SessionClosedError']);
    expect(tell(enqueue(zk, path, 'd')).log).toEqual(['SessionClosedError']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    ['layout', { layout: 'redis' as 'kazoo' }],
    ['priority', { priority: 1000 }],
    ['priority', { priority: -1, layout: 'kazoo-queue' }],
    ['priority', { priority: 1.5, layout: 'curator' }],
    ['priority', { priority: 1, layout: 'curator-simple' }],
    ['delayUntilMs', { delayUntilMs: 5 }],
    ['delayUntilMs', { delayUntilMs: 5, priority: 1, layout: 'curator' }],
    ['receipt', { receipt: 1 as unknown as boolean }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['prio', { prio: 1 } as EnqueueOptions],
    ['signal', { signal: 7 as unknown as AbortSignal }],
  ] satisfies [string, EnqueueOptions][])(
    'names the option %s that cannot be used',
    (option, options) => {
      const world = new World();
      const { errors } = tell(enqueue(world.join().zk, path, 'a', options));
      expect(errors).toMatchObject([
        { name: 'InvalidOptionError', option, operation: 'enqueue', path },
      ]);
      expect(world.server.sessions()).toEqual([]);
    },
  );

  it('names paths and data that cannot be used', () => {
    const { zk } = new World().join();
    expect(tell(enqueue(zk, 'jobs', 'a')).log).toEqual(['InvalidPathError']);
    expect(tell(enqueue(zk, '/', 'a', { layout: 'kazoo-queue' })).log).toEqual([
      'InvalidPathError',
    ]);
    const wrong = tell(enqueueAll(zk, path, ['a', 5 as unknown as string]));
    expect(wrong.errors).toMatchObject([{ option: 'data', operation: 'enqueueAll' }]);
    const noList = tell(enqueueAll(zk, path, 'abc' as unknown as string[]));
    expect(noList.errors).toMatchObject([{ option: 'items' }]);
  });
});

describe('queueLength$', () => {
  it('tells the number now and after every change, and survives the loss of session and queue', () => {
    const world = new World();
    const { zk } = world.join();
    const other = world.join().zk;
    const lengths = tell(queueLength$(zk, path));
    world.time.advanceBy(100);
    tell(enqueueAll(other, path, ['a', 'b', 'c']));
    world.time.advanceBy(100);
    other.create(`${path}/entries/note`).subscribe();
    world.time.advanceBy(100);
    world.server.expireSession(zk.session?.id ?? 0n);
    world.time.advanceBy(5000);
    expect(lengths.log).toEqual(['0', '3']);
    other.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(1000);
    expect(lengths.log.at(-1)).toBe('0');
    void zk.close();
    void other.close();
    world.time.advanceBy(100);
    expect(lengths.log.at(-1)).toBe('|');
    expect(tell(queueLength$(zk, path, { lockPath: '/x' } as object)).log).toEqual([
      'InvalidOptionError',
    ]);
    expect(world.leftovers()).toEqual(nothing);
  });
});
