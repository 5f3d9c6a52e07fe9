/** Processing the entries of a queue. */

import { delay, finalize, NEVER, of, Subject, take, throwError } from 'rxjs';
import { type Lease } from '../../src/client/lease.js';
import { consume$ } from '../../src/recipes/queue/consume.js';
import { packItems } from '../../src/recipes/queue/curator-items.js';
import { enqueue } from '../../src/recipes/queue/enqueue.js';
import { type ConsumeOptions } from '../../src/recipes/queue/queue-options.js';
import { toUtf8 } from '../../src/recipes/core/utf8.js';
import { fill, left, others, path, tell, textOf } from './queues.js';
import { expiryMs, nothing, sessionTimeoutMs, World } from './world.js';

const marks = `${path}/taken`;
const first = 'entry-100-0000000000';

/** A consumer that never gets done with an entry: the fences of what it had. */
function stubborn(world: World) {
  const fences: bigint[] = [];
  const project = (_entry: unknown, { fence }: Lease) => {
    fences.push(fence);
    return NEVER;
  };
  tell(consume$(world.join().zk, path, project));
  return { fences };
}

describe('consume$', () => {
  it('marks an entry while it is processed, and removes both at once when that completes', () => {
    const world = new World();
    fill(world, ['a', 'b']);
    const { zk } = world.join();
    const work = new Subject<string>();
    const leases: Lease[] = [];
    const told = tell(
      consume$(zk, path, (_entry, lease) => {
        leases.push(lease);
        return work.pipe(take(1));
      }),
    );
    world.time.advanceBy(100);
    expect(world.names(marks)).toEqual([first]);
    const { data, stat, ephemeralOwner } = world.server.tree()[`${marks}/${first}`] ?? {};
    expect(Buffer.from(data ?? []).toString()).toMatch(/^[0-9a-f]{32}$/);
    expect(ephemeralOwner).toBe(zk.session?.id);
    expect(leases[0]?.fence).toBe(stat?.czxid);
    expect(leases[0]?.valid()).toBe(true);
    expect(left(world)).toEqual(['a', 'b']);
    work.next('done with a');
    expect(leases[0]?.valid()).toBe(false);
    world.time.advanceBy(100);
    expect([told.log, left(world), leases.length]).toEqual([['done with a'], ['b'], 2]);
    expect(leases[1]?.fence).toBeGreaterThan(leases[0]?.fence ?? 0n);
    told.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(left(world)).toEqual(['b']);
    expect(world.leftovers()).toEqual(nothing);
    expect(others(world)).toEqual([path, `${path}/entries`, marks]);
  });

  it('waits for entries without polling', () => {
    const world = new World();
    const { zk } = world.join();
    const told = tell(consume$(zk, path, (entry) => of(textOf(entry))));
    fill(world, ['a']);
    expect(told.log).toEqual(['a']);
    world.time.advanceBy(100);
    const before = world.server.requestCounts();
    world.time.advanceBy(60_000);
    expect({ ...world.server.requestCounts(), ping: 0 }).toEqual({ ...before, ping: 0 });
    fill(world, ['b']);
    expect(told.log).toEqual(['a', 'b']);
  });

  it('costs two writes for each of a long queue', () => {
    const world = new World();
    const { zk } = world.join({ idleGraceMs: Infinity });
    const told = tell(consume$(zk, path, (entry) => of(textOf(entry))));
    fill(world, ['first']);
    const before = world.server.requestCounts();
    fill(world, ['a', 'b', 'c']);
    expect(told.log).toEqual(['first', 'a', 'b', 'c']);
    const after = world.server.requestCounts();
    const count = (name: 'multi' | 'delete' | 'create2') =>
      (after[name] ?? 0) - (before[name] ?? 0);
    // One puts them in, then each is marked and removed with its mark.
    expect(count('multi')).toBe(1 + 3 * 2);
    // The receipt of the one who put them in; and the waiting line is left once and joined once.
    expect([count('delete'), count('create2')]).toEqual([1 + 1, 1]);
  });

  it('processes as many at a time as it is allowed, by priority', () => {
    const world = new World();
    fill(world, ['a', 'b', 'c', 'd']);
    fill(world, ['urgent'], { priority: 1 });
    const running = new Set<string>();
    const order: string[] = [];
    let most = 0;
    const told = tell(
      consume$(
        world.join().zk,
        path,
        (entry) => {
          const text = textOf(entry);
          running.add(text);
          order.push(text);
          most = Math.max(most, running.size);
          return of(text).pipe(
            delay(100, world.time),
            finalize(() => running.delete(text)),
          );
        },
        { concurrency: 3 },
      ),
    );
    world.time.advanceBy(1000);
    expect([most, [...order.slice(0, 3)].sort()]).toEqual([3, ['a', 'b', 'urgent']]);
    expect(order.slice(3)).toEqual(['c', 'd']);
    expect(told.log).toHaveLength(5);
    expect(left(world)).toEqual([]);
  });

  it('gives an entry back whose project errs, goes on with the next, and tries again after a while', () => {
    const world = new World();
    fill(world, ['bad', 'good']);
    let tries = 0;
    const told = tell(
      consume$(world.join().zk, path, (entry) => {
        if (textOf(entry) === 'good' || ++tries === 3) return of(textOf(entry));
        if (tries === 1) throw new Error('thrown');
        return throwError(() => new Error('told'));
      }),
    );
    world.time.advanceBy(900);
    expect([told.log, tries, left(world)]).toEqual([['good'], 1, ['bad']]);
    expect(world.names(marks)).toEqual([]);
    world.time.advanceBy(1000);
    expect([told.log, tries]).toEqual([['good'], 2]);
    world.time.advanceBy(1100);
    expect([told.log, tries, left(world)]).toEqual([['good', 'bad'], 3, []]);
  });

  it('tries again after that time also when somebody has set its clock back meanwhile', () => {
    const world = new World();
    fill(world, ['a']);
    let tries = 0;
    const member = world.join();
    member.wallMs = 86_400_000;
    const told = tell(
      consume$(member.zk, path, (entry) =>
        ++tries === 1 ? throwError(() => new Error('no')) : of(textOf(entry)),
      ),
    );
    world.time.advanceBy(100);
    expect(tries).toBe(1);
    member.wallMs = 0;
    world.time.advanceBy(3000);
    expect(told.log).toEqual(['a']);
  });

  it('lets another have what it leaves alone', () => {
    const world = new World();
    fill(world, ['a']);
    const failing = tell(
      consume$(world.join().zk, path, () => throwError(() => new Error('no')), {
        retryDelayMs: 60_000,
      }),
    );
    world.time.advanceBy(100);
    const told = tell(consume$(world.join().zk, path, (entry) => of(textOf(entry))));
    world.time.advanceBy(100);
    expect([failing.log, told.log, left(world)]).toEqual([[], ['a'], []]);
  });

  it('asks onError, and removes what it says', () => {
    const world = new World();
    fill(world, ['a', 'b']);
    const seen: unknown[] = [];
    const told = tell(
      consume$(world.join().zk, path, (entry) => throwError(() => new Error(textOf(entry))), {
        onError: (error, entry) => {
          seen.push([String(error), textOf(entry)]);
          return 'remove';
        },
      }),
    );
    world.time.advanceBy(500);
    expect(seen).toEqual([
      ['Error: a', 'a'],
      ['Error: b', 'b'],
    ]);
    expect([told.log, left(world), world.names(marks)]).toEqual([[], [], []]);
  });

  it('errs with what onError throws, when the entry is back in the queue', () => {
    const world = new World();
    fill(world, ['a', 'b']);
    const marksWhenTold: unknown[] = [];
    const told = tell(
      consume$(world.join().zk, path, () => throwError(() => new Error('bad')), {
        onError: (error) => {
          throw error;
        },
      }),
    );
    told.subscription.add(() => marksWhenTold.push(world.names(marks)));
    world.time.advanceBy(500);
    expect(told.errors).toMatchObject([{ message: 'bad' }]);
    expect(marksWhenTold).toEqual([[]]);
    expect(left(world)).toEqual(['a', 'b']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each(['suspended', 'lease'] as const)(
    'unsubscribes the project before the state is seen when the lease is lost (giveUp "%s")',
    (giveUp) => {
      const world = new World();
      fill(world, ['a']);
      const { zk, address } = world.join();
      const log: string[] = [];
      zk.state$.subscribe(({ status }) => log.push(status));
      const project = () => NEVER.pipe(finalize(() => log.push('stopped')));
      const told = tell(consume$(zk, path, project, { giveUp }));
      world.time.advanceBy(100);
      log.length = 0;
      if (giveUp === 'lease') {
        world.network.at(address).partition();
        world.time.advanceBy(sessionTimeoutMs);
      } else {
        world.network.at(address).reset();
        world.time.advanceBy(1);
      }
      expect(log[0]).toBe('stopped');
      expect(told.errors).toEqual([]);
      world.network.at(address).heal();
      world.time.advanceBy(2 * expiryMs);
      // It is his again.
      expect(world.names(marks)).toEqual([first]);
    },
  );

  it('rides out a short disconnect in the middle of the work', () => {
    const world = new World();
    fill(world, ['a']);
    const { zk, address } = world.join();
    let runs = 0;
    const told = tell(
      consume$(zk, path, (entry) => {
        runs++;
        return of(textOf(entry)).pipe(delay(1500, world.time));
      }),
    );
    world.time.advanceBy(100);
    world.network.at(address).reset();
    world.time.advanceBy(5000);
    expect([told.log, runs, left(world)]).toEqual([['a'], 1, []]);
  });

  it('loses an entry to another when its session is over, and leaves it to him', () => {
    const world = new World();
    fill(world, ['a']);
    const a = world.join();
    let stopped = 0;
    const dead = tell(consume$(a.zk, path, () => NEVER.pipe(finalize(() => stopped++))));
    world.time.advanceBy(100);
    const told = tell(consume$(world.join().zk, path, (entry) => of(textOf(entry))));
    world.time.advanceBy(100);
    expect(told.log).toEqual([]);
    world.network.at(a.address).partition();
    world.time.advanceBy(2 * expiryMs);
    expect([told.log, stopped, left(world)]).toEqual([['a'], 1, []]);
    world.network.at(a.address).heal();
    world.time.advanceBy(5000);
    expect(dead.log).toEqual([]);
    dead.subscription.unsubscribe();
    told.subscription.unsubscribe();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it('does not touch the mark of the next when it comes back from where it was cut off', () => {
    const world = new World();
    fill(world, ['a']);
    const cutOff = world.join();
    tell(consume$(cutOff.zk, path, () => NEVER, { giveUp: 'suspended' }));
    world.time.advanceBy(100);
    world.network.at(cutOff.address).partition();
    world.network.at(cutOff.address).reset();
    world.time.advanceBy(1000);
    const next = stubborn(world);
    world.time.advanceBy(2 * expiryMs);
    expect(next.fences).toHaveLength(1);
    world.network.at(cutOff.address).heal();
    world.time.advanceBy(2 * expiryMs);
    expect([next.fences.length, world.server.tree()[`${marks}/${first}`]?.stat.czxid]).toEqual([
      1,
      next.fences[0],
    ]);
  });

  it('does not touch the mark of the next when the reply to its own delete is lost', () => {
    const world = new World();
    fill(world, ['a']);
    const { zk, address } = world.join();
    const options = { retryDelayMs: 60_000 };
    const work = new Subject<never>();
    tell(consume$(zk, path, () => work, options));
    world.time.advanceBy(100);
    const next = stubborn(world);
    world.time.advanceBy(100);
    // The opcode of delete, behind the length and the xid.
    const isDelete = (chunk: Uint8Array) => chunk[11] === 2;
    world.network
      .at(address)
      .resetOnce({ direction: 'toServer', when: 'after', matching: isDelete });
    work.error(new Error('no'));
    world.time.advanceBy(5000);
    expect(zk.state.status).toBe('connected');
    expect([next.fences.length, world.server.tree()[`${marks}/${first}`]?.stat.czxid]).toEqual([
      1,
      next.fences[0],
    ]);
  });

  it('is stopped, and does not remove the entry, when somebody deletes its mark', () => {
    const world = new World();
    fill(world, ['a']);
    const { zk } = world.join();
    const work = new Subject<string>();
    let stopped = 0;
    const project = () =>
      work.pipe(
        take(1),
        finalize(() => stopped++),
      );
    const stuck = tell(consume$(zk, path, project));
    world.time.advanceBy(100);
    const other = world.join().zk;
    const told = tell(consume$(other, path, () => NEVER));
    world.time.advanceBy(100);
    other.delete(`${marks}/${first}`).subscribe();
    world.time.advanceBy(100);
    work.next('too late');
    world.time.advanceBy(100);
    expect([stopped, left(world), world.names(marks)]).toEqual([1, ['a'], [first]]);
    expect([stuck.log, told.log]).toEqual([[], []]);
  });

  it('goes on when the queue is removed in the middle of the work and made again', () => {
    const world = new World();
    fill(world, ['a']);
    const { zk } = world.join();
    const told = tell(consume$(zk, path, (entry) => of(textOf(entry)).pipe(delay(50, world.time))));
    world.time.advanceBy(30);
    zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(500);
    fill(world, ['b']);
    world.time.advanceBy(500);
    expect(told.log.at(-1)).toBe('b');
    expect(told.errors).toEqual([]);
    expect(left(world)).toEqual([]);
  });

  it('errs when it may not mark or remove, with the reason of its signal, and completes with its client', () => {
    const world = new World();
    const { zk } = world.join();
    const readOnly = [{ perms: 1, scheme: 'world', id: 'anyone' }];
    // Delete is a right on the parent: entries can be marked, but not removed.
    const noDelete = [{ perms: 31 - 8, scheme: 'world', id: 'anyone' }];
    zk.ensurePath('/a').subscribe();
    zk.ensurePath('/b').subscribe();
    zk.create('/a/entries').subscribe();
    zk.create('/a/taken', null, { acl: readOnly }).subscribe();
    zk.create('/b/entries', null, { acl: noDelete }).subscribe();
    world.time.advanceBy(50);
    for (const queue of ['/a', '/b']) tell(enqueue(zk, queue, 'x'));
    world.time.advanceBy(50);
    const project = () => of('done');
    const stop = new AbortController();
    const unmarked = tell(consume$(zk, '/a', project));
    const unremoved = tell(consume$(zk, '/b', project));
    const stopped = tell(consume$(zk, path, project, { signal: stop.signal }));
    const closed = tell(consume$(zk, path, project));
    world.time.advanceBy(100);
    expect(unmarked.errors).toMatchObject([{ name: 'TransactionError', code: -102 }]);
    expect(unremoved.log).toEqual(['done', 'TransactionError']);
    stop.abort(new Error('enough'));
    void zk.close();
    world.time.advanceBy(100);
    expect(stopped.errors).toMatchObject([{ message: 'enough' }]);
    expect(closed.log).toEqual(['|']);
    expect(tell(consume$(zk, path, project)).log).toEqual(['|']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('completes when its client is closed in the middle of the work, and the entry is left', () => {
    const world = new World();
    fill(world, ['a']);
    const { zk } = world.join();
    let stopped = 0;
    const told = tell(consume$(zk, path, () => NEVER.pipe(finalize(() => stopped++))));
    world.time.advanceBy(100);
    void zk.close();
    expect(stopped).toBe(1);
    world.time.advanceBy(100);
    expect([told.log, left(world)]).toEqual([['|'], ['a']]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    ['concurrency', { concurrency: 0 }],
    ['giveUp', { giveUp: 'never' as 'lease' }],
    ['retryDelayMs', { retryDelayMs: -1 }],
    ['onError', { onError: 'remove' as never }],
    ['lockPath', { layout: 'curator' }],
    ['layout', { layout: 'kazoo-queue' }],
    ['layout', { layout: 'curator-simple' }],
    ['waitMs', { waitMs: 1 } as ConsumeOptions],
  ] satisfies [string, ConsumeOptions][])(
    'names the option %s that cannot be used',
    (option, options) => {
      const { errors } = tell(consume$(new World().join().zk, path, () => NEVER, options));
      expect(errors).toMatchObject([{ name: 'InvalidOptionError', option, operation: 'consume$' }]);
    },
  );
});

describe("consume$ of Curator's queues", () => {
  const options = { layout: 'curator', lockPath: '/locks' } as const;

  it('marks under the lock path, and processes an entry with several items one by one', () => {
    const world = new World();
    const { zk } = world.join();
    zk.create(path).subscribe();
    zk.create(`${path}/queue-0000000000`, packItems(['a', 'b'].map(toUtf8))).subscribe();
    zk.create(`${path}/queue-0000000001`, packItems([toUtf8('c')])).subscribe();
    const seen: unknown[] = [];
    const told = tell(
      consume$(
        zk,
        path,
        (entry) => {
          seen.push([textOf(entry), world.names('/locks'), left(world, 'curator')]);
          return of(textOf(entry));
        },
        options,
      ),
    );
    world.time.advanceBy(200);
    expect(seen).toEqual([
      ['a', ['queue-0000000000'], ['a', 'b', 'c']],
      ['b', ['queue-0000000000'], ['b', 'c']],
      ['c', ['queue-0000000001'], ['c']],
    ]);
    expect(told.log).toEqual(['a', 'b', 'c']);
    expect([world.names(path), world.names('/locks')]).toEqual([[], []]);
  });

  it('tells onError of bytes that are no entry', () => {
    const world = new World();
    const { zk } = world.join();
    zk.create(path).subscribe();
    zk.create(`${path}/queue-0000000000`, 'not packed').subscribe();
    const seen: unknown[] = [];
    const onError: ConsumeOptions['onError'] = (error, entry) => {
      seen.push([(error as Error).name, textOf(entry)]);
      return 'remove';
    };
    tell(consume$(zk, path, () => NEVER, { ...options, onError }));
    world.time.advanceBy(200);
    expect(seen).toEqual([['DecodeError', 'not packed']]);
    expect(world.names(path)).toEqual([]);
  });
});
