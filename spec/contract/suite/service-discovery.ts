/** The contract of service discovery: who is registered is found, as it is, and only as long as it is registered. */

import { BehaviorSubject } from 'rxjs';
import {
  instances$,
  register$,
  type ServiceInstance,
  type ServiceRegistration,
  services$,
} from '../../../src/index.js';
import { record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const base = '/services';

function told(instances: readonly ServiceInstance[]): string {
  return instances.map(({ id, payload }) => `${id}=${JSON.stringify(payload)}`).join(' ');
}

export function describeServiceDiscovery(target: ContractTarget): void {
  describe('service discovery', () => {
    it('finds who is registered, follows what it tells, and misses who has gone', async () => {
      const chroot = await target.newChroot();
      const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
      const found = record(instances$(zk, base, 'search'));
      await found.settles('nobody', (all) => all.length === 0);
      const what$ = new BehaviorSubject<ServiceRegistration>({
        name: 'search',
        id: 'a',
        payload: 1,
      });
      const a = record(register$(other, base, what$));
      const b = record(register$(other, base, { name: 'search', id: 'b', serviceType: 'STATIC' }));
      await found.settles('both', (all) => told(all) === 'a=1 b=null');
      expect([a.last, b.last]).toMatchObject([{ status: 'registered' }, { status: 'registered' }]);
      what$.next({ name: 'search', id: 'a', payload: { load: 2 } });
      await found.settles('the new payload', (all) => told(all) === 'a={"load":2} b=null');
      const names = record(services$(zk, base));
      await names.settles('the name', (all) => all.join() === 'search');
      a.unsubscribe();
      await found.settles('one of them', (all) => told(all) === 'b=null');
      b.unsubscribe();
      await found.settles('nobody again', (all) => all.length === 0);
    });

    it('lets several have one id, each behind a number of its own', async () => {
      const chroot = await target.newChroot();
      const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
      const found = record(instances$(zk, base, 'search'));
      const one = { name: 'search', id: 'a', serviceType: 'DYNAMIC_SEQUENTIAL' } as const;
      const first = record(register$(zk, base, { ...one, payload: 1 }));
      await found.settles('the first', (all) => told(all) === 'a=1');
      const second = record(register$(other, base, { ...one, payload: 2 }));
      await found.settles('both', (all) => told(all) === 'a=1 a=2');
      await second.settles('the second', ({ status }) => status === 'registered');
      expect([first.last, second.last]).toMatchObject(
        ['a0000000000', 'a0000000001'].map((name) => ({ path: `${base}/search/${name}` })),
      );
      first.unsubscribe();
      await found.settles('the second', (all) => told(all) === 'a=2');
    });

    it('replaces what a dead process has left behind, and tells the one that is replaced', async () => {
      const chroot = await target.newChroot();
      const [zk, former] = [target.clientAt(chroot), target.clientAt(chroot)];
      const one = { name: 'search', id: 'a' };
      const left = record(register$(former, base, { ...one, payload: 'former' }));
      await left.settles('the former', ({ status }) => status === 'registered');
      const found = record(instances$(zk, base, 'search'));
      await found.settles('the former', (all) => told(all) === 'a="former"');
      const taken = record(register$(zk, base, { ...one, payload: 'latter' }));
      await found.settles('the latter', (all) => told(all) === 'a="latter"');
      await left.settles('to be told', ({ status }) => status === 'replaced');
      expect(taken.last).toMatchObject({ status: 'registered' });
    });
  });
}
