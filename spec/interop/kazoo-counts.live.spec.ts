/** Our counters, barriers and double barriers and kazoo's, on the same znodes of a real server. */

import { join } from 'node:path';
import { concatMap, defer, Observable, range, repeat, tap, timer, toArray } from 'rxjs';
import {
  barrier$,
  counter$,
  createBarrier,
  increment,
  removeBarrier,
  withDoubleBarrier,
  type ZooKeeper,
} from '../../src/index.js';
import { Program } from '../contract/support/program.js';
import { single } from '../contract/support/real-target.js';
import { record, until } from '../contract/support/recording.js';
import { type ContractTarget, useTarget } from '../contract/suite/target.js';
import { findKazoo } from './kazoo.js';
import { describeNeeding } from './needs.js';

const testTimeoutMs = 60_000;

/** A kazoo process that is told what to do. */
class Kazoo extends Program {
  do(name: string, more: object = {}): void {
    this.tell(JSON.stringify([name, more]));
  }

  /** Tells it, and waits for its answer. */
  async asked(name: string, more: object, answer: string): Promise<Record<string, unknown>> {
    const from = this.events.length;
    this.do(name, more);
    return this.event(answer, from);
  }
}

describeNeeding('kazoo counts with us', findKazoo(), (python) => {
  const running: Kazoo[] = [];
  // Before the target looks whether anything is left.
  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
  });
  const target = useTarget(single);
  const start = async (zk: ZooKeeper): Promise<Kazoo> => {
    const program = new Kazoo(python, [
      join(__dirname, 'kazoo_counts.py'),
      target.hosts + zk.chroot,
    ]);
    running.push(program);
    await program.event('ready');
    return program;
  };

  describeCounters(target, start);
  describeBarriers(target, start);
});

type Start = (zk: ZooKeeper) => Promise<Kazoo>;

async function bytesAt(zk: ZooKeeper, path: string): Promise<string> {
  const { data } = await zk.get(path);
  return Buffer.from(data ?? []).toString('latin1');
}

function describeCounters(target: ContractTarget, start: Start): void {
  it(
    'at the same time, and no increment is lost',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk);
      const seen = record(counter$(zk, '/c'));
      kazoo.do('count', { path: '/c', by: 1, times: 40 });
      const ours = record(
        range(40).pipe(
          concatMap(() => increment(zk, '/c', 1)),
          toArray(),
        ),
      );
      await ours.completion();
      const theirs = (await kazoo.event('counted'))['values'] as readonly number[];
      const all = [...theirs, ...(ours.last ?? []).map(({ after }) => after)];
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      await seen.settles('the sum', (value) => value === 80);
      expect(await bytesAt(zk, '/c')).toBe('80');
    },
    testTimeoutMs,
  );

  it(
    'in all its encodings, byte for byte',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk);
      const counted = (path: string, more: object) =>
        kazoo.asked('count', { path, times: 1, ...more }, 'counted');

      // Python's integers have no end.
      await counted('/big', { by: 3 });
      await increment(zk, '/big', 10n ** 30n, { encoding: 'bigint' });
      expect(await counted('/big', { by: -5 })).toMatchObject({ value: 1e30 });
      expect(await bytesAt(zk, '/big')).toBe('999999999999999999999999999998');

      for (const [i, [by, text]] of floats.entries()) {
        const path = `/float-${String(i)}`;
        await counted(path, { by, default: 0.0 + 0.5 });
        const theirs = await bytesAt(zk, path);
        const mine = `${path}-ours`;
        await increment(zk, mine, by, { encoding: 'float', default: 0.5 });
        expect([await bytesAt(zk, mine), theirs]).toEqual([text, text]);
        const { before } = await increment(zk, path, 1, { encoding: 'float' });
        expect(before).toBe(0.5 + by);
      }

      await counted('/curator', { by: -3, curator: true });
      expect(await bytesAt(zk, '/curator')).toBe('\xff\xff\xff\xfd');
      await increment(zk, '/curator', 300, { encoding: 'int32' });
      expect(await bytesAt(zk, '/curator')).toBe('\x00\x00\x01\x29');
      expect(await counted('/curator', { by: 1, curator: true })).toMatchObject({ value: 298 });
    },
    testTimeoutMs,
  );
}

/** What is added to 0.5, and what kazoo makes of it. */
const floats: readonly (readonly [number, string])[] = [
  [2.5, '3.0'],
  [0.125, '0.625'],
  [1e16, '1e+16'],
  [1.5e300, '1.5e+300'],
  [-0.49999, '1.0000000000010001e-05'],
  [-0.5, '0.0'],
];

function describeBarriers(target: ContractTarget, start: Start): void {
  it(
    'holds us up with a barrier, and we it',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk);
      await kazoo.asked('close', { path: '/gates/a' }, 'closed');
      expect(await createBarrier(zk, '/gates/a')).toBe(false);
      const waiting = record(barrier$(zk, '/gates/a'));
      await zk.exists('/');
      expect(waiting.ended).toBe(false);
      expect(await kazoo.asked('open', { path: '/gates/a' }, 'opened')).toMatchObject({
        removed: true,
      });
      await waiting.completion();
      expect(await removeBarrier(zk, '/gates/a')).toBe(false);

      expect(await createBarrier(zk, '/gates/b')).toBe(true);
      kazoo.do('wait', { path: '/gates/b' });
      await kazoo.event('waits');
      expect(await removeBarrier(zk, '/gates/b')).toBe(true);
      expect(await kazoo.event('through')).toMatchObject({ cleared: true });
    },
    testTimeoutMs,
  );

  it(
    'enters a double barrier with us and leaves it with us, whoever is slow',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk);
      const work = new Observable<never>((subscriber) => {
        finish = () => {
          subscriber.complete();
        };
      });
      let finish: (() => void) | undefined;
      const options = { count: 2, identifier: 'rxzk' };
      const ours = record(work.pipe(withDoubleBarrier(zk, '/double', options)));
      await until('our znode', () =>
        zk.children('/double').then(
          (names) => names.length === 1,
          () => false,
        ),
      );
      expect(finish).toBeUndefined();
      kazoo.do('enter', { path: '/double', count: 2, rounds: 1, seconds: null });
      expect(await kazoo.event('in')).toMatchObject({ participating: true });
      await until('we are in', () => finish !== undefined);
      const names = (await zk.children('/double')).filter((name) => name !== 'ready');
      const data = await Promise.all(names.map((name) => bytesAt(zk, `/double/${name}`)));
      expect(data.sort()).toEqual(['kazoo', 'rxzk']);
      expect(await bytesAt(zk, '/double/ready')).toBe('');
      kazoo.do('leave');
      await kazoo.event('leaves');
      await until('kazoo has begun to leave', () =>
        zk.exists('/double/ready').then((stat) => stat === null),
      );
      expect(kazoo.events.map(({ event }) => event)).not.toContain('left');
      finish?.();
      await Promise.all([ours.completion(), kazoo.event('left')]);
      expect(await zk.children('/double')).toEqual([]);
    },
    testTimeoutMs,
  );

  it(
    'goes through many quick rounds with us',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk);
      const log: string[] = [];
      const round$ = defer(() => {
        log.push('in');
        return timer(5);
      }).pipe(
        withDoubleBarrier(zk, '/double', { count: 2 }),
        tap({ complete: () => log.push('left') }),
        repeat(8),
      );
      const ours = record(round$);
      kazoo.do('enter', { path: '/double', count: 2, rounds: 8, seconds: 0 });
      await ours.completion();
      await until(
        'kazoo is through',
        () => kazoo.events.filter(({ event }) => event === 'left').length === 8,
      );
      expect(log).toEqual(Array.from({ length: 8 }, () => ['in', 'left']).flat());
      expect(await zk.children('/double')).toEqual([]);
    },
    testTimeoutMs,
  );
}
