/** The contract of locks: one holder at a time, in order, with rising fences, and nothing left behind. */

import { type Observable, defer, map, of, retry, throwError } from 'rxjs';
import {
  type Lease,
  lock$,
  LockLostError,
  TimeoutError,
  withLock,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeLocks(target: ContractTarget): void {
  describe('lock', () => {
    describeExclusion(target);
    describeWaiting(target);
    describeLoss(target);
  });
}

function queueLength(zk: ZooKeeper, count: number): Promise<void> {
  return until(
    `${String(count)} contenders`,
    async () =>
      (await zk.children('/lock').then(String, () => '')).split(',').filter(Boolean).length ===
      count,
  );
}

function describeExclusion(target: ContractTarget): void {
  it('is held by one at a time, in the order of coming, with rising fences', async () => {
    const chroot = await target.newChroot();
    const clients = [1, 2, 3, 4].map(() => target.clientAt(chroot));
    const leases: (readonly [number, Lease])[] = [];
    const contenders = [];
    for (const [index, zk] of clients.entries()) {
      const held$ = lock$(zk, '/lock').pipe(map((lease) => leases.push([index, lease])));
      contenders.push(record(held$));
      await queueLength(zk, index + 1);
    }
    for (const [index, contender] of contenders.entries()) {
      await contender.count(1);
      expect(leases.map(([who]) => who)).toEqual([0, 1, 2, 3].slice(0, index + 1));
      expect(leases[index]?.[1].valid()).toBe(true);
      contender.unsubscribe();
      expect(leases[index]?.[1].valid()).toBe(false);
    }
    const fences = leases.map(([, { fence }]) => fence);
    expect(fences).toEqual([...fences].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(fences).size).toBe(4);
    const [zk] = clients;
    if (zk !== undefined) await queueLength(zk, 0);
  });

  it('lets nobody in between under load, and loses no increment', async () => {
    const chroot = await target.newChroot();
    const clients = [1, 2, 3].map(() => target.clientAt(chroot));
    let inside = 0;
    let most = 0;
    let shared = 0;
    const critical = async (zk: ZooKeeper): Promise<void> => {
      most = Math.max(most, ++inside);
      const before = shared;
      await zk.exists('/');
      shared = before + 1;
      inside--;
    };
    const rounds = clients.flatMap((zk) =>
      Array.from({ length: 5 }, () =>
        record(defer(() => critical(zk)).pipe(withLock(zk, '/lock'))).completion(),
      ),
    );
    await Promise.all(rounds);
    expect([most, shared]).toEqual([1, 15]);
  });

  it('is released before withLock completes or errs', async () => {
    const zk = await target.client();
    const result = record(of('work').pipe(withLock(zk, '/lock')));
    await result.completion();
    expect(result.values).toEqual(['work']);
    expect(await zk.children('/lock')).toEqual([]);
    const failing = record(
      defer((): Observable<never> => {
        throw new Error('in the work');
      }).pipe(withLock(zk, '/lock')),
    );
    expect(await failing.failure()).toMatchObject({ message: 'in the work' });
    expect(await zk.children('/lock')).toEqual([]);
  });
}

function describeWaiting(target: ContractTarget): void {
  it('is not waited for longer than asked', async () => {
    const zk = await target.client();
    await record(lock$(zk, '/lock', { identifier: 'first' })).count(1);
    const atOnce = record(lock$(zk, '/lock', { waitMs: 0 }));
    expect(await atOnce.failure()).toBeInstanceOf(TimeoutError);
    const soon = record(lock$(zk, '/lock', { waitMs: 100 }));
    expect(await soon.failure()).toMatchObject({
      name: 'TimeoutError',
      message: 'Timeout after 100 ms: lock$ /lock',
      outcome: 'not-sent',
    });
    await queueLength(zk, 1);
    const [holder = ''] = await zk.children('/lock');
    expect(holder).toMatch(/^[0-9a-f]{32}__lock__\d{10}$/);
    const { data } = await zk.get(`/lock/${holder}`);
    expect(new TextDecoder().decode(data ?? undefined)).toBe('first');
  });

  it('is left by one whose signal was aborted', async () => {
    const zk = await target.client();
    const first = record(lock$(zk, '/lock'));
    await first.count(1);
    const stop = new AbortController();
    const second = record(lock$(zk, '/lock', { signal: stop.signal }));
    await queueLength(zk, 2);
    stop.abort(new Error('enough'));
    expect(second.error).toMatchObject({ message: 'enough' });
    await queueLength(zk, 1);
    expect(first.last?.valid()).toBe(true);
  });
}

function describeLoss(target: ContractTarget): void {
  it('is lost with the connection, before the state is seen, and can be had again', async () => {
    const { zk, other, relay } = await target.relayed();
    const order: string[] = [];
    zk.state$.subscribe(({ status }) => order.push(status));
    const first = record(lock$(zk, '/lock').pipe(map((lease) => lease.fence)));
    const errors: unknown[] = [];
    const again = record(
      lock$(zk, '/other').pipe(
        retry({
          delay: (error: unknown) => {
            order.push('lock lost');
            errors.push(error);
            return error instanceof LockLostError ? of(true) : throwError(() => error);
          },
        }),
      ),
    );
    await Promise.all([first.count(1), again.count(1)]);
    relay.cut();
    expect(await first.failure()).toBeInstanceOf(LockLostError);
    expect(await first.failure()).toMatchObject({ fence: first.values[0], path: '/lock' });
    await again.count(2);
    expect(errors).toHaveLength(1);
    expect(order.indexOf('lock lost')).toBeLessThan(order.indexOf('suspended'));
    expect(again.values[1]?.fence).toBeGreaterThan(again.values[0]?.fence ?? 0n);
    expect([again.values[0]?.valid(), again.values[1]?.valid()]).toEqual([false, true]);
    await until('one contender', async () => (await other.children('/other')).length === 1);
    await queueLength(other, 0);
    await zk.close();
    // What is lost with the session that this client itself ends cannot be had again: trying ends it.
    expect(errors.at(-1)).toBeInstanceOf(LockLostError);
    expect(again.error).toBeUndefined();
  });

  it('with the policy "lease" rides out a short disconnect', async () => {
    const { zk, relay } = await target.relayed({ sessionTimeoutMs: 9_000 });
    const states = record(zk.state$);
    const lock = record(lock$(zk, '/lock', { giveUp: 'lease' }));
    const [lease] = await lock.count(1);
    relay.cut();
    await states.count(4);
    await zk.exists('/');
    expect([lock.error, lease?.valid()]).toEqual([undefined, true]);
    expect(lease?.remainingMs()).toBeGreaterThan(1000);
  });

  it('is lost when somebody deletes its znode', async () => {
    const chroot = await target.newChroot();
    const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
    const lock = record(lock$(zk, '/lock'));
    const [lease] = await lock.count(1);
    await other.sync('/lock');
    await other.delete('/lock', { recursive: true });
    expect(await lock.failure()).toBeInstanceOf(LockLostError);
    expect(lease?.valid()).toBe(false);
    expect(lease?.signal.aborted).toBe(true);
  });
}
