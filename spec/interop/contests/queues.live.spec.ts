/**
 * Free contests of a mixed fleet for the entries of a queue, on one real server: consumers of ours in two processes and of kazoo's in two
 * more start together. Each puts an entry in for each that it takes out, so nobody runs out of them, and writes it down on the server,
 * where a second one in the same work, or a second time, has no place.
 */

import { enqueueAll, type EntryLayout, type ZooKeeper } from '../../../src/index.js';
import { single } from '../../contract/support/real-target.js';
import { useTarget } from '../../contract/suite/target.js';
import { findKazoo } from '../kazoo.js';
import { describeNeeding } from '../needs.js';
import { changes, fewest, Fleet, side } from './fleet.js';
import { ourQueues, type QueueTurn } from './our-queues.js';

const testTimeoutMs = 300_000;
const path = '/queue';
const seeds = Array.from({ length: 20 }, (_, i) => `seed:${String(i)}`);

describeNeeding('a free contest of ours and kazoo’s for entries', findKazoo(), (python) => {
  const fleet = new Fleet(python, ourQueues);
  const target = useTarget(single);
  afterAll(() => fleet.end());

  const contest = async (
    layout: EntryLayout,
    kinds: readonly (readonly string[])[],
    isEnough = (_: readonly QueueTurn[]) => true,
  ) => {
    const zk = await target.client();
    await Promise.all(['/inside', '/taken'].map((one) => zk.create(one)));
    await enqueueAll(zk, path, seeds, { layout });
    const turns = await fleet.contest<QueueTurn>({
      ...{ hosts: target.hosts + zk.chroot, path, kinds },
      isEnough: (all) =>
        fewest(all, kinds.flat().length) >= 3 &&
        changes(all) >= 20 &&
        tookFrom(all, ['ours', 'kazoo']) >= 5 &&
        tookFrom(all, ['kazoo', 'ours']) >= 5 &&
        isEnough(all),
    });
    await expectOnce(zk, turns);
    return { zk, turns };
  };

  it(
    'of Queue: each goes to one, whoever has put it in',
    async () => {
      const { zk } = await contest('kazoo-queue', Array<string[]>(4).fill(['Queue', 'Queue']));
      expect(await zk.children(path)).toEqual([]);
    },
    testTimeoutMs,
  );

  it(
    'of LockingQueue: each is in work once, at one, and each side knows whose the marks are',
    async () => {
      const kinds = [
        ['LockingQueue', 'Dequeuer'],
        ['LockingQueue'],
        ['LockingQueue', 'LockingQueue'],
        ['LockingQueue'],
      ];
      const { zk, turns } = await contest('kazoo', kinds, (all) => sawEachOther(seenMarks(all)));
      expect(await zk.children(`${path}/entries`)).toEqual([]);
      expect(await zk.children(`${path}/taken`)).toEqual([]);
      expectMarks(turns);
    },
    testTimeoutMs,
  );
});

/** How many entries one side has taken that the other has put in. */
function tookFrom(turns: readonly QueueTurn[], [by, whose]: readonly [string, string]): number {
  return turns.filter(({ who, text }) => side(who) === by && side(text) === whose).length;
}

/** All that was put in was taken, once. */
async function expectOnce(zk: ZooKeeper, turns: readonly QueueTurn[]): Promise<void> {
  const taken = turns.map(({ text }) => text).sort();
  const put = [...seeds, ...turns.flatMap((turn) => turn.put ?? [])].sort();
  expect(taken).toEqual(put);
  expect([...(await zk.children('/taken'))].sort()).toEqual(put);
  expect(await zk.children('/inside')).toEqual([]);
}

interface SeenMark {
  readonly by: string;
  readonly whose: string;
  readonly id: string;
}

/** Marks that were seen, and whose they are by their sessions. */
function seenMarks(turns: readonly QueueTurn[]): readonly SeenMark[] {
  const owners = new Map(turns.map(({ session, who }) => [session, who]));
  return turns.flatMap(({ who, marks }) =>
    Object.values(marks).map(([id, session]) => {
      return { by: who, whose: owners.get(session) ?? 'nobody', id };
    }),
  );
}

/** Whether each side has seen some of the other's. */
function sawEachOther(marks: readonly SeenMark[]): boolean {
  const seen = marks.map(({ by, whose }) => `${side(by)} saw ${side(whose)}`);
  return seen.includes('ours saw kazoo') && seen.includes('kazoo saw ours');
}

/** Each finds its own mark on its entry, and in each mark what its consumer writes. */
function expectMarks(turns: readonly QueueTurn[]): void {
  const marks = seenMarks(turns);
  for (const { entry, session, marks: seen } of turns) {
    if (entry !== undefined) expect(seen[entry]?.[1]).toBe(session);
  }
  const ids = new Map(turns.map(({ who, id }) => [who, id]));
  for (const { whose, id } of marks) {
    expect(id).toEqual(ids.get(whose) ?? expect.stringMatching(/^[0-9a-f]{32}$/));
  }
}
