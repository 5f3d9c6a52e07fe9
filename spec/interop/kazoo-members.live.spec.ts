/** Our parties, leases and partitioners and kazoo's, on the same znodes of a real server. */

import { join } from 'node:path';
import { finalize, type Observable, tap } from 'rxjs';
import {
  join$,
  type Lease,
  lease$,
  members$,
  partition$,
  type Partition,
  type ZooKeeper,
} from '../../src/index.js';
import { Program } from '../contract/support/program.js';
import { single } from '../contract/support/real-target.js';
import { record, until } from '../contract/support/recording.js';
import { type ContractTarget, useTarget } from '../contract/suite/target.js';
import { findKazoo } from './kazoo.js';
import { describeNeeding } from './needs.js';

const timeoutMs = 4_000;
const testTimeoutMs = 90_000;

describeNeeding('kazoo (membership, leases, partitions)', findKazoo(), (python) => {
  const running: Kazoo[] = [];
  // Before the target looks whether anything is left.
  afterEach(async () => {
    await Promise.all(running.splice(0).map((kazoo) => kazoo.program.end()));
  });
  const target = useTarget(single);

  const start: StartKazoo = async (chroot) => {
    const script = join(__dirname, 'kazoo_members.py');
    const settings = { hosts: target.hosts + chroot, timeoutMs };
    const kazoo = new Kazoo(new Program(python, [script, JSON.stringify(settings)]));
    running.push(kazoo);
    await kazoo.program.event('ready');
    return kazoo;
  };

  describeParties(target, start);
  describeLeases(target, start);
  describePartitions(target, start);
});

type StartKazoo = (chroot: string) => Promise<Kazoo>;

class Kazoo {
  constructor(readonly program: Program) {}

  /** Tells it to do something, and waits for what comes of it. */
  async ask(request: { readonly do: string; readonly [more: string]: unknown }, event: string) {
    const from = this.program.events.length;
    this.program.tell(JSON.stringify(request));
    return this.program.event(event, from);
  }

  /** The share that it was told last, and has not given back. */
  get items(): readonly unknown[] {
    const last = this.program.events.filter(({ event }) =>
      ['acquired', 'released', 'finished'].includes(event),
    );
    const { event, items } = last.at(-1) ?? { event: 'none' };
    // An array's elements are unknown to Array.isArray.
    return event === 'acquired' && Array.isArray(items) ? (items as readonly unknown[]) : [];
  }
}

async function texts(zk: ZooKeeper, path: string): Promise<readonly string[]> {
  const names = await zk.children(path);
  const nodes = await Promise.all(names.map((name) => zk.get(`${path}/${name}`)));
  return nodes.map(({ data }) => new TextDecoder().decode(data ?? undefined)).sort();
}

function describeParties(target: ContractTarget, start: StartKazoo): void {
  it.each([
    ['Party', 'party', /^[0-9a-f]{32}__party__$/],
    ['ShallowParty', 'shallow', /^[0-9a-f]{32}-(?:kazoo|rxzk)$/],
  ] as const)(
    '%s: each sees the other, and its going',
    async (kind, layout, name) => {
      const zk = await target.client();
      const seen = record(members$(zk, '/party', { layout }));
      const who = (names: string) =>
        seen.settles(names, (members) => members.map((one) => one.identifier).join() === names);
      const kazoo = await start(zk.chroot);
      await kazoo.ask({ do: 'join', kind, path: '/party', identifier: 'kazoo' }, 'joined');
      await who('kazoo');
      const ours = record(join$(zk, '/party', { layout, identifier: 'rxzk' }));
      await who('kazoo,rxzk');
      const { names } = await kazoo.ask({ do: 'members' }, 'members');
      expect(names).toEqual(['kazoo', 'rxzk']);
      // Named and filled alike, whoever made them.
      const children = await zk.children('/party');
      expect(children.filter((child) => name.test(child))).toHaveLength(2);
      expect(await texts(zk, '/party')).toEqual(['kazoo', 'rxzk']);
      ours.unsubscribe();
      await who('kazoo');
      expect((await kazoo.ask({ do: 'members' }, 'members'))['names']).toEqual(['kazoo']);
      await kazoo.ask({ do: 'leave' }, 'left');
      await who('');
    },
    testTimeoutMs,
  );
}

function describeLeases(target: ContractTarget, start: StartKazoo): void {
  const durationMs = 600_000;

  it(
    'NonBlockingLease: taken by one, refused to the other, until its end',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk.chroot);
      const want = { do: 'lease', path: '/lease', identifier: 'kazoo' };
      const ours = record(lease$(zk, '/lease', { durationMs, identifier: 'rxzk' }));
      await ours.count(1);
      expect(await kazoo.ask({ ...want, seconds: 5 }, 'lease')).toMatchObject({ obtained: false });
      expect((await kazoo.ask({ do: 'holder', path: '/lease' }, 'holder'))['name']).toBe('rxzk');
      ours.unsubscribe();
      await until('it to be free', async () => (await zk.children('/lease')).length === 0);
      expect(await kazoo.ask({ ...want, seconds: 5 }, 'lease')).toMatchObject({ obtained: true });
      expect(await texts(zk, '/lease')).toEqual([expect.stringContaining('"holder": "kazoo"')]);
      const refused = record(lease$(zk, '/lease', { durationMs }));
      expect(await refused.failure()).toMatchObject({ name: 'TimeoutError' });
      await until('its end', async () => {
        const again = record(lease$(zk, '/lease', { durationMs, identifier: 'rxzk' }));
        return again.count(1).then(
          () => true,
          () => false,
        );
      });
      expect(await texts(zk, '/lease')).toEqual([
        expect.stringMatching(/^\{"version": 1, "holder": "rxzk", "end": "[0-9T:-]{19}"\}$/),
      ]);
      expect(await kazoo.ask({ ...want, seconds: 5 }, 'lease')).toMatchObject({ obtained: false });
    },
    testTimeoutMs,
  );

  it(
    'is written byte for byte as kazoo writes it, and renewed by one of the same name',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk.chroot);
      const identifier = 'é "both" 😀';
      const want = { do: 'lease', path: '/lease', identifier, seconds: durationMs / 1000 };
      const written = async (): Promise<readonly string[]> =>
        (await texts(zk, '/lease')).map((text) => text.replace(/"end": "[0-9T:-]{19}"/, 'END'));
      const ours = record(lease$(zk, '/lease', { durationMs, identifier, onLeave: 'keep' }));
      const [lease] = await ours.count(1);
      const byUs = await written();
      ours.unsubscribe();
      await until('the lock to be free', async () => (await zk.children('/lease')).length === 1);
      expect(await kazoo.ask(want, 'lease')).toMatchObject({ obtained: true });
      const byKazoo = await written();
      expect(byUs).toEqual(byKazoo);
      expect(byUs).toHaveLength(1);
      const again = record(lease$(zk, '/lease', { durationMs, identifier }));
      const [taken] = await again.count(1);
      expect(taken?.fence).toBeGreaterThan(lease?.fence ?? 0n);
    },
    testTimeoutMs,
  );

  it(
    'MultiNonBlockingLease: as many as there are places, whoever comes',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk.chroot);
      const want = { do: 'lease', path: '/multi', count: 2, seconds: durationMs / 1000 };
      const lease = (identifier: string): ReturnType<typeof record<Lease>> =>
        record<Lease>(lease$(zk, '/multi', { durationMs, holders: 2, identifier }));
      const first = lease('rxzk 1');
      await first.count(1);
      expect(await kazoo.ask({ ...want, identifier: 'kazoo 1' }, 'lease')).toMatchObject({
        obtained: true,
      });
      expect(await lease('rxzk 2').failure()).toMatchObject({ name: 'TimeoutError' });
      expect(await kazoo.ask({ ...want, identifier: 'kazoo 2' }, 'lease')).toMatchObject({
        obtained: false,
      });
      expect(await texts(zk, '/multi/0')).toEqual([expect.stringContaining('"rxzk 1"')]);
      expect(await texts(zk, '/multi/1')).toEqual([expect.stringContaining('"kazoo 1"')]);
      first.unsubscribe();
      await until('a place', async () => (await zk.children('/multi/0')).length === 0);
      expect(await kazoo.ask({ ...want, identifier: 'kazoo 2' }, 'lease')).toMatchObject({
        obtained: true,
      });
    },
    testTimeoutMs,
  );
}

function describePartitions(target: ContractTarget, start: StartKazoo): void {
  it(
    'SetPartitioner: items are divided among both, none is in two hands, all are in one in the end',
    async () => {
      const chroot = await target.newChroot();
      const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
      const items = ['s1', 's2', 's3', 's4', 's5'];
      const ledger = new Ledger();
      const sit = (who: string, client: ZooKeeper) => {
        const options = { settleMs: 500, identifier: who };
        return record(ledger.note(who, partition$(client, '/work', items, options)));
      };
      const a = sit('a', zk);
      await until('all', () => ledger.held('a') === items.join());
      const kazoo = await start(chroot);
      kazoo.program.tell(
        JSON.stringify({ do: 'partition', path: '/work', items, identifier: 'kazoo', settle: 0.5 }),
      );
      await until('kazoo to have its share', () => kazoo.items.join() === 's2,s4');
      await until('ours', () => ledger.held('a') === 's1,s3,s5');
      const b = sit('b', other);
      await until('three shares', () => {
        const shares = [ledger.held('a'), ledger.held('b'), kazoo.items.join()];
        return shares.join(' ') === 's1,s4 s2,s5 s3';
      });
      // Each divides among the same members.
      const { names } = await kazoo.ask({ do: 'partners' }, 'partners');
      expect(names).toEqual(['a', 'b', 'kazoo']);
      const members = record(members$(zk, '/work/party', { layout: 'shallow' }));
      const [seen = []] = await members.count(1);
      expect(seen.map(({ identifier }) => identifier)).toEqual(names);
      members.unsubscribe();
      // Each item's lock is held by one, and nobody else waits for it.
      for (const item of items) expect(await zk.children(`/work/locks/${item}`)).toHaveLength(1);
      b.unsubscribe();
      await until('kazoo to have its share again', () => kazoo.items.join() === 's2,s4');
      kazoo.program.tell(JSON.stringify({ do: 'finish' }));
      await kazoo.program.event('finished');
      await until('all of it again', () => ledger.held('a') === items.join());
      expect(ledger.doubles(kazoo)).toEqual([]);
      a.unsubscribe();
      expect(a.error).toBeUndefined();
    },
    testTimeoutMs,
  );
}

/** When somebody held an item; without an end, still does. */
interface Span {
  readonly who: string;
  readonly item: string;
  readonly from: number;
  to?: number;
}

/** Writes down what a member of ours holds and when. */
class Ledger {
  readonly spans: Span[] = [];

  /** What it holds now. */
  held(who: string): string {
    const mine = this.spans.filter((span) => span.who === who && span.to === undefined);
    return mine.map(({ item }) => item).join();
  }

  note(who: string, partition$: Observable<Partition>): Observable<Partition> {
    const end = () => {
      for (const span of this.spans) if (span.who === who) span.to ??= Date.now();
    };
    return partition$.pipe(
      tap((state) => {
        end();
        if (state.status !== 'acquired') return;
        for (const item of state.items) this.spans.push({ who, item, from: Date.now() });
      }),
      finalize(end),
    );
  }

  /** Items that two held at the same time, kazoo's process included: it tells when it took and gave back, on the same clock. */
  doubles({ program }: Kazoo): readonly string[] {
    const all = [...this.spans];
    for (const { event, at = 0, items } of program.events) {
      if (['acquired', 'released', 'finished'].includes(event)) {
        for (const span of all) if (span.who === 'kazoo') span.to ??= at;
      }
      if (event !== 'acquired' || !Array.isArray(items)) continue;
      for (const item of items) all.push({ who: 'kazoo', item: String(item), from: at });
    }
    return all.flatMap((one, i) =>
      all
        .slice(i + 1)
        .filter(({ item, from, to = Infinity }) => {
          const meet = from < (one.to ?? Infinity) && one.from < to;
          return item === one.item && meet;
        })
        .map((two) => `${one.item}: ${one.who} and ${two.who}`),
    );
  }
}
