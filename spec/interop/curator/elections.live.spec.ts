/** Our elections and Curator's, on the same znodes of a real server. */

import { filter, type MonoTypeOperatorFunction, switchMap, take } from 'rxjs';
import {
  contenders$,
  leader$,
  leaderElection$,
  lock$,
  whileLeader,
  withLock,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../../contract/support/recording.js';
import { Contest, mostAtOnce, type Section, turns } from './contest.js';
import { describeCurator } from './world.js';

const layout = 'curator';

describeCurator('elections of Curator', (world) => {
  describe('an election', () => {
    it('passes between LeaderLatch and leaderElection$, and both know who leads', async () => {
      const { zk, make } = world();
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

    it('has one leader at a time when both campaign: LeaderLatch, leaderElection$, whileLeader', async () => {
      const { zk, make } = world();
      const contest = await Contest.begin(zk, { times: 8, rivals: 4 });
      const sections = await Promise.all([
        contest.theirs('java-1', make('latch', '/latch', 'java 1')),
        contest.theirs('java-2', make('latch', '/latch', 'java 2')),
        contest.ours('ours-1', whileLeader(zk, '/latch', { layout })),
        contest.ours('ours-2', onceLeading(zk, '/latch')),
      ]);
      expect(mostAtOnce(sections.flat())).toBe(1);
      expect(turns(sections.flat())).toBeGreaterThan(8);
    });

    it('passes between LeaderSelector and lock$, and both know who leads', async () => {
      const { zk, make } = world();
      const theirs = await make('selector', '/selector', 'java');
      const ours = record(lock$(zk, '/selector', { layout, identifier: 'rxzk' }));
      await ours.count(1);
      await theirs('start');
      const inLine = record(contenders$(zk, '/selector', { layout }));
      const queue = await inLine.settles('both', ({ length }) => length === 2);
      expect(queue.map(({ identifier }) => identifier)).toEqual(['rxzk', 'java']);
      expect([await theirs('leader'), await theirs('leads')]).toEqual(['rxzk', false]);
      expect(await theirs('participants')).toEqual(['rxzk', 'java']);
      const again = record(lock$(zk, '/selector', { layout, identifier: 'rxzk again' }));
      await inLine.settles('three', ({ length }) => length === 3);
      ours.unsubscribe();
      await until('Java to lead', async () => (await theirs('leads')) === true);
      expect([await theirs('leader'), again.values]).toEqual(['java', []]);
      await theirs('resign');
      await again.count(1);
      await theirs('close');
    });

    it('has one leader at a time when both campaign: LeaderSelector, withLock', async () => {
      const { zk, make } = world();
      const contest = await Contest.begin(zk, { times: 8, rivals: 4 });
      const sections = await Promise.all([
        contest.theirs('java-1', make('selector', '/selector', 'java 1')),
        contest.theirs('java-2', make('selector', '/selector', 'java 2')),
        contest.ours('ours-1', withLock(zk, '/selector', { layout })),
        contest.ours('ours-2', withLock(zk, '/selector', { layout })),
      ]);
      expect(mostAtOnce(sections.flat())).toBe(1);
      expect(turns(sections.flat())).toBeGreaterThan(8);
    });
  });
});

/** Runs the source in one term, and campaigns no more. */
function onceLeading(zk: ZooKeeper, path: string): MonoTypeOperatorFunction<Section> {
  return (source) =>
    leaderElection$(zk, path, { layout }).pipe(
      filter(({ role }) => role === 'leader'),
      switchMap(() => source),
      take(1),
    );
}
