/** Our read/write locks and semaphores and kazoo's, on the same znodes of a real server. */

import {
  contenders$,
  leader$,
  leaseHolders$,
  readLock$,
  semaphore$,
  writeLock$,
  type ZooKeeper,
} from '../../src/index.js';
import { type Program } from '../contract/support/program.js';
import { single } from '../contract/support/real-target.js';
import { record, until } from '../contract/support/recording.js';
import { type ContractTarget, useTarget } from '../contract/suite/target.js';
import { contendersOf, findKazoo, type KazooContender, startKazoo } from './kazoo.js';
import { describeNeeding } from './needs.js';

const testTimeoutMs = 60_000;

type Start = (
  zk: ZooKeeper,
  contender: Pick<KazooContender, 'kind' | 'identifier' | 'maxLeases'>,
) => Promise<Program>;

describeNeeding('kazoo', findKazoo(), (python) => {
  const running: Program[] = [];
  // Before the target looks whether anything is left.
  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
  });
  const target = useTarget(single);

  const start: Start = async (zk, contender) => {
    const hosts = target.hosts + zk.chroot;
    const program = await startKazoo(python, { hosts, path, timeoutMs: 3_000, ...contender });
    running.push(program);
    return program;
  };

  describeReadWriteLocks(target, start);
  describeSemaphores(target, start);
});

const path = '/shared';
const text = (data: Uint8Array | null) => new TextDecoder().decode(data ?? undefined);

function described(program: Program): readonly string[] {
  return program.events.map(({ event }) => event);
}

/** Waits until so many stand in line. */
async function inLine(zk: ZooKeeper, root: string, count: number): Promise<void> {
  await until(`${String(count)} in line`, async () => {
    const names = await zk.children(root).then(
      (all) => all,
      () => [],
    );
    return names.length === count;
  });
}

function describeReadWriteLocks(target: ContractTarget, start: Start): void {
  it(
    'reads with our readers, keeps our writer out, and waits behind it',
    async () => {
      const zk = await target.client();
      const reader = record(readLock$(zk, path, { identifier: 'our reader' }));
      await reader.count(1);
      const theirs = await start(zk, { kind: 'ReadLock', identifier: 'their reader' });
      theirs.tell('acquire');
      await theirs.event('held');
      const writer = record(writeLock$(zk, path, { identifier: 'our writer' }));
      await inLine(zk, path, 3);
      const late = await start(zk, { kind: 'ReadLock', identifier: 'their late reader' });
      late.tell('acquire');
      await inLine(zk, path, 4);
      const queue = await record(contenders$(zk, path)).settles(
        'four',
        ({ length }) => length === 4,
      );
      expect(queue.map(({ identifier, access }) => `${identifier}, ${access}`)).toEqual([
        'our reader, shared',
        'their reader, shared',
        'our writer, exclusive',
        'their late reader, shared',
      ]);
      expect(await contendersOf(late)).toEqual(queue.map(({ identifier }) => identifier));
      expect(queue.map((one) => one.path.replace(/[0-9a-f]{32}/, '<u>'))).toEqual([
        '/shared/<u>__rlock__0000000000',
        '/shared/<u>__rlock__0000000001',
        '/shared/<u>__lock__0000000002',
        '/shared/<u>__rlock__0000000003',
      ]);
      reader.unsubscribe();
      expect(writer.values).toEqual([]);
      theirs.tell('release');
      await writer.count(1);
      expect(described(late)).not.toContain('held');
      writer.unsubscribe();
      await late.event('held');
      late.tell('release');
      await late.event('released');
    },
    testTimeoutMs,
  );

  it(
    'writes alone, before our reader and behind it',
    async () => {
      const zk = await target.client();
      const theirs = await start(zk, { kind: 'WriteLock', identifier: 'their writer' });
      theirs.tell('acquire');
      await theirs.event('held');
      const reader = record(readLock$(zk, path, { identifier: 'our reader' }));
      await inLine(zk, path, 2);
      expect(await contendersOf(theirs)).toEqual(['their writer', 'our reader']);
      expect(reader.values).toEqual([]);
      expect(await record(leader$(zk, path)).count(1)).toEqual(['their writer']);
      theirs.tell('release');
      await reader.count(1);
      const from = theirs.events.length;
      theirs.tell('acquire');
      await inLine(zk, path, 2);
      expect(await contendersOf(theirs)).toEqual(['our reader', 'their writer']);
      expect(theirs.events.slice(from).map(({ event }) => event)).not.toContain('held');
      reader.unsubscribe();
      await theirs.event('held', from);
      theirs.tell('release');
      await theirs.event('released', from);
    },
    testTimeoutMs,
  );
}

function describeSemaphores(target: ContractTarget, start: Start): void {
  it(
    'shares the leases of a semaphore with us, at the same gate',
    async () => {
      const zk = await target.client();
      const ours = record(semaphore$(zk, path, { maxLeases: 2, identifier: 'ours' }));
      await ours.count(1);
      const theirs = await start(zk, { kind: 'Semaphore', identifier: 'theirs', maxLeases: 2 });
      theirs.tell('acquire');
      await theirs.event('held');
      expect(text((await zk.get(path)).data)).toBe('2');
      expect(await zk.children(path)).toEqual(
        Array(2).fill(expect.stringMatching(/^[0-9a-f]{32}$/)),
      );
      expect([(await contendersOf(theirs)) as string[]].flat().sort()).toEqual(['ours', 'theirs']);
      const holders = record(leaseHolders$(zk, path));
      await holders.settles('both', ({ length }) => length === 2);
      expect(holders.last?.map(({ identifier }) => identifier)).toEqual(['ours', 'theirs']);

      // Ours at the gate, theirs behind it; then the other way round.
      const third = record(semaphore$(zk, path, { maxLeases: 2, identifier: 'third' }));
      await inLine(zk, `${path}-__lock__`, 1);
      const fourth = await start(zk, { kind: 'Semaphore', identifier: 'fourth', maxLeases: 2 });
      fourth.tell('acquire');
      await inLine(zk, `${path}-__lock__`, 2);
      const last = record(semaphore$(zk, path, { maxLeases: 2, identifier: 'last' }));
      await inLine(zk, `${path}-__lock__`, 3);
      expect([third.values, described(fourth).includes('held'), last.values]).toEqual([
        [],
        false,
        [],
      ]);
      theirs.tell('release');
      await third.count(1);
      expect(described(fourth)).not.toContain('held');
      ours.unsubscribe();
      await fourth.event('held');
      expect(last.values).toEqual([]);
      fourth.tell('release');
      await last.count(1);
      await holders.settles('ours alone', (all) =>
        all.every(({ identifier }) => identifier === 'third' || identifier === 'last'),
      );
    },
    testTimeoutMs,
  );

  it(
    'and we refuse each other when the sizes differ',
    async () => {
      const zk = await target.client();
      const theirs = await start(zk, { kind: 'Semaphore', identifier: 'theirs', maxLeases: 3 });
      theirs.tell('acquire');
      await theirs.event('held');
      const ours = record(semaphore$(zk, path, { maxLeases: 2 }));
      expect(await ours.failure()).toMatchObject({
        name: 'InvalidOptionError',
        option: 'maxLeases',
      });
      const wrong = await start(zk, { kind: 'Semaphore', identifier: 'wrong', maxLeases: 4 });
      wrong.tell('acquire');
      await wrong.event('refused');
      // In vain: the znode is as kazoo made it.
      expect(text((await zk.get(path)).data)).toBe('3');
      theirs.tell('release');
      await theirs.event('released');
    },
    testTimeoutMs,
  );

  it(
    'passes a lease on to us when its process is killed',
    async () => {
      const zk = await target.client();
      const theirs = await start(zk, { kind: 'Semaphore', identifier: 'theirs', maxLeases: 1 });
      theirs.tell('acquire');
      await theirs.event('held');
      const ours = record(semaphore$(zk, path, { maxLeases: 1 }));
      await inLine(zk, `${path}-__lock__`, 1);
      theirs.signal('SIGKILL');
      await ours.count(1);
      expect(await zk.children(path)).toHaveLength(1);
    },
    testTimeoutMs,
  );
}
