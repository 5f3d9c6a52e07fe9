/** Our barriers and double barriers and Curator's, on the same znodes of a real server. */

import { setTimeout } from 'node:timers/promises';
import { EMPTY } from 'rxjs';
import {
  barrier$,
  createBarrier,
  doubleBarrier$,
  removeBarrier,
  type ZooKeeper,
} from '../../../src/index.js';
import { record } from '../../contract/support/recording.js';
import { Contest } from './contest.js';
import { type Handle } from './curator-process.js';
import { describeCurator } from './world.js';

const layout = 'curator';

describeCurator('barriers of Curator', (world) => {
  describe('a double barrier', () => {
    it('is entered and left together: DistributedDoubleBarrier and doubleBarrier$', async () => {
      const { zk, make } = world();
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

    it('lets nobody in before all have come, nor out before all leave, in round after round', async () => {
      const { zk, make } = world();
      const contest = await Contest.begin(zk, { times: rounds, rivals: 4 });
      const passages = await Promise.all([
        passagesOfTheirs(contest, 'java-1', make('double', '/double', 4)),
        passagesOfTheirs(contest, 'java-2', make('double', '/double', 4)),
        passagesOfOurs(zk, contest, 'ours-1'),
        passagesOfOurs(zk, contest, 'ours-2'),
      ]);
      for (let round = 0; round < rounds; round++) {
        const all = passages.map((one) => one[round] ?? never);
        const moments = (name: keyof Passage) => all.map((passage) => passage[name]);
        expect(Math.max(...moments('begins'))).toBeLessThan(Math.min(...moments('in')));
        expect(Math.max(...moments('leaves'))).toBeLessThan(Math.min(...moments('out')));
      }
      // The server may have removed it already.
      expect((await zk.exists('/double'))?.numChildren ?? 0).toBe(0);
    });
  });

  describe('a barrier', () => {
    it('holds us up when it is a DistributedBarrier, and Java when it is ours', async () => {
      const { zk, make } = world();
      const [theirs, waiting] = [await make('barrier', '/gate'), await make('barrier', '/gate')];
      await theirs('set');
      expect(await createBarrier(zk, '/gate', { layout })).toBe(false);
      const ours = record(barrier$(zk, '/gate'));
      await zk.exists('/gate');
      expect(ours.ended).toBe(false);
      await theirs('remove');
      await ours.completion();

      expect(await createBarrier(zk, '/gate', { layout })).toBe(true);
      expect(await theirs('try')).toBe(false);
      const through = waiting('wait');
      expect(await removeBarrier(zk, '/gate')).toBe(true);
      expect(await through).toBe(true);
      expect(await removeBarrier(zk, '/gate')).toBe(false);
    });
  });
});

const rounds = 8;
const staggerMs = 8;

/** One round of one member: moments in the order of all writes. */
interface Passage {
  readonly begins: number;
  readonly in: number;
  readonly leaves: number;
  readonly out: number;
}

const never: Passage = { begins: NaN, in: NaN, leaves: NaN, out: NaN };

async function passagesOfTheirs(
  contest: Contest,
  name: string,
  handle: Promise<Handle>,
): Promise<readonly Passage[]> {
  const go = await handle;
  const passages = await go('rounds', ...contest.wordsFor(name), staggerMs);
  return (passages as readonly (readonly [number, number, number, number])[]).map(
    ([begins, entered, leaves, out]) => ({ begins, in: entered, leaves, out }),
  );
}

/**
 * As `rounds` in `java/Barriers.java`. All meet outside before the next round and inside before anybody leaves: whoever of Curator's
 * is still waking up would else find the members of the next round, or miss those who have left already, and wait for ever.
 */
async function passagesOfOurs(
  zk: ZooKeeper,
  contest: Contest,
  name: string,
): Promise<readonly Passage[]> {
  const passages: Passage[] = [];
  for (let round = 0; round < rounds; round++) {
    await contest.meet(`out-${String(round)}`, name);
    await setTimeout(staggerMs * ((round + 2) % 3));
    const begins = await contest.tick();
    const entered = record(doubleBarrier$(zk, '/double', { layout, count: 4 }));
    const [passage] = await entered.count(1);
    const inside = await contest.tick();
    await contest.meet(`in-${String(round)}`, name);
    await setTimeout(staggerMs * (round % 3));
    const leaves = await contest.tick();
    await record(passage?.leave$ ?? EMPTY).completion();
    passages.push({ begins, in: inside, leaves, out: await contest.tick() });
  }
  return passages;
}
