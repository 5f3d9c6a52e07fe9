/** The contract of read/write locks, semaphores and several locks at once, and of looking on. */

import { concat, defer, map, NEVER, of } from 'rxjs';
import {
  contenders$,
  InvalidOptionError,
  type Layout,
  leader$,
  leaderElection$,
  leaseHolders$,
  lock$,
  multiLock$,
  readLock$,
  requestRevocation,
  semaphore$,
  whileHeld,
  withReadLock,
  withSemaphore,
  withWriteLock,
  writeLock$,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const layouts: readonly Layout[] = ['kazoo', 'curator'];

export function describeSharedLocks(target: ContractTarget): void {
  describe('shared locks', () => {
    for (const layout of layouts) describeLayout(target, layout);
    describeSeveral(target);
    describeLooking(target);
  });
}

/** Containers are older than all servers but those before 3.5.3. */
function describeLayout(target: ContractTarget, layout: Layout): void {
  it(`a read/write lock lets many read or one write (${layout})`, async () => {
    const chroot = await target.newChroot();
    const line = [readLock$, readLock$, writeLock$, readLock$];
    const contenders = [];
    for (const [index, acquire] of line.entries()) {
      const zk = target.clientAt(chroot);
      contenders.push(record(acquire(zk, '/rw', { layout })));
      await queueLength(zk, '/rw', index + 1);
    }
    const [first, second, writer, late] = contenders;
    await Promise.all([first?.count(1), second?.count(1)]);
    first?.unsubscribe();
    expect([writer?.values.length, late?.values.length]).toEqual([0, 0]);
    second?.unsubscribe();
    await writer?.count(1);
    expect(late?.values).toEqual([]);
    expect(writer?.last?.fence).toBeGreaterThan(second?.last?.fence ?? 0n);
    writer?.unsubscribe();
    await late?.count(1);
    late?.unsubscribe();
    await queueLength(target.clientAt(chroot), '/rw', 0);
  });

  it(`work that reads runs together, and work that writes after it (${layout})`, async () => {
    const chroot = await target.newChroot();
    const clients = [1, 2].map(() => target.clientAt(chroot));
    const reads = clients.map((zk) => {
      const reading$ = concat(of('reading'), NEVER);
      return record(reading$.pipe(withReadLock(zk, '/work', { layout })));
    });
    await Promise.all(reads.map((read) => read.count(1)));
    const zk = target.clientAt(chroot);
    const write = record(of('written').pipe(withWriteLock(zk, '/work', { layout })));
    await queueLength(zk, '/work', 3);
    expect(write.values).toEqual([]);
    for (const read of reads) read.unsubscribe();
    await write.completion();
    expect(write.values).toEqual(['written']);
    await queueLength(zk, '/work', 0);
  });

  it(`a semaphore lets two in at a time, under load, and loses nobody (${layout})`, async () => {
    const chroot = await target.newChroot();
    const clients = [1, 2, 3].map(() => target.clientAt(chroot));
    let inside = 0;
    let most = 0;
    let done = 0;
    const critical = async (zk: ZooKeeper): Promise<void> => {
      most = Math.max(most, ++inside);
      await zk.exists('/');
      inside--;
      done++;
    };
    const rounds = clients.flatMap((zk) =>
      Array.from({ length: 4 }, () =>
        record(
          defer(() => critical(zk)).pipe(withSemaphore(zk, '/sem', { maxLeases: 2, layout })),
        ).completion(),
      ),
    );
    await Promise.all(rounds);
    expect(done).toBe(12);
    expect(most).toBeLessThanOrEqual(2);
    const zk = target.clientAt(chroot);
    await queueLength(zk, layout === 'kazoo' ? '/sem' : '/sem/leases', 0);
    await queueLength(zk, layout === 'kazoo' ? '/sem-__lock__' : '/sem/locks', 0);
  });

  it(`an election is seen by those who look on (${layout})`, async () => {
    const chroot = await target.newChroot();
    const leader = record(leader$(target.clientAt(chroot), '/election', { layout }));
    await leader.settles('nobody', (who) => who === null);
    const stand = (identifier: string) =>
      record(leaderElection$(target.clientAt(chroot), '/election', { identifier, layout }));
    const ann = stand('ann');
    await leader.settles('ann', (who) => who === 'ann');
    const ben = stand('ben');
    await ben.settles('a leader', (value) => 'leader' in value);
    ann.unsubscribe();
    await leader.settles('ben', (who) => who === 'ben');
    ben.unsubscribe();
    await leader.settles('nobody', (who) => who === null);
    expect(leader.values).toEqual([null, 'ann', 'ben', null]);
  });
}

function describeSeveral(target: ContractTarget): void {
  it('a semaphore of another size is refused', async () => {
    const zk = await target.client();
    await record(semaphore$(zk, '/sem', { maxLeases: 2 })).count(1);
    const other = record(semaphore$(zk, '/sem', { maxLeases: 3 }));
    expect(await other.failure()).toBeInstanceOf(InvalidOptionError);
  });

  it('several locks are held together or not at all', async () => {
    const chroot = await target.newChroot();
    const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
    const both = record(multiLock$(zk, ['/b', '/a']));
    const [lease] = await both.count(1);
    expect(lease?.leases.map(({ path }) => path.slice(0, 3))).toEqual(['/b/', '/a/']);
    const blocked = record(multiLock$(other, ['/a', '/b'], { waitMs: 0 }));
    expect(await blocked.failure()).toMatchObject({ name: 'TimeoutError', path: '/a' });
    const waiting = record(multiLock$(other, ['/a', '/b']));
    await queueLength(other, '/a', 2);
    expect(waiting.values).toEqual([]);
    both.unsubscribe();
    expect(lease?.valid()).toBe(false);
    await waiting.count(1);
  });
}

function describeLooking(target: ContractTarget): void {
  it('contenders are told in order, and one of them is asked to give way', async () => {
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot);
    const queue = record(
      contenders$(zk, '/lock').pipe(map((all) => all.map(({ identifier }) => identifier).join())),
    );
    await queue.settles('nobody', (line) => line === '');
    const giving = record(
      lock$(target.clientAt(chroot), '/lock', { identifier: 'giving' }).pipe(
        whileHeld((lease) => lease.revocation$),
      ),
    );
    await queue.settles('one', (line) => line === 'giving');
    const next = record(lock$(target.clientAt(chroot), '/lock', { identifier: 'next' }));
    await queue.settles('two', (line) => line === 'giving,next');
    const [holder] = await record(contenders$(zk, '/lock')).count(1);
    const asked = await requestRevocation(zk, holder?.[0]?.path ?? '/none');
    expect(asked).toBe(true);
    await giving.completion();
    await next.count(1);
    await queue.settles('the next alone', (line) => line === 'next');
    expect(await requestRevocation(zk, holder?.[0]?.path ?? '/none')).toBe(false);
  });

  it('holders of leases are told, the first first', async () => {
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot);
    const holders = record(leaseHolders$(zk, '/sem'));
    for (const identifier of ['ann', 'ben']) {
      const options = { maxLeases: 2, identifier };
      await record(semaphore$(target.clientAt(chroot), '/sem', options)).count(1);
    }
    const both = await holders.settles('two', ({ length }) => length === 2);
    expect(both.map(({ identifier }) => identifier)).toEqual(['ann', 'ben']);
  });
}

function queueLength(zk: ZooKeeper, path: string, count: number): Promise<void> {
  return until(
    `${String(count)} at ${path}`,
    async () =>
      (await zk.children(path).then(String, () => '')).split(',').filter(Boolean).length === count,
  );
}
