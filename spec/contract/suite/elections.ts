/** The contract of elections: one leader, handover in order, work that runs only under the leader. */

import { interval, map } from 'rxjs';
import { leaderElection$, type Leadership, whileLeader } from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeElections(target: ContractTarget): void {
  describe('election', () => {
    it('has one leader, known to the followers, and hands over in order', async () => {
      const chroot = await target.newChroot();
      const candidates = [];
      for (const identifier of ['ann', 'ben', 'cid']) {
        const zk = target.clientAt(chroot);
        const candidate = record(leaderElection$(zk, '/election', { identifier }));
        await candidate.settles('a role', (value) => isLeader(value) || value.leader !== undefined);
        candidates.push(candidate);
      }
      const [ann, ben, cid] = candidates;
      expect(candidates.map(({ last }) => last?.role)).toEqual(['leader', 'follower', 'follower']);
      expect(ben?.last).toEqual({ role: 'follower', leader: 'ann' });
      expect(ann?.values[0]).toEqual({ role: 'follower' });
      ann?.unsubscribe();
      await ben?.settles('leadership', isLeader);
      expect(cid?.last?.role).toBe('follower');
      ben?.unsubscribe();
      await cid?.settles('leadership', isLeader);
      const fences = candidates.map(({ last }) => fenceOf(last) ?? 0n);
      expect(fences).toEqual([...fences].sort((a, b) => (a < b ? -1 : 1)));
      cid?.unsubscribe();
      const zk = target.clientAt(chroot);
      await zk.sync('/');
      await until('nobody', async () => (await zk.children('/election')).length === 0);
    });

    it('runs work only under the leader', async () => {
      const chroot = await target.newChroot();
      const [one, two] = ['one', 'two'].map((name) =>
        record(
          interval(5).pipe(
            map(() => name),
            whileLeader(target.clientAt(chroot), '/election', { identifier: name }),
          ),
        ),
      );
      await until('work', () => (one?.values.length ?? 0) + (two?.values.length ?? 0) > 5);
      const [busy, idle] = (one?.values.length ?? 0) > 0 ? [one, two] : [two, one];
      expect(idle?.values).toEqual([]);
      busy?.unsubscribe();
      const done = busy?.values.length;
      await idle?.count(3);
      expect(busy?.values).toHaveLength(done ?? -1);
    });

    it('is campaigned for again after the connection was cut', async () => {
      const { zk, relay } = await target.relayed();
      const candidate = record(leaderElection$(zk, '/election', { identifier: 'ann' }));
      await candidate.settles('leadership', isLeader);
      relay.cut();
      await until('the next term', () => candidate.values.filter(isLeader).length === 2);
      const roles = candidate.values.map(({ role }) => role);
      expect(roles.slice(0, 3)).toEqual(['follower', 'leader', 'follower']);
      const [first, second] = candidate.values.filter(isLeader).map(fenceOf);
      expect(second).toBeGreaterThan(first ?? 0n);
      await until('one candidate', async () => (await zk.children('/election')).length === 1);
    });
  });
}

function isLeader(value: Leadership): value is Leadership & { readonly role: 'leader' } {
  return value.role === 'leader';
}

function fenceOf(value: Leadership | undefined): bigint | undefined {
  return value?.role === 'leader' ? value.lease.fence : undefined;
}
