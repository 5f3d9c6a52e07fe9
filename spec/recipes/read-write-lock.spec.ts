/** The read/write lock on virtual time: who waits for whom, in both layouts. */

import { NEVER, of } from 'rxjs';
import { InvalidOptionError } from '../../src/errors/client-errors.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { type Layout } from '../../src/recipes/core/options.js';
import {
  readLock$,
  withReadLock,
  withWriteLock,
  writeLock$,
} from '../../src/recipes/locks/read-write-lock.js';
import { fencesIncrease, nothing, readersTogether, World } from './world.js';

const path = '/locks/index';

/** Contenders that come one after the other: `r…` to read, `w…` to write. */
function queue(whos: readonly string[], layout: Layout = 'kazoo') {
  const world = new World({ mayHold: readersTogether });
  const holdings = new Map(
    whos.map((who) => {
      const { zk } = world.join();
      const acquire = who.startsWith('r') ? readLock$ : writeLock$;
      const holding = world.hold(who, acquire(zk, path, { layout, identifier: who }));
      world.time.advanceBy(30);
      return [who, holding];
    }),
  );
  const holders = () =>
    whos.filter((who) => holdings.get(who)?.current?.valid() === true).join(' ');
  const release = (who: string) => {
    holdings.get(who)?.subscription.unsubscribe();
    world.time.advanceBy(30);
  };
  return { world, holders, release };
}

describe.each(['kazoo', 'curator'] as const)('a read/write lock in the layout of %s', (layout) => {
  it('is held by many readers at once', () => {
    const { world, holders, release } = queue(['r1', 'r2', 'r3'], layout);
    expect(holders()).toBe('r1 r2 r3');
    for (const who of ['r2', 'r1', 'r3']) release(who);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('lets a writer wait for all readers before it, and readers after it wait for the writer', () => {
    const { world, holders, release } = queue(['r1', 'r2', 'w1', 'r3', 'r4', 'w2'], layout);
    expect(holders()).toBe('r1 r2');
    release('r2');
    expect(holders()).toBe('r1');
    release('r1');
    expect(holders()).toBe('w1');
    release('w1');
    expect(holders()).toBe('r3 r4');
    release('r3');
    release('r4');
    expect(holders()).toBe('w2');
    release('w2');
    expect(fencesIncrease(world)).toBe(true);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('lets readers in when the writer they wait for gives up while another writer holds', () => {
    const { holders, release } = queue(['w1', 'w2', 'r1'], layout);
    release('w2');
    expect(holders()).toBe('w1');
    release('w1');
    expect(holders()).toBe('r1');
  });

  it('lets a reader in among readers when the writer between them gives up', () => {
    const { holders, release } = queue(['r1', 'w1', 'r2'], layout);
    expect(holders()).toBe('r1');
    release('w1');
    expect(holders()).toBe('r1 r2');
  });
});

describe('the znodes of a read/write lock', () => {
  it('are named as kazoo names them', () => {
    const { world } = queue(['r1', 'w1']);
    expect(world.names(path)?.sort(byNumber)).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}__rlock__0000000000$/),
      expect.stringMatching(/^[0-9a-f]{32}__lock__0000000001$/),
    ]);
  });

  it('are named as Curator names them, below containers', () => {
    const { world } = queue(['r1', 'w1'], 'curator');
    const id = '_c_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-';
    expect(world.names(path)?.sort(byNumber)).toEqual([
      expect.stringMatching(new RegExp(`^${id}__READ__0000000000$`)),
      expect.stringMatching(new RegExp(`^${id}__WRIT__0000000001$`)),
    ]);
    expect(world.server.requestCounts()).toMatchObject({ createContainer: 3 });
  });

  it('are waited for by a reader of ours whose writer of Curator reads on under its own number', () => {
    const world = new World({ mayHold: readersTogether });
    const { zk } = world.join();
    zk.ensurePath(path).subscribe();
    world.time.advanceBy(30);
    const uuid = '_c_00000000-0000-4000-8000-000000000000-';
    // What a write lock of Curator 5.3+ leaves when it is let down to a read lock.
    for (const name of [`${uuid}__WRIT__0000000000`, `${uuid}__READ__0000000000`]) {
      zk.create(`${path}/${name}`, null, { mode: 'ephemeral' }).subscribe();
    }
    world.time.advanceBy(30);
    const reader = world.hold('r', readLock$(world.join().zk, path, { layout: 'curator' }));
    const writer = world.hold('w', writeLock$(world.join().zk, path, { layout: 'curator' }));
    world.time.advanceBy(50);
    expect([reader.log, writer.log]).toEqual([[], []]);
    zk.delete(`${path}/${uuid}__WRIT__0000000000`).subscribe();
    world.time.advanceBy(50);
    expect([reader.log, writer.log]).toEqual([['h'], []]);
    reader.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(writer.log).toEqual([]);
    zk.delete(`${path}/${uuid}__READ__0000000000`).subscribe();
    world.time.advanceBy(50);
    expect(writer.log).toEqual(['h']);
  });
});

describe('readLock$ and writeLock$', () => {
  it('try once with waitMs 0', () => {
    const { world, holders } = queue(['r1']);
    const writer = world.hold('w1', writeLock$(world.join().zk, path, { waitMs: 0 }));
    world.time.advanceBy(30);
    const reader = world.hold('r2', readLock$(world.join().zk, path, { waitMs: 0 }));
    world.time.advanceBy(30);
    expect([writer.log, reader.log, holders()]).toEqual([['TimeoutError'], ['h'], 'r1']);
    expect(writer.errors[0]).toMatchObject({ operation: 'writeLock$', path, timeoutMs: 0 });
  });

  it('are waited for by a plain lock that is told of readers', () => {
    const { world, release } = queue(['r1']);
    const lock = world.hold('l', lock$(world.join().zk, path, { alsoWaitFor: ['__rlock__'] }));
    world.time.advanceBy(30);
    expect(lock.log).toEqual([]);
    release('r1');
    expect(lock.log).toEqual(['h']);
  });

  it.each([readLock$, writeLock$])('refuse a layout that there is not', (acquire) => {
    const world = new World();
    // What the types forbid is what is tested.
    const { errors } = world.hold(
      'a',
      acquire(world.join().zk, path, { layout: 'etcd' as 'kazoo' }),
    );
    expect(errors[0]).toBeInstanceOf(InvalidOptionError);
    expect(errors[0]).toMatchObject({ option: 'layout', path });
  });
});

describe('withReadLock and withWriteLock', () => {
  it('run the source under the lock, and release before they complete', () => {
    const world = new World();
    const { zk } = world.join();
    const log: string[] = [];
    const note = (what: string) => ({
      next: () => log.push(`${what} with ${String(world.names(path)?.length)}`),
      complete: () => log.push(`${what} done with ${String(world.names(path)?.length)}`),
    });
    of(1).pipe(withReadLock(zk, path)).subscribe(note('read'));
    world.time.advanceBy(50);
    of(1).pipe(withWriteLock(zk, path)).subscribe(note('write'));
    world.time.advanceBy(50);
    expect(log).toEqual(['read with 1', 'read done with 0', 'write with 1', 'write done with 0']);
  });

  it('keep writers out while a reader runs', () => {
    const world = new World();
    const { zk } = world.join();
    const reading = NEVER.pipe(withReadLock(zk, path)).subscribe();
    world.time.advanceBy(50);
    const log: string[] = [];
    of('written')
      .pipe(withWriteLock(zk, path))
      .subscribe((value) => log.push(value));
    world.time.advanceBy(50);
    expect(log).toEqual([]);
    reading.unsubscribe();
    world.time.advanceBy(50);
    expect(log).toEqual(['written']);
    expect(world.leftovers()).toEqual(nothing);
  });
});

function byNumber(a: string, b: string): number {
  return Number(a.slice(-10)) - Number(b.slice(-10));
}
