/** The contract of namespaces: views of one session, whose paths are those below the namespace, wherever they come from. */

import {
  acl,
  check,
  create,
  enqueue,
  leaderElection$,
  NoNodeError,
  permissions,
  read,
  text,
  TransactionError,
} from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeNamespaces(target: ContractTarget): void {
  describe('namespace', () => {
    it('is in no path that is answered, told or complained of', async () => {
      const zk = await target.client();
      const team = zk.namespace('/dept').namespace('/team');
      expect(team.chroot).toBe(`${zk.chroot}/dept/team`);
      const node = record(team.node$('/a', text()));
      const tree = record(team.tree$('/'));
      await Promise.all([node.count(1), tree.count(1)]);
      expect(await team.create('/a', 'x')).toBe('/a');
      expect(await team.create('/n-', null, { sequential: true, mode: 'ephemeral' })).toMatch(
        /^\/n-\d{10}$/,
      );
      expect(await team.transaction([create('/a/c', 'y')])).toEqual(['/a/c']);
      expect(await team.multiRead([read.data('/a/c')])).toMatchObject([{ path: '/a/c' }]);
      expect((await team.ephemerals()).every((path) => path.startsWith('/n-'))).toBe(true);
      await expectFailure(team.get('/x'), NoNodeError, 'NoNode: get /x');
      await expectFailure(team.transaction([check('/x')]), TransactionError, /check \/x$/);
      await node.count(2);
      expect(node.last).toMatchObject({ path: '/a', data: 'x' });
      const changed = tree.values.flatMap(({ changes }) => changes.map(({ path }) => path));
      expect(changed).not.toContain(team.chroot);
      expect((await zk.get('/dept/team/a/c', text())).data).toBe('y');
    });

    it('shares the session, and closing a view closes nothing', async () => {
      const zk = await target.client();
      const team = zk.namespace('/team');
      await team.create('/a');
      expect(team.session?.id).toBe(zk.session?.id);
      await team.close();
      expect(await team.exists('/a')).not.toBeNull();
    });

    it('is made with the ACL that is wished', async () => {
      const zk = await target.client();
      const [parentsAcl, defaultAcl] = [acl.world(permissions.change), acl.world(permissions.all)];
      await zk.namespace('/team', { parentsAcl, defaultAcl }).create('/a');
      expect((await zk.getAcl('/team')).acl).toEqual(parentsAcl);
      expect((await zk.getAcl('/team/a')).acl).toEqual(defaultAcl);
    });

    it('takes recipes, which make it themselves', async () => {
      const zk = await target.client();
      const team = zk.namespace('/team');
      const election = record(leaderElection$(team, '/election'));
      await election.settles('leadership', ({ role }) => role === 'leader');
      const other = record(leaderElection$(target.clientAt(zk.chroot), '/team/election'));
      await other.settles('a leader to follow', ({ role }) => role === 'follower');
      expect(await enqueue(team, '/queue', 'job')).toMatch(/^\/queue\//);
      expect(await zk.children('/team/queue')).toHaveLength(1);
      election.unsubscribe();
      await other.settles('leadership after it', ({ role }) => role === 'leader');
    });
  });
}
