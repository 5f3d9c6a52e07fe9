/**
 * Free contests of a mixed fleet, on one real server: contenders of ours in two processes and of kazoo's in two more start together and
 * take turns as they come. What must hold is seen on the server: what each writes without looking is there in the end, and nobody who
 * has come in finds anybody there who must not be.
 */

import { leader$, type ZooKeeper } from '../../../src/index.js';
import { single } from '../../contract/support/real-target.js';
import { record } from '../../contract/support/recording.js';
import { useTarget } from '../../contract/suite/target.js';
import { findKazoo } from '../kazoo.js';
import { describeNeeding } from '../needs.js';
import { changes, fewest, Fleet, side } from './fleet.js';
import { type LockTurn, ourLocks } from './our-locks.js';
import { textAt } from './our-team.js';

const testTimeoutMs = 300_000;
const path = '/contested';

/** Turns of one side during which it saw somebody of the other in a list. */
function saw(
  turns: readonly LockTurn[],
  list: (turn: LockTurn) => readonly string[],
  [by, whom]: readonly [string, string],
): readonly LockTurn[] {
  return turns.filter(
    (turn) => side(turn.who) === by && list(turn).some((who) => side(who) === whom),
  );
}

/** Whether each side saw the other there. */
function sawEachOther(
  turns: readonly LockTurn[],
  list: (turn: LockTurn) => readonly string[],
): boolean {
  return (
    saw(turns, list, ['ours', 'kazoo']).length > 0 && saw(turns, list, ['kazoo', 'ours']).length > 0
  );
}

/** Who found whom there, of these turns, as far as that is wrong. */
function wrong(
  turns: readonly LockTurn[],
  isWrong: (turn: LockTurn) => boolean,
): readonly string[] {
  return turns.filter(isWrong).map(({ who, inside }) => `${who} found ${inside.join()}`);
}

const isAlone = ({ who, inside }: LockTurn) => inside.join() === who;
const next = ({ line }: LockTurn) => line.slice(1, 2);
const inside = ({ inside }: LockTurn) => inside;
const line = ({ line }: LockTurn) => line;

describeNeeding('a free contest of ours and kazoo’s', findKazoo(), (python) => {
  const fleet = new Fleet(python, ourLocks);
  const target = useTarget(single);
  afterAll(() => fleet.end());

  const arena = async (): Promise<{ readonly zk: ZooKeeper; readonly hosts: string }> => {
    const zk = await target.client();
    await Promise.all(['/inside', '/log', '/twin'].map((one) => zk.create(one, '')));
    return { zk, hosts: target.hosts + zk.chroot };
  };

  /** Each alone, each seen by the log, and whoever was said to be next was. */
  const expectOrder = async (zk: ZooKeeper, turns: readonly LockTurn[]) => {
    expect(wrong(turns, (turn) => !isAlone(turn))).toEqual([]);
    const order = turns.map(({ who }) => who);
    expect((await textAt(zk, '/log')).split(' ').slice(0, -1)).toEqual(order);
    for (const [i, { line }] of turns.entries()) {
      expect(line.slice(0, 2)).toEqual(order.slice(i, i + line.slice(0, 2).length));
    }
  };

  it.each(['Lock', 'Election'])(
    'for a lock or an election (%s): no update is lost, each knows who is next',
    async (kind) => {
      const { zk, hosts } = await arena();
      const leaders = record(leader$(zk, path));
      const haveLed = (whose: string) => leaders.values.some((who) => side(who ?? '') === whose);
      const kinds = Array<string[]>(4).fill([kind, kind]);
      const turns = await fleet.contest<LockTurn>({
        ...{ hosts, path, kinds },
        isEnough: (all) =>
          fewest(all, 8) >= 8 &&
          changes(all) >= 20 &&
          sawEachOther(all, next) &&
          haveLed('ours') &&
          haveLed('kazoo'),
      });
      await expectOrder(zk, turns);
    },
    testTimeoutMs,
  );

  it(
    'for a read/write lock: writers write alone, readers read together and nothing half written',
    async () => {
      const { zk, hosts } = await arena();
      const kinds = [
        ['WriteLock', 'ReadLock', 'ReadLock'],
        ['ReadLock', 'ReadLock'],
        ['WriteLock', 'ReadLock', 'ReadLock'],
        ['ReadLock', 'ReadLock'],
      ];
      const isWriter = ({ reads }: LockTurn) => !reads;
      const turns = await fleet.contest<LockTurn>({
        ...{ hosts, path, kinds },
        isEnough: (all) =>
          fewest(all, 10) >= 5 &&
          changes(all.filter(isWriter)) >= 6 &&
          sawEachOther(all, inside) &&
          sawEachOther(all, line),
      });
      const writers = turns.filter(isWriter);
      expect(wrong(writers, (turn) => !isAlone(turn))).toEqual([]);
      const written = writers.map(({ who }) => `${who} `).join('');
      expect([await textAt(zk, '/log'), await textAt(zk, '/twin')]).toEqual([written, written]);
      const writing = new Set(writers.map(({ who }) => who));
      const readers = turns.filter(({ reads }) => reads);
      const besides = (who: string) => writing.has(who);
      expect(wrong(readers, ({ inside }) => inside.some(besides))).toEqual([]);
      expect(wrong(readers, ({ torn }) => torn)).toEqual([]);
    },
    testTimeoutMs,
  );

  it(
    'for a semaphore: never more than there are leases, and as many, of both kinds',
    async () => {
      const { zk, hosts } = await arena();
      const maxLeases = 3;
      const kinds = Array<string[]>(4).fill(['Semaphore', 'Semaphore']);
      const turns = await fleet.contest<LockTurn>({
        ...{ hosts, path, kinds, maxLeases },
        isEnough: (all) =>
          fewest(all, 8) >= 8 &&
          changes(all) >= 10 &&
          all.some(({ inside }) => inside.length === maxLeases) &&
          sawEachOther(all, inside) &&
          sawEachOther(all, line),
      });
      expect(wrong(turns, ({ inside }) => inside.length > maxLeases)).toEqual([]);
      expect(wrong(turns, ({ line }) => line.length > maxLeases)).toEqual([]);
      expect(wrong(turns, ({ who, line }) => !line.includes(who))).toEqual([]);
      expect(await zk.children(path)).toEqual([]);
    },
    testTimeoutMs,
  );
});
