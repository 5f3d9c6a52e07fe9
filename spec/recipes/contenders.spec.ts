/** Looking at a queue on virtual time: who contends, who leads, and asking for what is held. */

import { firstValueFrom, NEVER, type Observable, takeUntil, tap } from 'rxjs';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { type Contender, contenders$ } from '../../src/recipes/locks/contenders.js';
import { leaderElection$ } from '../../src/recipes/locks/election.js';
import { type HeldLease } from '../../src/recipes/held/held-lease.js';
import { leader$ } from '../../src/recipes/locks/leader.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { readLock$, writeLock$ } from '../../src/recipes/locks/read-write-lock.js';
import { requestRevocation } from '../../src/recipes/locks/revocation.js';
import { whileHeld } from '../../src/recipes/held/while-held.js';
import { expiryMs, nothing, World } from './world.js';

const path = '/queue';

function increase(world: World, before: Record<string, number>): Record<string, number> {
  const entries = Object.entries(world.server.requestCounts())
    .map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)])
    .filter(([name, count]) => name !== 'ping' && count !== 0);
  return Object.fromEntries(entries);
}

describe('contenders$', () => {
  it('tells who stands in line, the holder first, as they come and go', () => {
    const world = new World();
    const seen: string[] = [];
    const looking = contenders$(world.join().zk, path).subscribe((queue) =>
      seen.push(queue.map(({ identifier }) => identifier).join()),
    );
    world.time.advanceBy(50);
    const [a, b, c] = ['a', 'b', 'c'].map((identifier) => {
      const { subscription } = world.hold(identifier, lock$(world.join().zk, path, { identifier }));
      world.time.advanceBy(50);
      return subscription;
    });
    b?.unsubscribe();
    world.time.advanceBy(50);
    a?.unsubscribe();
    world.time.advanceBy(50);
    expect(seen).toEqual(['', 'a', 'a,b', 'a,b,c', 'a,c', 'c']);
    looking.unsubscribe();
    c?.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('reads each newcomer once, and lists once for each change', () => {
    const world = new World();
    const { zk } = world.join({ idleGraceMs: Infinity });
    for (const identifier of ['a', 'b', 'c']) {
      lock$(world.join().zk, path, { identifier }).subscribe();
      world.time.advanceBy(50);
    }
    contenders$(zk, path).subscribe();
    world.time.advanceBy(50);
    const newcomer = world.join({ idleGraceMs: Infinity }).zk;
    newcomer.exists('/').subscribe();
    world.time.advanceBy(50);
    const before = world.server.requestCounts();
    const one = lock$(newcomer, path, { identifier: 'd' }).subscribe();
    world.time.advanceBy(50);
    // The newcomer: create2, getChildren, getData of the one ahead. The observer: getChildren2, getData of the newcomer.
    const coming = { create2: 1, getChildren: 1, getData: 2, getChildren2: 1 };
    expect(increase(world, before)).toEqual(coming);
    const then = world.server.requestCounts();
    one.unsubscribe();
    world.time.advanceBy(50);
    expect(increase(world, then)).toEqual({ delete: 1, removeWatches: 1, getChildren2: 1 });
  });

  it('tells path, number and access, of readers, writers and foreign contenders', () => {
    const world = new World();
    const { zk } = world.join();
    const queues: (readonly Contender[])[] = [];
    readLock$(zk, path, { identifier: 'r' }).subscribe();
    world.time.advanceBy(50);
    writeLock$(zk, path, { identifier: 'w' }).subscribe();
    world.time.advanceBy(50);
    zk.create(`${path}/x-lock-`, 'go', { mode: 'ephemeral', sequential: true }).subscribe();
    zk.create(`${path}/config`, 'no contender').subscribe();
    world.time.advanceBy(50);
    contenders$(zk, path, { alsoWaitFor: ['-lock-'] }).subscribe((queue) => queues.push(queue));
    world.time.advanceBy(50);
    const [queue = []] = queues;
    expect(queue).toMatchObject([
      { identifier: 'r', sequence: 0, access: 'shared' },
      { identifier: 'w', sequence: 1, access: 'exclusive' },
      { identifier: 'go', sequence: 2, access: 'exclusive', path: '/queue/x-lock-0000000002' },
    ]);
    expect(queue[0]?.path).toMatch(/^\/queue\/[0-9a-f]{32}__rlock__0000000000$/);
    expect(queue[1]?.path).toMatch(/^\/queue\/[0-9a-f]{32}__lock__0000000001$/);
  });

  it.each([
    ['lock', lock$],
    ['read lock', readLock$],
    ['write lock', writeLock$],
    ['election', leaderElection$],
  ] as [string, (...args: Parameters<typeof lock$>) => Observable<unknown>][])(
    "sees a %s's contender in Curator's layout",
    (_name, acquire) => {
      const world = new World();
      const { zk } = world.join();
      const seen: string[] = [];
      acquire(zk, path, { layout: 'curator', identifier: 'me' }).subscribe();
      world.time.advanceBy(50);
      contenders$(zk, path, { layout: 'curator' }).subscribe((queue) =>
        seen.push(queue.map(({ identifier }) => identifier).join()),
      );
      world.time.advanceBy(50);
      expect(seen).toEqual(['me']);
    },
  );

  it('is silent over a lost connection and an expired session if nothing changed meanwhile', () => {
    const world = new World();
    const { zk, address } = world.join();
    lock$(world.join().zk, path, { identifier: 'a' }).subscribe();
    world.time.advanceBy(50);
    const seen: string[] = [];
    contenders$(zk, path).subscribe((queue) => seen.push(String(queue.length)));
    world.time.advanceBy(50);
    world.network.at(address).reset();
    world.time.advanceBy(3000);
    world.network.at(address).partition();
    world.time.advanceBy(2 * expiryMs);
    world.network.at(address).heal();
    world.time.advanceBy(expiryMs);
    expect(seen).toEqual(['1']);
  });

  it('completes when the client is closed, in the middle of reading too', () => {
    const world = new World();
    for (const identifier of ['a', 'b']) lock$(world.join().zk, path, { identifier }).subscribe();
    world.time.advanceBy(50);
    for (let ms = 0; ms < 12; ms++) {
      const { zk } = world.join();
      const log: string[] = [];
      contenders$(zk, path).subscribe({
        next: (queue) => log.push(String(queue.length)),
        error: (error) => log.push(String(error)),
        complete: () => log.push('|'),
      });
      world.time.advanceBy(ms);
      void zk.close();
      world.time.advanceBy(50);
      expect(log.filter((entry) => entry !== '2')).toEqual(['|']);
    }
  });

  it('refuses options that there are not', () => {
    const world = new World();
    const { zk } = world.join();
    const errors: unknown[] = [];
    // What the types forbid is what is tested.
    for (const options of [{ layout: 'x' }, { alsoWaitFor: [3] }, { waitMs: 1 }] as object[]) {
      contenders$(zk, path, options).subscribe({ error: (error) => errors.push(error) });
    }
    expect(errors).toMatchObject(['layout', 'alsoWaitFor', 'waitMs'].map((option) => ({ option })));
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
  });
});

describe('leader$', () => {
  it.each(['kazoo', 'curator'] as const)(
    'tells who leads, and null while nobody does (%s)',
    (layout) => {
      const world = new World();
      const seen: (string | null)[] = [];
      const { zk } = world.join();
      const looking = leader$(zk, path, { layout }).subscribe((leader) => seen.push(leader));
      world.time.advanceBy(50);
      const [a, b, c] = ['a', 'b', 'c'].map((identifier) => {
        const candidate = leaderElection$(world.join().zk, path, {
          identifier,
          layout,
        }).subscribe();
        world.time.advanceBy(50);
        return candidate;
      });
      a?.unsubscribe();
      world.time.advanceBy(50);
      b?.unsubscribe();
      world.time.advanceBy(50);
      c?.unsubscribe();
      world.time.advanceBy(50);
      expect(seen).toEqual([null, 'a', 'b', 'c', null]);
      looking.unsubscribe();
      expect(world.leftovers()).toEqual(nothing);
    },
  );

  it('costs a list and a read for a change of the leader, and nothing when others come and go', () => {
    const world = new World();
    const { zk } = world.join();
    const lasting = { idleGraceMs: Infinity };
    const candidates = Array.from({ length: 5 }, (_, i) => {
      const identifier = String(i);
      const one = leaderElection$(world.join(lasting).zk, path, { identifier }).subscribe();
      world.time.advanceBy(50);
      return one;
    });
    const seen: (string | null)[] = [];
    leader$(zk, path).subscribe((leader) => seen.push(leader));
    world.time.advanceBy(50);
    const handover = { delete: 1, getChildren: 1, getData: 1 };
    const before = world.server.requestCounts();
    candidates[4]?.unsubscribe();
    world.time.advanceBy(50);
    expect(increase(world, before)).toEqual({ delete: 1, removeWatches: 1 });
    const then = world.server.requestCounts();
    candidates[0]?.unsubscribe();
    world.time.advanceBy(50);
    expect(increase(world, then)).toEqual({ ...handover, getChildren: 2, getData: 2 });
    expect(seen).toEqual(['0', '1']);
  });

  it('outlives connections and sessions, and leaves no watch on a leader that is gone', () => {
    const world = new World();
    const { zk, address } = world.join();
    const seen: (string | null)[] = [];
    const candidate = (identifier: string) =>
      leaderElection$(world.join().zk, path, { identifier }).subscribe();
    const first = candidate('a');
    world.time.advanceBy(50);
    const looking = leader$(zk, path).subscribe((leader) => seen.push(leader));
    world.time.advanceBy(50);
    world.network.at(address).reset();
    world.time.advanceBy(3000);
    world.network.at(address).partition();
    first.unsubscribe();
    const second = candidate('b');
    world.time.advanceBy(2 * expiryMs);
    world.network.at(address).heal();
    world.time.advanceBy(expiryMs);
    expect(seen).toEqual(['a', 'b']);
    second.unsubscribe();
    world.time.advanceBy(50);
    expect(seen).toEqual(['a', 'b', null]);
    // The list, in case somebody comes.
    world.time.advanceBy(5000);
    expect(world.server.watchCount()).toBe(1);
    looking.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('completes when the client is closed, whatever it was waiting for', () => {
    const world = new World();
    const ends: string[] = [];
    leaderElection$(world.join().zk, path).subscribe();
    world.time.advanceBy(50);
    for (const where of [path, '/nowhere']) {
      for (let ms = 0; ms < 10; ms++) {
        const { zk } = world.join();
        leader$(zk, where).subscribe({
          error: (error) => ends.push(String(error)),
          complete: () => ends.push('|'),
        });
        world.time.advanceBy(ms);
        void zk.close();
        world.time.advanceBy(20);
      }
    }
    expect(ends).toEqual(Array(20).fill('|'));
  });
});

describe('requestRevocation', () => {
  function held(layout: 'kazoo' | 'curator' = 'kazoo') {
    const world = new World();
    const { zk } = world.join();
    const other = world.join().zk;
    const log: string[] = [];
    const listen = ({ revocation$, signal }: HeldLease) => {
      revocation$.subscribe({
        next: () => log.push('asked'),
        complete: () => log.push(signal.aborted ? 'ended' : 'complete'),
      });
    };
    const holder = lock$(zk, path, { layout, identifier: 'a' })
      .pipe(
        tap(listen),
        whileHeld((lease) => NEVER.pipe(takeUntil(lease.revocation$))),
      )
      .subscribe({ complete: () => log.push('given back') });
    world.time.advanceBy(50);
    return { world, other, log, holder };
  }

  async function holderOf(world: World, layout: 'kazoo' | 'curator' = 'kazoo'): Promise<string> {
    const first = firstValueFrom(contenders$(world.join().zk, path, { layout }));
    world.time.advanceBy(50);
    const [holder] = await first;
    return holder?.path ?? '';
  }

  it.each(['kazoo', 'curator'] as const)(
    'is told to the holder, who gives it back (%s)',
    async (layout) => {
      const { world, other, log } = held(layout);
      const asked: boolean[] = [];
      const target = await holderOf(world, layout);
      requestRevocation(other, target).subscribe((found) => asked.push(found));
      world.time.advanceBy(50);
      expect(log).toEqual(['asked', 'complete', 'given back']);
      expect(asked).toEqual([true]);
      expect(world.names(path)).toEqual([]);
      requestRevocation(other, target).subscribe((found) => asked.push(found));
      world.time.advanceBy(50);
      expect(asked).toEqual([true, false]);
      expect(world.leftovers()).toEqual(nothing);
    },
  );

  it('is heard once the lock is held, if it came while the contender was waiting', () => {
    const { world, other, holder } = held();
    let wishes = 0;
    const { zk } = world.join();
    lock$(zk, path)
      .pipe(whileHeld((lease) => lease.revocation$))
      .subscribe(() => wishes++);
    world.time.advanceBy(50);
    for (const name of world.names(path) ?? []) {
      if (name.endsWith('1')) requestRevocation(other, `${path}/${name}`).subscribe();
    }
    world.time.advanceBy(50);
    expect(wishes).toBe(0);
    holder.unsubscribe();
    world.time.advanceBy(50);
    expect(wishes).toBe(1);
  });

  it('is nothing but that text', () => {
    const { world, other, log, holder } = held();
    const [name] = world.names(path) ?? [];
    for (const data of ['', '__REVOKE', '__REVOKE__ ', null]) {
      other.set(`${path}/${String(name)}`, data).subscribe();
    }
    world.time.advanceBy(50);
    expect(log).toEqual([]);
    holder.unsubscribe();
    expect(log).toEqual(['ended']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('outlives a lost reply', async () => {
    const { world, log } = held();
    const asker = world.join();
    const target = await holderOf(world);
    const asked: boolean[] = [];
    world.network.at(asker.address).resetOnce({
      direction: 'toServer',
      when: 'after',
      matching: (chunk) => Buffer.from(chunk).includes('__REVOKE__'),
    });
    requestRevocation(asker.zk, target).subscribe((found) => asked.push(found));
    world.time.advanceBy(3000);
    expect(log).toEqual(['asked', 'complete', 'given back']);
    // Whether the holder has gone meanwhile or not.
    expect(asked).toHaveLength(1);
  });

  it('costs the holder nothing but a read when it is asked', () => {
    const world = new World();
    const { zk } = world.join();
    const other = world.join({ idleGraceMs: Infinity }).zk;
    other.exists('/').subscribe();
    let holder = '';
    lock$(zk, path).subscribe((lease) => {
      holder = lease.path;
      lease.revocation$.subscribe();
    });
    world.time.advanceBy(50);
    const counts = world.server.requestCounts();
    expect(counts).toMatchObject({ getChildren: 1, getData: 1 });
    requestRevocation(other, holder).subscribe();
    world.time.advanceBy(50);
    expect(increase(world, counts)).toEqual({ setData: 1, getData: 1 });
  });
});
