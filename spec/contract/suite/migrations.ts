/** The contract of migrations: each is made once, in order, and recorded. */

import { check, create, migrate, set, type ZooKeeper } from '../../../src/index.js';
import { type ContractTarget } from './target.js';

const paths = { lockPath: '/migrations/locks', metaDataPath: '/migrations/done' };
const first = { operations: [create('/log', '1')] };
const second = { operations: [check('/log', 0), set('/log', '2')] };
const both = { id: 'shop', ...paths, migrations: [first, second] };

export function describeMigrations(target: ContractTarget): void {
  describe('migrate', () => {
    it('makes each once, whoever comes first, and records it', async () => {
      const chroot = await target.newChroot();
      const clients = [1, 2, 3].map(() => target.clientAt(chroot));
      const made = await Promise.all(clients.map((zk) => migrate(zk, both)));
      expect(made.sort()).toEqual([0, 0, 2]);
      const zk = target.clientAt(chroot);
      await zk.sync('/');
      const { stat } = await zk.get('/log');
      expect(stat.version).toBe(1);
      expect(await recordsOf(zk)).toEqual(['meta-0000000000', 'meta-0000000001']);
      expect(await zk.children('/migrations/locks/shop/leases')).toEqual([]);
    });

    it('makes nothing of one that is refused, and goes on from there', async () => {
      const zk = await target.client();
      const wrong = { name: 'wrong', operations: [create('/x'), set('/none', '')] };
      await expect(migrate(zk, { ...both, migrations: [first, wrong] })).rejects.toMatchObject({
        ...{ name: 'MigrationError', index: 1 },
        reason: 'operation 2 of migration 2 ("wrong") was refused, NoNode: set /none',
      });
      expect(await zk.exists('/x')).toBeNull();
      expect(await recordsOf(zk)).toHaveLength(1);
      expect(await migrate(zk, both)).toBe(1);
    });
  });
}

async function recordsOf(zk: ZooKeeper): Promise<readonly string[]> {
  return [...(await zk.children('/migrations/done/shop'))].sort();
}
