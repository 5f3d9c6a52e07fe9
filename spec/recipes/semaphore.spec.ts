/** The semaphore on virtual time: so many at a time, in the order of coming, in both layouts. */

import { NEVER, of, retry } from 'rxjs';
import { type Lease } from '../../src/client/lease.js';
import { InvalidOptionError, InvalidPathError } from '../../src/errors/client-errors.js';
import { type HeldLease } from '../../src/recipes/held/held-lease.js';
import {
  leaseHolders$,
  semaphore$,
  type SemaphoreOptions,
  withSemaphore,
} from '../../src/recipes/locks/semaphore.js';
import { atMost, expiryMs, fencesIncrease, type Holding, nothing, World } from './world.js';

const path = '/uploads';
const gate = `${path}-__lock__`;

function crowd(size: number, { maxLeases = 2, ...options }: Partial<SemaphoreOptions> = {}) {
  const world = new World({ mayHold: atMost(maxLeases) });
  const holdings = Array.from({ length: size }, (_, i): Holding => {
    const identifier = `c${String(i)}`;
    const all = { ...options, maxLeases, identifier };
    const holding = world.hold(identifier, semaphore$(world.join().zk, path, all));
    world.time.advanceBy(50);
    return holding;
  });
  return { world, holdings };
}

function pathOf(lease: Lease | undefined): string | undefined {
  // Semaphores give a HeldLease.
  return (lease as HeldLease | undefined)?.path;
}

function text(world: World, znode: string): string | undefined {
  const data = world.server.tree()[znode]?.data;
  return data === undefined || data === null ? undefined : Buffer.from(data).toString();
}

describe.each(['kazoo', 'curator'] as const)('a semaphore in the layout of %s', (layout) => {
  it('is held by so many at a time, and passes on in the order of coming', () => {
    const { world, holdings } = crowd(5, { layout });
    const holders = () =>
      holdings.map(({ current }) => (current?.valid() === true ? 'h' : '-')).join('');
    expect(holders()).toBe('hh---');
    for (const [i, after] of ['-hh--', '--hh-', '---hh', '----h', '-----'].entries()) {
      holdings[i]?.subscription.unsubscribe();
      world.time.advanceBy(50);
      expect(holders()).toBe(after);
    }
    expect(world.grants.map(({ who }) => who)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    expect(fencesIncrease(world)).toBe(true);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('passes on when a holder is cut off, with its session', () => {
    const { world, holdings } = crowd(3, { layout });
    world.network.at(world.members[0]?.address ?? { host: '', port: 0 }).partition();
    world.time.advanceBy(expiryMs);
    expect(holdings.map(({ log }) => log)).toEqual([['h', 'LockLostError'], ['h'], ['h']]);
    expect(holdings[0]?.errors[0]).toMatchObject({ operation: 'semaphore$', path });
  });

  it('takes several leases that are given back at once', () => {
    const { world, holdings } = crowd(6, { layout, maxLeases: 3 });
    for (const { subscription } of holdings.slice(0, 3)) subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(holdings.map(({ log }) => log)).toEqual(Array(6).fill(['h']));
  });

  it('is passed on by the next when the one at the gate goes', () => {
    const { world, holdings } = crowd(4, { layout });
    holdings[2]?.subscription.unsubscribe();
    world.time.advanceBy(50);
    holdings[0]?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(holdings[3]?.log).toEqual(['h']);
  });
});

describe('the znodes of a semaphore', () => {
  it('are those of kazoo', () => {
    const { world } = crowd(3);
    expect(text(world, path)).toBe('2');
    const [first = ''] = world.names(path) ?? [];
    expect(world.names(path)).toEqual(Array(2).fill(expect.stringMatching(/^[0-9a-f]{32}$/)));
    expect(text(world, `${path}/${first}`)).toBe('c0');
    const waiting = world.names(gate) ?? [];
    expect(waiting).toEqual([expect.stringMatching(/^[0-9a-f]{32}__lock__0000000002$/)]);
    expect(text(world, `${gate}/${String(waiting[0])}`)).toBe('c2');
    expect(world.server.ephemerals()).toHaveLength(3);
  });

  it('are those of Curator', () => {
    const { world } = crowd(3, { layout: 'curator' });
    const id = '_c_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-';
    expect(world.names(`${path}/leases`)).toEqual([
      expect.stringMatching(new RegExp(`^${id}lease-0000000000$`)),
      expect.stringMatching(new RegExp(`^${id}lease-0000000001$`)),
    ]);
    expect(world.names(`${path}/locks`)).toEqual([
      expect.stringMatching(new RegExp(`^${id}lock-0000000002$`)),
    ]);
    // No persistent znode: the server removes them all.
    expect(world.server.requestCounts()).not.toHaveProperty('create');
  });
});

describe('the size of a semaphore', () => {
  function onExisting(data: string) {
    const world = new World();
    const { zk } = world.join();
    zk.create(path, data).subscribe();
    world.time.advanceBy(50);
    const holding = world.hold('a', semaphore$(zk, path, { maxLeases: 2 }));
    world.time.advanceBy(50);
    return { world, holding };
  }

  it('that is another is refused, by name, and nothing stays', () => {
    const { world, holding } = onExisting('3');
    expect(holding.errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(holding.errors[0]).toMatchObject({
      option: 'maxLeases',
      reason: 'the semaphore was made with 3, not 2',
      path,
    });
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each(['2', ' 2\n', '', 'two', '{"leases":3}'])(
    'is no obstacle when its data is %j',
    (data) => {
      const { world, holding } = onExisting(data);
      expect(holding.log).toEqual(['h']);
      expect(text(world, path)).toBe(data);
    },
  );

  it('is written again when the znode is removed meanwhile', () => {
    const { world, holdings } = crowd(3);
    const { zk } = world.join();
    zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(100);
    expect(holdings.map(({ log }) => log)).toEqual([
      ['h', 'LockLostError'],
      ['h', 'LockLostError'],
      ['h'],
    ]);
    expect(text(world, path)).toBe('2');
  });
});

describe('semaphore$', () => {
  it('goes back to the gate when its znode there is removed by somebody', () => {
    const { world, holdings } = crowd(3);
    const { zk } = world.join();
    const [name] = world.names(gate) ?? [];
    zk.delete(`${gate}/${String(name)}`).subscribe();
    world.time.advanceBy(50);
    expect(world.names(gate)).toHaveLength(1);
    expect(world.names(gate)).not.toEqual([name]);
    holdings[0]?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(holdings[2]?.log).toEqual(['h']);
    expect(world.names(gate)).toEqual([]);
  });

  it('makes no lease when its znode at the gate is gone by then, and another has taken the gate', () => {
    const world = new World({ mayHold: atMost(1) });
    const slow = world.join();
    const others = [world.join(), world.join()];
    for (const { zk } of others) zk.exists('/').subscribe();
    world.time.advanceBy(100);
    const latencyMs = 100;
    world.network.at(slow.address).latencyMs = latencyMs;
    const first = world.hold('a', semaphore$(slow.zk, path, { maxLeases: 1 }).pipe(retry()));
    // It stands at the gate alone (one list) and has counted (another).
    while ((world.server.requestCounts().getChildren ?? 0) < 2) world.time.advanceBy(1);
    // The count has arrived, and the transaction is on its way.
    world.time.advanceBy(latencyMs + 1);
    const [mine] = world.names(gate) ?? [];
    others[0]?.zk.delete(`${gate}/${String(mine)}`).subscribe();
    const second = world.hold('b', semaphore$(others[1]?.zk ?? slow.zk, path, { maxLeases: 1 }));
    world.time.advanceBy(latencyMs / 2);
    expect(second.log).toEqual(['h']);
    for (let ms = 0; ms < 1000; ms++) {
      world.time.advanceBy(1);
      expect(world.names(path)).toHaveLength(1);
    }
    expect(first.log).toEqual([]);
    second.subscription.unsubscribe();
    world.time.advanceBy(2000);
    expect(first.log).toEqual(['h']);
  });

  it('tries once with waitMs 0 also where nobody is at the gate', () => {
    const { world } = crowd(2);
    const { log } = world.hold('t', semaphore$(world.join().zk, path, { maxLeases: 2, waitMs: 0 }));
    world.time.advanceBy(50);
    expect(log).toEqual(['TimeoutError']);
    expect(world.names(gate)).toEqual([]);
  });

  it('tries once with waitMs 0: errs when all are taken, and stays behind nobody', () => {
    const { world, holdings } = crowd(3);
    const { zk } = world.join();
    const once = { maxLeases: 2, waitMs: 0 };
    const { log, errors } = world.hold('t', semaphore$(zk, path, once));
    world.time.advanceBy(50);
    expect(log).toEqual(['TimeoutError']);
    expect(errors[0]).toMatchObject({ timeoutMs: 0, operation: 'semaphore$', path });
    expect(world.names(gate)).toHaveLength(1);
    for (const { subscription } of holdings) subscription.unsubscribe();
    world.time.advanceBy(50);
    // Both get one though both try at the same time.
    const tries = [1, 2, 3].map((i) => {
      return world.hold(`t${String(i)}`, semaphore$(world.join().zk, path, once));
    });
    world.time.advanceBy(100);
    expect(tries.map((one) => one.log.join()).sort()).toEqual(['TimeoutError', 'h', 'h']);
    for (const { subscription } of tries) subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs when waitMs is over, at the gate and before it', () => {
    const { world } = crowd(2);
    const waiting = [1, 2].map((i) => {
      const options = { maxLeases: 2, waitMs: 500 };
      return world.hold(`t${String(i)}`, semaphore$(world.join().zk, path, options));
    });
    world.time.advanceBy(490);
    expect(waiting.map(({ log }) => log)).toEqual([[], []]);
    world.time.advanceBy(50);
    expect(waiting.map(({ log }) => log)).toEqual([['TimeoutError'], ['TimeoutError']]);
    expect(world.names(gate)).toEqual([]);
  });

  it('completes when the client is closed while it waits; ends by its signal while it holds', () => {
    const { world } = crowd(2);
    const waiters = [world.join(), world.join()].map(({ zk }) => {
      const holding = world.hold('w', semaphore$(zk, path, { maxLeases: 2 }));
      world.time.advanceBy(50);
      void zk.close();
      return holding;
    });
    const unreachable = world.join();
    world.network.at(unreachable.address).partition();
    waiters.push(world.hold('u', semaphore$(unreachable.zk, path, { maxLeases: 2 })));
    void unreachable.zk.close();
    world.time.advanceBy(50);
    expect(waiters.map(({ log }) => log)).toEqual([['|'], ['|'], ['|']]);
    const controller = new AbortController();
    const options = { maxLeases: 3, signal: controller.signal };
    const log: unknown[] = [];
    semaphore$(world.join().zk, '/other', options).subscribe({
      next: (lease) => log.push(lease.valid()),
      error: (error) => log.push(error),
    });
    world.time.advanceBy(50);
    controller.abort('enough');
    expect(log).toEqual([true, 'enough']);
    world.time.advanceBy(50);
    expect(world.names('/other')).toEqual([]);
  });

  it('is one lease for each subscription, also within one client', () => {
    const world = new World({ mayHold: atMost(2) });
    const { zk } = world.join();
    const lease$ = semaphore$(zk, path, { maxLeases: 2 });
    const logs = ['a', 'b', 'c'].map((who) => world.hold(who, lease$).log);
    world.time.advanceBy(100);
    expect(logs.flat()).toEqual(['h', 'h']);
  });

  it.each([
    [{}, 'maxLeases'],
    [{ maxLeases: 0 }, 'maxLeases'],
    [{ maxLeases: 1.5 }, 'maxLeases'],
    [{ maxLeases: 2 ** 31 }, 'maxLeases'],
    [{ maxLeases: 2, alsoWaitFor: ['x'] }, 'alsoWaitFor'],
    [{ maxLeases: 2, layout: 'etcd' }, 'layout'],
  ])('refuses %j on subscribe, naming the option', (options, option) => {
    const world = new World();
    // What the types forbid is what is tested.
    const lease$ = semaphore$(world.join().zk, path, options as unknown as SemaphoreOptions);
    const { errors } = world.hold('a', lease$);
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(errors[0]).toMatchObject({ option, operation: 'semaphore$', path });
  });

  it('refuses the root, whose children are not its own', () => {
    const world = new World();
    const { errors } = world.hold('a', semaphore$(world.join().zk, '/', { maxLeases: 2 }));
    expect(errors[0]).toBeInstanceOf(InvalidPathError);
  });
});

describe('withSemaphore', () => {
  it('runs the source while a lease is held, and gives it back before it completes', () => {
    const world = new World();
    const { zk } = world.join();
    const log: string[] = [];
    of('work')
      .pipe(withSemaphore(zk, path, { maxLeases: 2 }))
      .subscribe({
        next: (value) => log.push(`${value} with ${String(world.names(path)?.length)}`),
        complete: () => log.push(`done with ${String(world.names(path)?.length)}`),
      });
    world.time.advanceBy(50);
    expect(log).toEqual(['work with 1', 'done with 0']);
    NEVER.pipe(withSemaphore(zk, path, { maxLeases: 2 }))
      .subscribe()
      .unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('leaseHolders$', () => {
  it.each(['kazoo', 'curator'] as const)('tells who holds, as they come and go (%s)', (layout) => {
    const { world, holdings } = crowd(2, { layout });
    const { zk } = world.join();
    const seen: string[] = [];
    const paths: string[] = [];
    const looking = leaseHolders$(zk, path, { layout }).subscribe((holders) => {
      seen.push(holders.map(({ identifier }) => identifier).join());
      paths.push(...holders.map((holder) => holder.path));
    });
    world.time.advanceBy(50);
    holdings[0]?.subscription.unsubscribe();
    world.time.advanceBy(50);
    holdings[1]?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(seen).toEqual(['c0,c1', 'c1', '']);
    expect(paths.slice(0, 2)).toEqual(holdings.map(({ leases }) => pathOf(leases[0])));
    void zk.close();
    world.time.advanceBy(50);
    expect(looking.closed).toBe(true);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('tells of none while there is no such znode', () => {
    const world = new World();
    const seen: unknown[] = [];
    leaseHolders$(world.join().zk, path).subscribe((holders) => seen.push(holders));
    world.time.advanceBy(50);
    expect(seen).toEqual([[]]);
  });
});
