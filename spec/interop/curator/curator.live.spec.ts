/** Our recipes and Curator's, on the same znodes of a real server. */

import * as zlib from 'node:zlib';
import { concatMap, defer, EMPTY, lastValueFrom, range } from 'rxjs';
import {
  buildUri,
  contenders$,
  counter$,
  create,
  dequeue$,
  doubleBarrier$,
  enqueue,
  increment,
  instances$,
  leader$,
  leaderElection$,
  leaseHolders$,
  gzip,
  lock$,
  migrate,
  readLock$,
  register$,
  type RegistrationState,
  semaphore$,
  text,
  type ServiceInstance,
  type ServiceRegistration,
  services$,
  withLock,
  withWriteLock,
  writeLock$,
  type ZooKeeper,
} from '../../../src/index.js';
import { single } from '../../contract/support/real-target.js';
import { record, until } from '../../contract/support/recording.js';
import { useTarget } from '../../contract/suite/target.js';
import { describeNeeding } from '../needs.js';
import { CuratorProcess, findCuratorDiscovery, type Handle } from './curator-process.js';

const layout = 'curator';
const protectedName = /_c_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-/;
const plain = (path: string) => path.replace(protectedName, '<protected>-');

describeNeeding('curator', findCuratorDiscovery(), (tools) => {
  let java: CuratorProcess | undefined;
  // Before the target looks whether anything is left.
  afterEach(() => java?.renew());
  const target = useTarget(single);
  let zk: ZooKeeper;
  beforeAll(async () => {
    java = await CuratorProcess.start(tools, target.hosts);
  }, 90_000);
  beforeEach(async () => {
    zk = await target.client();
  });
  afterAll(() => java?.end());

  /** A recipe of Curator's on a path of ours. */
  const make = (
    kind: string,
    path: string,
    ...words: readonly (string | number)[]
  ): Promise<Handle> => {
    if (java === undefined) throw new Error('it runs only during tests');
    return java.make(kind, zk.chroot + path, ...words);
  };

  /** How often something adds one to the number at `/number`, which is safe under a lock only. */
  const bump$ = defer(() => zk.get('/number')).pipe(
    concatMap(({ data }) =>
      zk.set('/number', String(Number(new TextDecoder().decode(data ?? undefined)) + 1)),
    ),
  );
  const number = async () => new TextDecoder().decode((await zk.get('/number')).data ?? undefined);

  describe('a lock', () => {
    it('passes between InterProcessMutex and lock$, and each sees who waits', async () => {
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

    it.each([
      ['mutex', withLock],
      ['write', withWriteLock],
    ] as const)('loses nothing of what is done under it by both: %s', async (kind, under) => {
      await zk.create('/number', '0');
      const theirs = await Promise.all([1, 2].map(() => make(kind, '/lock')));
      const path = `${zk.chroot}/number`;
      const ours = [1, 2].map(() =>
        lastValueFrom(range(10).pipe(concatMap(() => bump$.pipe(under(zk, '/lock', { layout }))))),
      );
      await Promise.all([...ours, ...theirs.map((handle) => handle('bump', path, 10))]);
      expect(await number()).toBe('40');
    });
  });

  describe('a read/write lock', () => {
    it('is read together, and written alone', async () => {
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
  });

  describe('a semaphore', () => {
    it('has no more leases than it has, for InterProcessSemaphoreV2 and semaphore$', async () => {
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
  });

  describe('an election', () => {
    it('passes between LeaderLatch and leaderElection$, and both know who leads', async () => {
      const theirs = await make('latch', '/latch', 'java');
      await theirs('start');
      expect(await theirs('await')).toBe(true);
      const ours = record(leaderElection$(zk, '/latch', { layout, identifier: 'rxzk' }));
      const followed = await ours.settles('the leader', (value) => 'leader' in value);
      expect(followed).toEqual({ role: 'follower', leader: 'java' });
      expect(await theirs('participants')).toEqual(['java', 'rxzk']);
      await theirs('close');
      await ours.settles('our turn', ({ role }) => role === 'leader');
      const next = await make('latch', '/latch', 'java again');
      await next('start');
      const inLine = record(contenders$(zk, '/latch', { layout }));
      const queue = await inLine.settles('both', ({ length }) => length === 2);
      expect(queue.map(({ identifier }) => identifier)).toEqual(['rxzk', 'java again']);
      expect([await next('leads'), await next('leader')]).toEqual([false, 'rxzk']);
      const leads = record(leader$(zk, '/latch', { layout }));
      ours.unsubscribe();
      expect(await next('await')).toBe(true);
      await leads.settles('the new leader', (leader) => leader === 'java again');
      await next('close');
    });
  });

  describe('a double barrier', () => {
    it('is entered and left together: DistributedDoubleBarrier and doubleBarrier$', async () => {
      const theirs = await make('double', '/double', 3);
      const there: string[] = [];
      const entered = theirs('enter').then((all) => there.push(`entered ${String(all)}`));
      const first = record(doubleBarrier$(zk, '/double', { layout, count: 3 }));
      const members = record(zk.children$('/double'));
      await members.settles('two', (all) => all?.length === 2);
      expect([first.values, there]).toEqual([[], []]);
      const second = record(doubleBarrier$(zk, '/double', { layout, count: 3 }));
      await Promise.all([first.count(1), second.count(1), entered]);
      expect(there).toEqual(['entered true']);
      const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
      const inside = await members.settles('all', (all) => all?.length === 4);
      expect(inside?.filter((name) => !uuid.test(name))).toEqual(['ready']);

      // Whose they are: ours by their session, the first of ours by its age. Both clients keep the lowest name of all until the
      // others have gone, so that those of whoever has not begun to leave and the lowest stay, and no other.
      const nodes = await Promise.all(
        (inside ?? [])
          .filter((name) => name !== 'ready')
          .map(async (name) => ({ name, stat: await zk.exists(`/double/${name}`) })),
      );
      const ours = nodes
        .filter(({ stat }) => stat?.ephemeralOwner === zk.session?.id)
        .sort((a, b) => Number((a.stat?.czxid ?? 0n) - (b.stat?.czxid ?? 0n)));
      expect(ours).toHaveLength(2);
      const lowest = nodes.map(({ name }) => name).sort()[0] ?? '';
      const staying = new Set([lowest, ours[1]?.name ?? '', 'ready']);

      const left = theirs('leave').then((all) => there.push(`left ${String(all)}`));
      const leaving = record(first.values[0]?.leave$ ?? EMPTY);
      await members.settles(
        'those who must stay',
        (all) => all?.length === staying.size && all.every((name) => staying.has(name)),
      );
      expect([there.length, leaving.completed]).toEqual([1, false]);
      await record(second.values[0]?.leave$ ?? EMPTY).completion();
      await Promise.all([leaving.completion(), left]);
      expect(there).toEqual(['entered true', 'left true']);
    });
  });

  describe('a counter', () => {
    it('is added to by both without losing anything: DistributedAtomicLong', async () => {
      const theirs = await Promise.all([1, 2].map(() => make('long', '/long')));
      const options = { encoding: 'int64' } as const;
      const add = () =>
        lastValueFrom(range(25).pipe(concatMap(() => increment(zk, '/long', -3n, options))));
      await Promise.all([add(), add(), ...theirs.map((handle) => handle('add', '10', 25))]);
      expect(await theirs[0]?.('get')).toBe('350');
      const value = record(counter$(zk, '/long', options));
      await value.settles('the sum', (sum) => sum === 350n);
    });

    it('is seen by both: SharedCount', async () => {
      const theirs = await make('count', '/count', 7);
      expect(await theirs('start')).toBe(7);
      const options = { encoding: 'int32' } as const;
      const ours = record(counter$(zk, '/count', options));
      await ours.settles('theirs', (value) => value === 7);
      await theirs('set', -8);
      await ours.settles('theirs', (value) => value === -8);
      expect(await increment(zk, '/count', 10, options)).toMatchObject({ before: -8, after: 2 });
      await until('ours to be seen', async () => (await theirs('get')) === 2);
      expect(await theirs('trySet', 3)).toBe(true);
      await theirs('close');
    });
  });

  describe('a queue', () => {
    it('carries texts both ways: SimpleDistributedQueue', async () => {
      const theirs = await make('simpleQueue', '/simple');
      const simple = { layout: 'curator-simple' } as const;
      await theirs('offer', 'from Java');
      const taken = record(dequeue$(zk, '/simple', simple));
      await taken.count(1);
      expect(new TextDecoder().decode(taken.values[0]?.data)).toBe('from Java');
      taken.unsubscribe();
      await enqueue(zk, '/simple', 'from us', simple);
      expect(await theirs('poll')).toBe('from us');
    });

    it('carries texts both ways, by priority: DistributedPriorityQueue', async () => {
      const theirs = await make('priorityQueue', '/queue');
      const options = { layout, lockPath: `/queue-locks` } as const;
      await theirs('produce');
      await theirs('put', 5, 'later');
      await theirs('put', -5, 'sooner');
      await theirs('flush');
      const taken = record(dequeue$(zk, '/queue', options));
      await taken.count(2);
      const texts = taken.values.map(({ data }) => new TextDecoder().decode(data));
      expect(texts).toEqual(['sooner', 'later']);
      taken.unsubscribe();
      await enqueue(zk, '/queue', 'from us', { layout, priority: 1 });
      await enqueue(zk, '/queue', 'from us first', { layout, priority: -1 });
      await theirs('consume');
      expect([await theirs('take'), await theirs('take')]).toEqual(['from us first', 'from us']);
      await theirs('close');
    });
  });

  describe('service discovery', () => {
    it('finds our instances from Java, as we told them', async () => {
      const theirs = await make('discovery', '/services');
      const uriSpec = '{scheme}://{address}:{port}/{what}';
      const dynamic: ServiceRegistration = {
        ...{ name: 'search', id: 'a', address: '10.0.0.1', port: 80, uriSpec },
        payload: { text: 'é', load: 1.5, nothing: null },
      };
      const fixed: ServiceRegistration = {
        name: 'search',
        id: 'b',
        serviceType: 'STATIC',
        enabled: false,
      };
      const numbered = { name: 'search', id: 'c', serviceType: 'DYNAMIC_SEQUENTIAL' } as const;
      const registrations = [dynamic, fixed, numbered].map((one) =>
        record(register$(zk, '/services', one)),
      );
      const instances = [];
      for (const registration of registrations) {
        const state = await registration.settles('it', ({ status }) => status === 'registered');
        instances.push(instanceOf(state));
      }
      const found = (await theirs('instances', 'search')) as Found[];
      found.sort((a, b) => (a.json < b.json ? -1 : 1));
      // What Java writes of what it has read says nothing of whether it is enabled.
      expect(found.map(({ json, enabled }) => withoutClass({ ...parse(json), enabled }))).toEqual(
        instances.map((one) => withoutClass({ ...one })),
      );
      expect(found.map(({ uri }) => uri)).toEqual(['http://10.0.0.1:80/search', '', '']);
      expect(await theirs('names')).toEqual(['search']);
      registrations.forEach((one) => one.unsubscribe());
      await record(instances$(zk, '/services', 'search')).settles(
        'none',
        (all) => all.length === 0,
      );
      expect(await theirs('instances', 'search')).toEqual([]);
    });

    it.each(['DYNAMIC', 'DYNAMIC_SEQUENTIAL', 'STATIC'])(
      'finds the %s instances of Java, as it told them',
      async (type) => {
        const theirs = await make('discovery', '/services');
        const ours = record(instances$(zk, '/services', 'billing'));
        const json = await theirs(
          'register',
          'billing',
          'j',
          '{"load":1,"deep":{"x":["y"]}}',
          type,
        );
        const found = await ours.settles('it', (all) => all.length === 1);
        expect(found).toEqual([{ ...parse(String(json)), enabled: true }]);
        expect(found[0]?.payload).toEqual({
          ...{ '@class': 'java.util.HashMap', load: 1, deep: { x: ['y'] } },
        });
        expect(found.map((one) => buildUri(one, { what: 'bills' }))).toEqual([
          'https://10.0.0.9:94/bills',
        ]);
        await record(services$(zk, '/services')).settles(
          'its name',
          (all) => all.join() === 'billing',
        );
        if (type === 'DYNAMIC_SEQUENTIAL') {
          // Curator itself does not find it again: it looks for the id without a number.
          expect(await zk.children('/services/billing')).toEqual([
            expect.stringMatching(/^j\d{10}$/),
          ]);
          await theirs('close');
          return;
        }
        await theirs('update', 'billing', 'j', '{"load":2}', type);
        await ours.settles('the new load', ([one]) => JSON.stringify(one?.payload).includes('2'));
        await theirs('unregister', 'j');
        await ours.settles('none', (all) => all.length === 0);
        await theirs('close');
      },
    );

    it('replaces theirs and is replaced by theirs, under one id', async () => {
      const theirs = await make('discovery', '/services');
      await theirs('register', 'search', 'a', '{"who":"java"}', 'DYNAMIC');
      const ours = record(register$(zk, '/services', { name: 'search', id: 'a', payload: 'rxzk' }));
      const found = record(instances$(zk, '/services', 'search'));
      await found.settles('ours', ([one]) => one?.payload === 'rxzk');
      await theirs('register', 'search', 'a', '{"who":"java again"}', 'DYNAMIC');
      await found.settles('theirs', ([one]) => JSON.stringify(one ?? null).includes('java again'));
      await ours.settles('to be told', ({ status }) => status === 'replaced');
      await theirs('unregister', 'a');
      await found.settles('ours again', ([one]) => one?.payload === 'rxzk');
      await theirs('close');
    });
  });

  describe('compressed data', () => {
    const codec = gzip(text(), { zlib });
    const long = 'é'.repeat(1000);

    it('are read by both, whoever has written them', async () => {
      const [theirs, ours] = [
        await make('compressed', '/theirs'),
        await make('compressed', '/ours'),
      ];
      await theirs('create', long);
      expect((await zk.get('/theirs', codec)).data).toBe(long);
      expect((await zk.get('/theirs')).data?.length).toBeLessThan(100);
      await zk.create('/ours', codec.encode(long));
      expect((await zk.get('/ours')).data?.length).toBeLessThan(100);
      expect(await ours('read')).toBe(long);
    });
  });

  describe('migrations', () => {
    it('wait for the lock that Curator migrates under', async () => {
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

/** What Java tells of an instance that it found. */
interface Found {
  readonly json: string;
  readonly uri: string;
  readonly enabled: boolean;
}

function parse(json: string): Record<string, unknown> {
  // JSON of an instance.
  return JSON.parse(json) as Record<string, unknown>;
}

/** An instance, or what was read of one. */
interface Fields {
  readonly payload?: unknown;
  readonly [field: string]: unknown;
}

/** Without what Java says of the class of a payload. */
function withoutClass({ payload, ...rest }: Fields): unknown {
  if (typeof payload !== 'object' || payload === null) return { ...rest, payload };
  const { '@class': _class, ...fields } = payload as Record<string, unknown>;
  return { ...rest, payload: fields };
}

function instanceOf(state: RegistrationState): ServiceInstance {
  if (state.status !== 'registered') throw new Error(state.status);
  return state.instance;
}
