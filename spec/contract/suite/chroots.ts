/** The contract of chroots: they are in no path that the user sees, wherever it comes from. */

import {
  create,
  NodeExistsError,
  NoNodeError,
  read,
  ServerError,
  text,
  TransactionError,
  check,
} from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeChroots(target: ContractTarget): void {
  describe('chroot', () => {
    it('is in no path that is answered', async () => {
      const chroot = await target.newChroot();
      const zk = target.clientAt(chroot);
      expect(zk.chroot).toBe(chroot);
      expect(await zk.create('/a', 'x')).toBe('/a');
      expect((await zk.create('/b', 'x', { withStat: true })).path).toBe('/b');
      expect(await zk.create('/n-', null, { sequential: true, mode: 'ephemeral' })).toBe(
        '/n-0000000002',
      );
      expect((await zk.get('/a')).path).toBe('/a');
      expect(await zk.ephemerals()).toEqual(['/n-0000000002']);
      expect(await zk.transaction([create('/a/c', 'y')])).toEqual(['/a/c']);
      expect(await zk.multiRead([read.data('/a/c')])).toMatchObject([{ path: '/a/c' }]);
      expect([...(await zk.children('/'))].sort()).toEqual(['a', 'b', 'n-0000000002']);
      expect(await target.clientAt('').exists(`${chroot}/a/c`)).not.toBeNull();
    });

    it('is in no path of an error', async () => {
      const zk = await target.client();
      await zk.create('/a');
      const failures = [
        await expectFailure(zk.get('/x'), NoNodeError, 'NoNode: get /x'),
        await expectFailure(zk.create('/a'), NodeExistsError, 'NodeExists: create /a'),
        await expectFailure(zk.transaction([check('/x')]), TransactionError, /1 of 1: check \/x$/),
      ];
      expect(failures.map(({ path }) => path)).toEqual(['/x', '/a', '/x']);
      const [missing] = await zk.multiRead([read.data('/x')]);
      expect(missing).toBeInstanceOf(ServerError);
      expect(missing).toMatchObject({ path: '/x' });
    });

    it('is taken off what live reads bring', async () => {
      const zk = await target.client();
      const node = record(zk.node$('/a', text()));
      const names = record(zk.children$('/'));
      await Promise.all([node.count(1), names.count(1)]);
      await zk.create('/a', 'x');
      await Promise.all([node.count(2), names.count(2)]);
      expect(node.last).toMatchObject({ path: '/a', data: 'x' });
      expect(names.values).toEqual([[], ['a']]);
    });

    it('that is missing is like a root that does not exist', async () => {
      const base = await target.newChroot();
      const zk = target.clientAt(`${base}/not/there`);
      await expectFailure(zk.get('/'), NoNodeError, 'NoNode: get /');
      await expectFailure(zk.create('/a'), NoNodeError, 'NoNode: create /a');
      expect(await zk.exists('/')).toBeNull();
      const names = record(zk.children$('/'));
      await names.count(1);
      await zk.ensurePath('/');
      await names.count(2);
      expect(names.values).toEqual([null, []]);
      expect(await zk.create('/a')).toBe('/a');
    });

    it('shows one tree to clients with different ones', async () => {
      const outer = await target.newChroot();
      await target.clientAt(outer).create('/in');
      const [above, below] = [target.clientAt(outer), target.clientAt(`${outer}/in`)];
      const seen = record(above.data$('/in/a', text()));
      await seen.count(1);
      await below.create('/a', 'x');
      await seen.count(2);
      expect(seen.values).toEqual([null, 'x']);
      await above.set('/in', 'root');
      expect((await below.get('/', text())).data).toBe('root');
    });

    it('does not apply to the configuration of the ensemble', async () => {
      const zk = await target.client();
      const { stat } = await zk.getConfig();
      const same = await target.clientAt('').getConfig();
      expect(stat).toEqual(same.stat);
    });
  });
}
