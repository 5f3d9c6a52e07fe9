/** Our locks, read/write locks and semaphores and Curator's, on the same znodes of a real server. */

import { NEVER, type MonoTypeOperatorFunction } from 'rxjs';
import {
  contenders$,
  create,
  leaseHolders$,
  lock$,
  migrate,
  readLock$,
  requestRevocation,
  semaphore$,
  withLock,
  withReadLock,
  withSemaphore,
  withWriteLock,
  writeLock$,
  type ZooKeeper,
} from '../../../src/index.js';
import { record } from '../../contract/support/recording.js';
import { Contest, mostAtOnce, type Section, together, turns } from './contest.js';
import { describeCurator } from './world.js';

const layout = 'curator';
const protectedName = /_c_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-/;
const plain = (path: string) => path.replace(protectedName, '<protected>-');

describeCurator('locks of Curator', (world) => {
  describe('a lock', () => {
    it('passes between InterProcessMutex and lock$, and each sees who waits', async () => {
      const { zk, make } = world();
      const theirs = await make('mutex', '/lock');
      const look = await make('mutex', '/lock');
      const ours = record(lock$(zk, '/lock', { layout, identifier: 'rxzk' }));
      await ours.count(1);
      const acquired = theirs('acquire');
      const inLine = record(contenders$(zk, '/lock', { layout }));
      const queue = await inLine.settles('both', ({ length }) => length === 2);
      expect(queue.map(({ path }) => plain(path))).toEqual([
        '/lock/<protected>-lock-0000000000',
        '/lock/<protected>-lock-0000000001',
      ]);
      // Curator's identifier is the address of its host.
      expect(queue[0]?.identifier).toBe('rxzk');
      expect(queue[1]?.identifier).toMatch(/^[0-9a-f.:]+/);
      expect(await look('participants')).toEqual(queue.map(({ path }) => zk.chroot + path));
      ours.unsubscribe();
      expect(await acquired).toBe(true);
      const again = record(lock$(zk, '/lock', { layout }));
      await inLine.settles('both', ({ length }) => length === 2);
      expect(again.values).toEqual([]);
      await theirs('release');
      await again.count(1);
      expect(await theirs('try')).toBe(false);
      expect(again.values[0]?.fence).toBeGreaterThan(ours.values[0]?.fence ?? 0n);
    });

    type Under = (zk: ZooKeeper) => MonoTypeOperatorFunction<Section>;
    it.each<[string, Under]>([
      ['mutex', (zk) => withLock(zk, '/lock', { layout })],
      ['semaphoreMutex', (zk) => withSemaphore(zk, '/lock', { layout, maxLeases: 1 })],
      ['write', (zk) => withWriteLock(zk, '/lock', { layout })],
    ])('is held by one at a time when both contend: %s', async (kind, under) => {
      const { zk, make } = world();
      const contest = await Contest.begin(zk, { times: 8, rivals: 4 });
      const sections = await Promise.all([
        contest.theirs('java-1', make(kind, '/lock')),
        contest.theirs('java-2', make(kind, '/lock')),
        contest.ours('ours-1', under(zk)),
        contest.ours('ours-2', under(zk)),
      ]);
      expect(mostAtOnce(sections.flat())).toBe(1);
      expect(turns(sections.flat())).toBeGreaterThan(8);
    });

    it('is asked for with a Revoker, and we see it', async () => {
      const { zk, make } = world();
      const ours = record(lock$(zk, '/lock', { layout }));
      await ours.count(1);
      const [lease] = ours.values;
      const asked = record(lease?.revocation$ ?? NEVER);
      const revoker = await make('revoker', lease?.path ?? '');
      expect(asked.values).toEqual([]);
      await revoker('revoke');
      await asked.count(1);
      expect(lease?.valid()).toBe(true);
    });

    it('is asked for by us, and a RevocationListener is told', async () => {
      const { zk, make } = world();
      const theirs = await make('mutex', '/lock');
      await theirs('revocable');
      expect(await theirs('acquire')).toBe(true);
      const ours = record(lock$(zk, '/lock', { layout }));
      const inLine = record(contenders$(zk, '/lock', { layout }));
      const [holder] = await inLine.settles('both', ({ length }) => length === 2);
      expect(await requestRevocation(zk, holder?.path ?? '')).toBe(true);
      expect(await theirs('asked')).toBe(true);
      expect(ours.values).toEqual([]);
      await theirs('release');
      await ours.count(1);
    });
  });

  describe('a read/write lock', () => {
    it('is read together, and written alone', async () => {
      const { zk, make } = world();
      const [read, write] = [await make('read', '/rw'), await make('write', '/rw')];
      const ours = record(readLock$(zk, '/rw', { layout }));
      await ours.count(1);
      expect(await read('acquire')).toBe(true);
      expect(await write('try')).toBe(false);
      const writer = record(writeLock$(zk, '/rw', { layout, identifier: 'our writer' }));
      const inLine = record(contenders$(zk, '/rw', { layout }));
      const queue = await inLine.settles('three', ({ length }) => length === 3);
      expect(queue.map(({ path, access }) => `${access} ${plain(path).slice(0, -10)}`)).toEqual([
        'shared /rw/<protected>-__READ__',
        'shared /rw/<protected>-__READ__',
        'exclusive /rw/<protected>-__WRIT__',
      ]);
      expect(queue[1]?.identifier).toMatch(/^[0-9a-f.:]+/);
      expect(queue[2]?.identifier).toBe('our writer');
      // Curator tells readers and writers apart.
      const paths = queue.map(({ path }) => zk.chroot + path);
      expect(await read('participants')).toEqual(paths.slice(0, 2));
      expect(await write('participants')).toEqual(paths.slice(2));
      ours.unsubscribe();
      await inLine.settles('two', ({ length }) => length === 2);
      expect(writer.values).toEqual([]);
      await read('release');
      await writer.count(1);
      expect(await read('try')).toBe(false);
      const acquired = write('acquire');
      await inLine.settles('their writer', ({ length }) => length === 2);
      writer.unsubscribe();
      expect(await acquired).toBe(true);
      const reader = record(readLock$(zk, '/rw', { layout }));
      await inLine.settles('our reader', ({ length }) => length === 2);
      expect(reader.values).toEqual([]);
      await write('release');
      await reader.count(1);
    });

    it('has no writer inside with anybody when both contend', async () => {
      const { zk, make } = world();
      const contest = await Contest.begin(zk, { times: 6, rivals: 6, dwellMs: 5 });
      const readers = Promise.all([
        contest.theirs('java-1', make('read', '/rw')),
        contest.theirs('java-2', make('read', '/rw')),
        contest.ours('ours-1', withReadLock(zk, '/rw', { layout })),
        contest.ours('ours-2', withReadLock(zk, '/rw', { layout })),
      ]);
      const writers = Promise.all([
        contest.theirs('java-3', make('write', '/rw')),
        contest.ours('ours-3', withWriteLock(zk, '/rw', { layout })),
      ]);
      const [reads, writes] = [(await readers).flat(), (await writers).flat()];
      expect(mostAtOnce(writes)).toBe(1);
      expect(together(writes, reads)).toEqual([]);
      expect(mostAtOnce(reads)).toBeGreaterThan(1);
      expect(turns([...reads, ...writes])).toBeGreaterThan(8);
    });
  });

  describe('a semaphore', () => {
    it('has no more leases than it has, for InterProcessSemaphoreV2 and semaphore$', async () => {
      const { zk, make } = world();
      const options = { layout, maxLeases: 2 } as const;
      const theirs = await make('semaphore', '/semaphore', 2);
      const ours = record(semaphore$(zk, '/semaphore', { ...options, identifier: 'rxzk' }));
      await ours.count(1);
      expect(await theirs('acquire')).toMatch(/lease-0000000001$/);
      const holders = record(leaseHolders$(zk, '/semaphore', { layout }));
      const both = await holders.settles('both', ({ length }) => length === 2);
      expect(both.map(({ path }) => plain(path))).toEqual([
        '/semaphore/leases/<protected>-lease-0000000000',
        '/semaphore/leases/<protected>-lease-0000000001',
      ]);
      expect(both[0]?.identifier).toBe('rxzk');
      const names = both.map(({ path }) => path.split('/').at(-1));
      expect(
        ((await theirs('holders')) as string[]).map((one) => one.split('/').at(-1)).sort(),
      ).toEqual(names.sort());
      expect(await theirs('try')).toBeNull();
      const late = record(semaphore$(zk, '/semaphore', options));
      const third = record(semaphore$(zk, '/semaphore', options));
      expect([late.values, third.values]).toEqual([[], []]);
      await theirs('release');
      await Promise.race([late.count(1), third.count(1)]);
      expect(late.values.length + third.values.length).toBe(1);
      ours.unsubscribe();
      await Promise.all([late.count(1), third.count(1)]);
      const waiting = theirs('acquire');
      late.unsubscribe();
      expect(await waiting).toMatch(/lease-/);
      await theirs('release');
    });

    it('has no more leases than it has when both contend', async () => {
      const { zk, make } = world();
      const contest = await Contest.begin(zk, { times: 5, rivals: 5, dwellMs: 30 });
      const options = { layout, maxLeases: 2 } as const;
      const sections = await Promise.all([
        contest.theirs('java-1', make('semaphore', '/semaphore', 2)),
        contest.theirs('java-2', make('semaphore', '/semaphore', 2)),
        contest.ours('ours-1', withSemaphore(zk, '/semaphore', options)),
        contest.ours('ours-2', withSemaphore(zk, '/semaphore', options)),
        contest.ours('ours-3', withSemaphore(zk, '/semaphore', options)),
      ]);
      expect(mostAtOnce(sections.flat())).toBe(2);
      expect(turns(sections.flat())).toBeGreaterThan(8);
    });
  });

  describe('migrations', () => {
    it('wait for the lock that Curator migrates under', async () => {
      const { zk, make } = world();
      const theirs = await make('semaphoreMutex', '/locks/shop');
      expect(await theirs('acquire')).toBe(true);
      const migrations = [{ operations: [create('/shop')] }];
      const set = { id: 'shop', lockPath: '/locks', metaDataPath: '/done', migrations };
      const ours = record(migrate(zk, set));
      await record(contenders$(zk, '/locks/shop/locks', { layout })).settles(
        'us',
        (all) => all.length === 1,
      );
      expect(await zk.exists('/shop')).toBeNull();
      await theirs('release');
      await ours.count(1);
      expect(ours.values).toEqual([1]);
      expect(await theirs('try')).toBe(true);
      await theirs('release');
    });
  });
});
