/** Our counters, barriers and double barriers and kazoo's, on the same znodes of a real server. */

import { join } from 'node:path';
import {
  concat,
  concatMap,
  defer,
  finalize,
  type MonoTypeOperatorFunction,
  Observable,
  range,
  repeat,
  switchMap,
  takeWhile,
  timer,
  toArray,
} from 'rxjs';
import {
  barrier$,
  counter$,
  createBarrier,
  doubleBarrier$,
  increment,
  removeBarrier,
  type ValueChange,
  withDoubleBarrier,
  type ZooKeeper,
} from '../../src/index.js';
import { Program, type ProgramEvent } from '../contract/support/program.js';
import { single } from '../contract/support/real-target.js';
import { record, until } from '../contract/support/recording.js';
import { type ContractTarget, useTarget } from '../contract/suite/target.js';
import { findKazoo } from './kazoo.js';
import { describeNeeding } from './needs.js';

const testTimeoutMs = 120_000;
const raceMs = 90_000;
const rounds = 96;
const roundsMs = 90_000;

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
      // It counts until it is told to stop, and we count until it has come between often enough.
      await kazoo.asked('race', { path: '/c' }, 'races');
      const ours = record(
        defer(() => increment(zk, '/c', 1)).pipe(repeat(), takeUntilBetween(20), toArray()),
      );
      await until('kazoo between ours', () => ours.completed, raceMs);
      kazoo.do('finish');
      const theirs = (await kazoo.event('counted'))['values'] as readonly number[];
      const all = [...theirs, ...(ours.last ?? []).map(({ after }) => after)];
      expect(all.sort((a, b) => a - b)).toEqual(all.map((_, i) => i + 1));
      await seen.settles('the sum', (value) => value === all.length);
      expect(await bytesAt(zk, '/c')).toBe(String(all.length));
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

/** Completes when so many times somebody else has counted between two of ours. */
function takeUntilBetween(times: number): MonoTypeOperatorFunction<ValueChange<number>> {
  return (source$) =>
    defer(() => {
      let between = 0;
      let last: number | undefined;
      return source$.pipe(
        takeWhile(({ before, after }) => {
          if (last !== undefined && before !== last) between++;
          last = after;
          return between < times;
        }, true),
      );
    });
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
      kazoo.do('enter', { path: '/double', count: 2, stays: [[0, null]] });
      expect(await kazoo.event('in')).toMatchObject({ participating: true });
      await until('we are in', () => finish !== undefined);
      const theirName = kazoo.events.find(({ event }) => event === 'enters')?.['name'];
      const names = (await zk.children('/double')).filter((name) => name !== 'ready');
      expect(names).toHaveLength(2);
      expect(names).toContain(theirName);
      const path = (isTheirs: boolean) =>
        `/double/${names.find((name) => (name === theirName) === isTheirs) ?? ''}`;
      expect(await bytesAt(zk, path(true))).toBe('kazoo');
      expect(await kazoo.asked('read', { path: path(false) }, 'read')).toMatchObject({
        data: 'rxzk',
      });
      expect(await bytesAt(zk, '/double/ready')).toBe('');
      kazoo.do('finish');
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
    'goes through many rounds with us, whoever is the last to come or to go, and whatever the order of the names',
    async () => {
      const zk = await target.client();
      const kazoo = await start(zk);
      const ours: Stay[] = [];
      const round$ = (i: number) =>
        timer(pauseMs(i, 0)).pipe(
          switchMap(() => {
            const stay: Stay = { enters: Date.now(), in: 0, leaves: 0, left: 0, name: '' };
            ours.push(stay);
            return doubleBarrier$(zk, '/double', { count: 2 }).pipe(
              switchMap(({ path, leave$ }) => {
                stay.in = Date.now();
                stay.name = path.slice('/double/'.length);
                const leaving$ = defer(() => {
                  stay.leaves = Date.now();
                  return leave$;
                });
                return concat(timer(pauseMs(i, 1)), leaving$);
              }),
              finalize(() => {
                stay.left = Date.now();
              }),
            );
          }),
        );
      const all = record(range(rounds).pipe(concatMap(round$)));
      const stays = Array.from({ length: rounds }, (_, i) => [
        pauseMs(i, 2) / 1000,
        pauseMs(i, 3) / 1000,
      ]);
      kazoo.do('enter', { path: '/double', count: 2, stays });
      await until('all rounds', () => all.ended, roundsMs);
      await until(
        'kazoo is through',
        () => kazoo.events.filter(({ event }) => event === 'left').length === rounds,
      );
      const theirs = staysOf(kazoo.events);
      expect([ours.length, theirs.length]).toEqual([rounds, rounds]);
      const together = ours.map((mine, i) => ({ mine, other: theirs[i] ?? mine }));
      const wrong = together.filter(({ mine, other }) => {
        const [begun, ending] = [
          Math.max(mine.enters, other.enters),
          Math.max(mine.leaves, other.leaves),
        ];
        return Math.min(mine.in, other.in) < begun || Math.min(mine.left, other.left) < ending;
      });
      expect(wrong).toEqual([]);
      // All that was to be tried has been.
      for (const first of [
        (a: Stay, b: Stay) => a.name < b.name,
        (a: Stay, b: Stay) => a.enters < b.enters,
        (a: Stay, b: Stay) => a.leaves < b.leaves,
      ]) {
        expect(together.some(({ mine, other }) => first(mine, other))).toBe(true);
        expect(together.some(({ mine, other }) => first(other, mine))).toBe(true);
      }
      expect(await zk.children('/double')).toEqual([]);
    },
    testTimeoutMs,
  );
}

/** One member's stay in one round: when it was where, on the clock of the machine, and what its znode was called. */
interface Stay {
  readonly enters: number;
  in: number;
  leaves: number;
  left: number;
  name: string;
}

/** How long one of four things takes in a round: in some, one of them takes long; in most, all go on at once. */
function pauseMs(round: number, what: number): number {
  return round % 12 === what ? 25 : 0;
}

/** kazoo's stays, as it told of them. */
function staysOf(events: readonly ProgramEvent[]): readonly Stay[] {
  const told = (name: string) => events.filter(({ event }) => event === name);
  const at = (name: string) => told(name).map((event) => event.at ?? 0);
  const [entries, exits, ends] = [at('in'), at('leaves'), at('left')];
  return told('enters').map((event, i) => ({
    enters: event.at ?? 0,
    in: entries[i] ?? 0,
    leaves: exits[i] ?? 0,
    left: ends[i] ?? 0,
    name: String(event['name']),
  }));
}
