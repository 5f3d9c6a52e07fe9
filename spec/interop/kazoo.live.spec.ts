/** Our locks and elections and kazoo's, on the same znodes of a real server. */

import { of } from 'rxjs';
import { contenders$, leaderElection$, lock$, withLock, type ZooKeeper } from '../../src/index.js';
import { type Program } from '../contract/support/program.js';
import { single } from '../contract/support/real-target.js';
import { record, until } from '../contract/support/recording.js';
import { type ContractTarget, useTarget } from '../contract/suite/target.js';
import { contendersOf, findKazoo, type KazooContender, startKazoo } from './kazoo.js';
import { describeNeeding } from './needs.js';

const timeoutMs = 3_000;
const testTimeoutMs = 60_000;

describeNeeding('kazoo', findKazoo(), (python) => {
  const running: Program[] = [];
  // Before the target looks whether anything is left.
  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
  });
  const target = useTarget(single);

  const start: StartKazoo = async (kind, path, chroot, identifier = 'kazoo') => {
    const hosts = target.hosts + chroot;
    const contender = { hosts, path, kind, identifier, timeoutMs };
    const program = await startKazoo(python, contender);
    running.push(program);
    return program;
  };

  describeLines(target, start);
  describeLocks(target, start);
  describeElections(target, start);
  describeLoss(target, start);
});

type StartKazoo = (
  kind: KazooContender['kind'],
  path: string,
  chroot: string,
  identifier?: string,
) => Promise<Program>;

function describeLines(target: ContractTarget, start: StartKazoo): void {
  const ours = {
    Lock: (zk: ZooKeeper, who: string) => lock$(zk, '/line', { identifier: who }),
    Election: (zk: ZooKeeper, who: string) => leaderElection$(zk, '/line', { identifier: who }),
  };

  it.each(['Lock', 'Election'] as const)(
    'shows who stands in line, in their order, as we do: %s',
    async (kind) => {
      const zk = await target.client();
      const seen = record(contenders$(zk, '/line'));
      const first = record<unknown>(ours[kind](zk, 'ours first'));
      await contenders(zk, '/line', 1);
      const second = await start(kind, '/line', zk.chroot, 'theirs second');
      second.tell('acquire');
      await contenders(zk, '/line', 2);
      const third = record<unknown>(ours[kind](zk, 'ours third'));
      await contenders(zk, '/line', 3);
      const fourth = await start(kind, '/line', zk.chroot, 'theirs fourth');
      fourth.tell('acquire');
      const line = ['ours first', 'theirs second', 'ours third', 'theirs fourth'];
      const leave = [
        () => {
          first.unsubscribe();
        },
        () => {
          second.tell('release');
        },
        () => {
          third.unsubscribe();
        },
      ];
      for (const goes of leave) {
        const now = await seen.settles(line.join(), ({ length }) => length === line.length);
        expect(now.map(({ identifier }) => identifier)).toEqual(line);
        expect(await contendersOf(fourth)).toEqual(line);
        goes();
        line.shift();
      }
      await fourth.event('held');
      fourth.tell('release');
      await fourth.event('released');
    },
    testTimeoutMs,
  );
}

function describeLocks(target: ContractTarget, start: StartKazoo): void {
  it(
    'waits for our lock and sees our identifier, then is waited for, and we see its',
    async () => {
      const zk = await target.client();
      const ours = record(lock$(zk, '/lock', { identifier: 'rxzk' }));
      await ours.count(1);
      const kazoo = await start('Lock', '/lock', zk.chroot);
      kazoo.tell('acquire');
      await contenders(zk, '/lock', 2);
      expect(await contendersOf(kazoo)).toEqual(['rxzk', 'kazoo']);
      expect(kazoo.events.map(({ event }) => event)).not.toContain('held');
      expect(await identifiers(zk, '/lock')).toEqual(['rxzk', 'kazoo']);
      ours.unsubscribe();
      await kazoo.event('held');

      const again = record(lock$(zk, '/lock', { identifier: 'rxzk again' }));
      await contenders(zk, '/lock', 2);
      expect(await contendersOf(kazoo)).toEqual(['kazoo', 'rxzk again']);
      expect(again.values).toEqual([]);
      kazoo.tell('release');
      await again.count(1);
      expect(again.values[0]?.fence).toBeGreaterThan(ours.values[0]?.fence ?? 0n);
      await kazoo.event('released');
    },
    testTimeoutMs,
  );

  it(
    'takes turns with withLock in the order of coming',
    async () => {
      const zk = await target.client();
      const kazoo = await start('Lock', '/lock', zk.chroot);
      kazoo.tell('acquire');
      await kazoo.event('held');
      const order: string[] = [];
      const first = record(of('first').pipe(withLock(zk, '/lock')));
      await contenders(zk, '/lock', 2);
      const second = record(of('second').pipe(withLock(zk, '/lock')));
      await contenders(zk, '/lock', 3);
      expect([first.values, second.values]).toEqual([[], []]);
      kazoo.tell('release');
      await first.completion();
      order.push('first');
      await second.completion();
      expect(await zk.children('/lock')).toEqual([]);
    },
    testTimeoutMs,
  );
}

function describeElections(target: ContractTarget, start: StartKazoo): void {
  it(
    'elects with us: both know who leads, and hand over both ways',
    async () => {
      const zk = await target.client();
      const kazoo = await start('Election', '/election', zk.chroot);
      kazoo.tell('acquire');
      await kazoo.event('held');
      const ours = record(leaderElection$(zk, '/election', { identifier: 'rxzk' }));
      const followed = await ours.settles('the leader known', (value) => 'leader' in value);
      expect(followed).toEqual({ role: 'follower', leader: 'kazoo' });
      expect(await contendersOf(kazoo)).toEqual(['kazoo', 'rxzk']);
      kazoo.tell('release');
      await ours.settles('our turn', ({ role }) => role === 'leader');
      await kazoo.event('released');

      const from = kazoo.events.length;
      kazoo.tell('acquire');
      await contenders(zk, '/election', 2);
      expect(await contendersOf(kazoo)).toEqual(['rxzk', 'kazoo']);
      expect(kazoo.events.slice(from).map(({ event }) => event)).not.toContain('held');
      ours.unsubscribe();
      await kazoo.event('held', from);
      kazoo.tell('release');
      await kazoo.event('released', from);
    },
    testTimeoutMs,
  );
}

function describeLoss(target: ContractTarget, start: StartKazoo): void {
  it.each(['SIGSTOP', 'SIGKILL'] as const)(
    'makes way for us after %s',
    async (signal) => {
      const zk = await target.client();
      const kazoo = await start('Lock', '/lock', zk.chroot);
      kazoo.tell('acquire');
      await kazoo.event('held');
      const ours = record(lock$(zk, '/lock', { identifier: 'rxzk' }));
      await contenders(zk, '/lock', 2);
      const goneAt = Date.now();
      kazoo.signal(signal);
      await ours.count(1);
      const waitedMs = Date.now() - goneAt;
      expect(waitedMs).toBeGreaterThan(timeoutMs / 2);
      expect(waitedMs).toBeLessThan(timeoutMs + target.settings.tickMs + 2000);
      expect(await identifiers(zk, '/lock')).toEqual(['rxzk']);
    },
    testTimeoutMs,
  );

  it(
    'gets the lock when our client is closed while holding it',
    async () => {
      const chroot = await target.newChroot();
      const zk = target.clientAt(chroot);
      const ours = record(lock$(zk, '/lock'));
      await ours.count(1);
      const kazoo = await start('Lock', '/lock', chroot);
      kazoo.tell('acquire');
      await contenders(zk, '/lock', 2);
      await zk.close();
      await kazoo.event('held');
      expect(ours.error).toMatchObject({ name: 'LockLostError' });
    },
    testTimeoutMs,
  );
}

async function contenders(zk: ZooKeeper, path: string, count: number): Promise<void> {
  await until(
    `${String(count)} contenders`,
    async () => (await zk.exists(path))?.numChildren === count,
  );
}

/** The data of the contenders, in the order of their numbers. */
async function identifiers(zk: ZooKeeper, path: string): Promise<readonly string[]> {
  const names = [...(await zk.children(path))].sort((a, b) =>
    a.slice(-10) < b.slice(-10) ? -1 : 1,
  );
  const nodes = await Promise.all(names.map((name) => zk.get(`${path}/${name}`)));
  return nodes.map(({ data }) => new TextDecoder().decode(data ?? undefined));
}
