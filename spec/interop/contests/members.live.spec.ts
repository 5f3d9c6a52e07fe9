/** Free contests of a mixed fleet for leases, and its coming and going in a party, on one real server. */

import { members$, type ZooKeeper } from '../../../src/index.js';
import { single } from '../../contract/support/real-target.js';
import { record } from '../../contract/support/recording.js';
import { useTarget } from '../../contract/suite/target.js';
import { findKazoo } from '../kazoo.js';
import { describeNeeding } from '../needs.js';
import { changes, fewest, Fleet, side } from './fleet.js';
import { holderOf, type MemberTurn, ourMembers } from './our-members.js';
import { textAt } from './our-team.js';

const testTimeoutMs = 300_000;
const path = '/contested';

describeNeeding('a free contest of ours and kazoo’s for leases', findKazoo(), (python) => {
  const fleet = new Fleet(python, ourMembers);
  const target = useTarget(single);
  afterAll(() => fleet.end());

  const contest = async (
    kind: string,
    isEnough: (turns: readonly MemberTurn[]) => boolean,
  ): Promise<{ readonly zk: ZooKeeper; readonly turns: readonly MemberTurn[] }> => {
    const zk = await target.client();
    await Promise.all(['/inside', '/taken'].map((one) => zk.create(one)));
    const hosts = target.hosts + zk.chroot;
    const kinds = Array<string[]>(4).fill([kind, kind]);
    return { zk, turns: await fleet.contest<MemberTurn>({ hosts, path, kinds, isEnough }) };
  };

  it(
    'which go to one each (NonBlockingLease), whom both sides know by its name',
    async () => {
      const { zk, turns } = await contest(
        'NonBlockingLease',
        // Who gets one is chance.
        (all) => changes(all) >= 12 && sawEachOther(all),
      );
      // Whoever had one that was another's would have failed at writing it down.
      const winners = turns.map(({ who }) => who);
      expect(turns.map(({ lease }) => lease)).toEqual(winners.map((_, i) => i));
      for (const [i, who] of winners.entries()) {
        expect(await holderOf(zk, `${path}/${String(i)}`)).toBe(who);
        expect(await textAt(zk, `/taken/${String(i)}`)).toBe(who);
      }
      expect(turns.slice(1).map(({ saw }) => saw)).toEqual(
        winners.slice(0, -1).map((who) => [who]),
      );
    },
    testTimeoutMs,
  );

  it(
    'or without anything to win, in a Party: all see themselves and each other',
    async () => {
      const { zk, turns } = await contest(
        'Party',
        (all) => fewest(all, 8) >= 8 && changes(all) >= 20 && sawEachOther(all),
      );
      const who = new Set(turns.map((turn) => turn.who));
      for (const turn of turns) {
        expect(turn.saw).toContain(turn.who);
        expect(new Set(turn.saw).size).toBe(turn.saw.length);
        expect(turn.saw.filter((name) => !who.has(name))).toEqual([]);
      }
      const left = record(members$(zk, path));
      await left.settles('nobody', ({ length }) => length === 0);
    },
    testTimeoutMs,
  );
});

/** Whether each side saw somebody of the other. */
function sawEachOther(turns: readonly MemberTurn[]): boolean {
  return ['ours', 'kazoo'].every((by) =>
    turns.some(({ who, saw }) => side(who) === by && saw.some((one) => side(one) !== by)),
  );
}
