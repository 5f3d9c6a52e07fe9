/** The contract of membership: registrations that live as long as they are kept, and who is in a party. */

import { NEVER, Subject } from 'rxjs';
import {
  ephemeral$,
  type EphemeralState,
  join$,
  lease$,
  members$,
  type Partition,
  partition$,
  persistentTtl$,
  TimeoutError,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeMembers(target: ContractTarget): void {
  describe('membership', () => {
    describeEphemeral(target);
    describeParties(target);
    describeTtl(target);
  });
}

const isStanding = ({ status }: EphemeralState) => status === 'standing';
const text = (data: Uint8Array | null | undefined) => new TextDecoder().decode(data ?? undefined);

async function textAt(zk: ZooKeeper, path: string): Promise<string | undefined> {
  return zk.get(path).then(
    ({ data }) => text(data),
    () => undefined,
  );
}

function describeEphemeral(target: ContractTarget): void {
  it('keeps a znode with its newest data, until it is given up', async () => {
    const zk = await target.client();
    const data$ = new Subject<string>();
    const kept = record(ephemeral$(zk, '/workers/w1', data$));
    data$.next('1');
    const state = await kept.settles('standing', isStanding);
    const { stat } = await zk.get('/workers/w1');
    expect(state).toMatchObject({ path: '/workers/w1', fence: stat.czxid });
    expect(stat.ephemeralOwner).toBe(zk.session?.id);
    data$.next('2');
    await until('the new data', async () => (await textAt(zk, '/workers/w1')) === '2');
    expect((await zk.get('/workers/w1')).stat.czxid).toBe(stat.czxid);
    kept.unsubscribe();
    await until('its end', async () => (await zk.exists('/workers/w1')) === null);
  });

  it('waits for somebody else’s znode, or replaces it in one transaction', async () => {
    const chroot = await target.newChroot();
    const [first, second, third] = [1, 2, 3].map(() => target.clientAt(chroot));
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    const held = record(ephemeral$(first, '/w', 'first'));
    await held.settles('standing', isStanding);
    const waiting = record(ephemeral$(second, '/w', 'second'));
    const blocked = await waiting.settles('blocked', ({ status }) => status === 'blocked');
    expect(blocked).toEqual({ status: 'blocked', owner: first.session?.id });
    held.unsubscribe();
    await waiting.settles('standing', isStanding);
    expect(await textAt(second, '/w')).toBe('second');
    const seen = record(second.data$('/w'));
    await seen.count(1);
    const replace = ({ data }: { data: Uint8Array | null }) => text(data) === 'second';
    const taking = record(ephemeral$(third, '/w', 'third', { replace }));
    await taking.settles('standing', isStanding);
    await seen.settles('the third', (data) => text(data) === 'third');
    expect(seen.values).not.toContain(null);
    await waiting.settles('blocked', ({ status }) => status === 'blocked');
  });

  it('makes the znode anew when it was deleted, and keeps it over a cut connection', async () => {
    const { zk, other, relay } = await target.relayed();
    const kept = record(ephemeral$(zk, '/w', 'here', { parents: 'container' }));
    await kept.settles('standing', isStanding);
    const before = await other.exists('/w');
    relay.cut();
    await zk.sync('/');
    await other.sync('/');
    expect((await other.exists('/w'))?.czxid).toBe(before?.czxid);
    await other.delete('/w');
    await until('it again', async () => {
      const stat = await other.exists('/w');
      return stat !== null && stat.czxid !== before?.czxid;
    });
    await kept.settles('standing', isStanding);
  });
}

function describeParties(target: ContractTarget): void {
  it.each(['party', 'shallow'] as const)('tells who is in a party (%s)', async (layout) => {
    const chroot = await target.newChroot();
    const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
    const seen = record(members$(other, '/party', { layout }));
    const who = (names: string) =>
      seen.settles(names, (members) => members.map((one) => one.identifier).join() === names);
    await who('');
    const [a, b] = ['a', 'b'].map((identifier) =>
      record(join$(zk, '/party', { identifier, layout })),
    );
    await who('a,b');
    a?.unsubscribe();
    await who('b');
    b?.unsubscribe();
    await who('');
    expect(await zk.children('/party')).toEqual([]);
  });
}

function describeTtl(target: ContractTarget): void {
  if (!target.settings.ttl) return;
  it('keeps a znode that outlives its keeper by a time', async () => {
    const zk = await target.client();
    const kept = record(persistentTtl$(zk, '/hosts/h1', 'rack 7', { ttlMs: 2000 }));
    const [node] = await kept.count(1);
    expect(node?.fence).toBe((await zk.exists('/hosts/h1'))?.czxid);
    expect(await zk.children('/hosts/h1')).toEqual(['touch']);
    await until('touches', async () => ((await zk.exists('/hosts/h1/touch'))?.version ?? 0) > 2);
    expect(kept.values).toHaveLength(1);
    kept.unsubscribe();
    expect(await zk.exists('/hosts/h1')).not.toBeNull();
    await until('its end', async () => (await zk.exists('/hosts')) === null);
  });
}

/** The contract of what is held by the clock, and of what is divided among members. */
export function describeShares(target: ContractTarget): void {
  describe('leases and partitions', () => {
    it('leases to one at a time, and to so many in places of their own', async () => {
      const chroot = await target.newChroot();
      const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
      const durationMs = 60_000;
      const first = record(lease$(zk, '/lease', { durationMs, identifier: 'first' }));
      const [lease] = await first.count(1);
      await other.sync('/lease');
      const refused = record(lease$(other, '/lease', { durationMs }));
      expect(await refused.failure()).toBeInstanceOf(TimeoutError);
      expect(await textAt(zk, '/lease/lease_holder')).toMatch(
        /^\{"version": 1, "holder": "first", "end": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"\}$/,
      );
      first.unsubscribe();
      await record(lease?.released$ ?? NEVER).completion();
      expect(await zk.children('/lease')).toEqual([]);
      const kept = [zk, other].map((client) =>
        record(lease$(client, '/multi', { durationMs, holders: 2 })),
      );
      for (const one of kept) await one.count(1);
      const third = record(lease$(zk, '/multi', { durationMs, holders: 2 }));
      expect(await third.failure()).toBeInstanceOf(TimeoutError);
    });

    it('divides items among those who are there', async () => {
      const chroot = await target.newChroot();
      const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
      const sit = (client: ZooKeeper, identifier: string) =>
        record(partition$(client, '/work', ['1', '2', '3'], { identifier, settleMs: 100 }));
      const share = (items: string) => (state: Partition) =>
        state.status === 'acquired' && state.items.join() === items;
      const a = sit(zk, 'a');
      await a.settles('all', share('1,2,3'));
      const b = sit(other, 'b');
      await a.settles('its share', share('1,3'));
      await b.settles('its share', share('2'));
      expect(a.values.map(({ status }) => status)).toEqual([
        'allocating',
        'acquired',
        'released',
        'allocating',
        'acquired',
      ]);
      b.unsubscribe();
      await a.settles('all again', share('1,2,3'));
    });
  });
}
