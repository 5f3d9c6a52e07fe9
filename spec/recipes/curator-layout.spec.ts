/** Locks and elections in Curator's layout, byte for byte, and queues whose counter or root changes under them. */

import { type Observable } from 'rxjs';
import { type Lease } from '../../src/client/lease.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { leaderElection$ } from '../../src/recipes/locks/election.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { writeLock$ } from '../../src/recipes/locks/read-write-lock.js';
import { semaphore$ } from '../../src/recipes/locks/semaphore.js';
import { nothing, World } from './world.js';

const path = '/java/queue';
const layout = 'curator';
const id = '_c_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}-';

describe("Curator's layout", () => {
  it.each([
    ['lock', lock$, 'lock-'],
    ['election', leaderElection$, 'latch-'],
  ] as [string, (...args: Parameters<typeof lock$>) => Observable<unknown>, string][])(
    'has the znodes of a %s, with the identifier as data, below containers',
    (_name, contend, text) => {
      const world = new World();
      const contender = contend(world.join().zk, path, { layout, identifier: 'me' }).subscribe();
      world.time.advanceBy(50);
      const [name = ''] = world.names(path) ?? [];
      expect(name).toMatch(new RegExp(`^${id}${text}0000000000$`));
      const data = world.server.tree()[`${path}/${name}`]?.data;
      expect(Buffer.from(data ?? []).toString()).toBe('me');
      expect(world.server.requestCounts()).toMatchObject({ createContainer: 3, create2: 2 });
      contender.unsubscribe();
      expect(world.leftovers()).toEqual(nothing);
    },
  );

  it.each(['_c_0a-lock-', 'lock-'])('waits for a Java process whose znode is %s…', (prefix) => {
    const world = new World();
    const java = world.join().zk;
    java.ensurePath(path).subscribe();
    world.time.advanceBy(50);
    let made = '';
    java
      .create(`${path}/${prefix}`, '10.0.0.1', { mode: 'ephemeral', sequential: true })
      .subscribe((znode) => (made = znode));
    world.time.advanceBy(50);
    const { log } = world.hold('a', lock$(world.join().zk, path, { layout }));
    world.time.advanceBy(50);
    expect(log).toEqual([]);
    java.delete(made).subscribe();
    world.time.advanceBy(50);
    expect(log).toEqual(['h']);
  });

  it('is no option for an election to wait only so long', () => {
    const world = new World();
    const errors: unknown[] = [];
    // What the types forbid is what is tested.
    const options = { waitMs: 0 } as object;
    leaderElection$(world.join().zk, path, options).subscribe({ error: (e) => errors.push(e) });
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
  });
});

const acquire: Record<string, (zk: ZooKeeper) => Observable<Lease>> = {
  lock: (zk) => lock$(zk, path, { layout }),
  'write lock': (zk) => writeLock$(zk, path, { layout }),
  semaphore: (zk) => semaphore$(zk, path, { layout, maxLeases: 1 }),
};

describe.each(Object.keys(acquire))('a queue of a %s that is removed', (kind) => {
  const hold = (world: World, who: string) => {
    const lease$ = acquire[kind]?.(world.join().zk);
    return lease$ === undefined ? undefined : world.hold(who, lease$);
  };

  it('while some wait is made again, and its counter starts again: the waiting go on', () => {
    const world = new World();
    const first = hold(world, 'a');
    world.time.advanceBy(50);
    const others = ['b', 'c'].map((who) => hold(world, who));
    world.time.advanceBy(50);
    world.join().zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(500);
    expect(first?.log).toEqual(['h', 'LockLostError']);
    expect(others.map((one) => one?.log.join()).sort()).toEqual(['', 'h']);
    for (const one of others) {
      if (one?.log.length === 1) one.subscription.unsubscribe();
    }
    world.time.advanceBy(100);
    expect(others.map((one) => one?.log.join())).toEqual(['h', 'h']);
    for (const one of others) one?.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('because it was empty for long is made again when it is wanted again', () => {
    const world = new World();
    hold(world, 'a')?.subscription.unsubscribe();
    const before = hold(world, 'b');
    world.time.advanceBy(100);
    before?.subscription.unsubscribe();
    world.time.advanceBy(100);
    // What the server does with a container, at a time of its own.
    world.join().zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(100);
    const after = hold(world, 'c');
    world.time.advanceBy(100);
    expect(after?.log).toEqual(['h']);
    after?.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});
