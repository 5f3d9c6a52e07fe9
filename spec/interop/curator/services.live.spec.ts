/** Our service discovery and Curator's, on the same znodes of a real server. */

import {
  buildUri,
  instances$,
  register$,
  type RegistrationState,
  type ServiceInstance,
  type ServiceRegistration,
  services$,
} from '../../../src/index.js';
import { record } from '../../contract/support/recording.js';
import { Contest } from './contest.js';
import { type Handle } from './curator-process.js';
import { describeCurator } from './world.js';

describeCurator('services of Curator', (world) => {
  describe('service discovery', () => {
    it('finds our instances from Java, as we told them', async () => {
      const { zk, make } = world();
      const theirs = await make('discovery', '/services');
      const uriSpec = '{scheme}://{address}:{port}/{what}';
      const dynamic: ServiceRegistration = {
        ...{ name: 'search', id: 'a', address: '10.0.0.1', port: 80, uriSpec },
        payload: { text: 'é', load: 1.5, nothing: null },
      };
      const fixed: ServiceRegistration = {
        name: 'search',
        id: 'b',
        serviceType: 'STATIC',
        enabled: false,
      };
      const numbered = { name: 'search', id: 'c', serviceType: 'DYNAMIC_SEQUENTIAL' } as const;
      const registrations = [dynamic, fixed, numbered].map((one) =>
        record(register$(zk, '/services', one)),
      );
      const instances = [];
      for (const registration of registrations) {
        const state = await registration.settles('it', ({ status }) => status === 'registered');
        instances.push(instanceOf(state));
      }
      const found = (await theirs('instances', 'search')) as Found[];
      found.sort((a, b) => (a.json < b.json ? -1 : 1));
      // What Java writes of what it has read says nothing of whether it is enabled.
      expect(found.map(({ json, enabled }) => withoutClass({ ...parse(json), enabled }))).toEqual(
        instances.map(fieldsOf).map(withoutClass),
      );
      expect(found.map(({ uri }) => uri)).toEqual(['http://10.0.0.1:80/search', '', '']);
      expect(await theirs('names')).toEqual(['search']);
      registrations.forEach((one) => one.unsubscribe());
      await record(instances$(zk, '/services', 'search')).settles(
        'none',
        (all) => all.length === 0,
      );
      expect(await theirs('instances', 'search')).toEqual([]);
    });

    it.each(['DYNAMIC', 'DYNAMIC_SEQUENTIAL', 'STATIC'])(
      'finds the %s instances of Java, as it told them',
      async (type) => {
        const { zk, make } = world();
        const theirs = await make('discovery', '/services');
        const ours = record(instances$(zk, '/services', 'billing'));
        const json = await theirs(
          'register',
          'billing',
          'j',
          '{"load":1,"deep":{"x":["y"]}}',
          type,
        );
        const found = await ours.settles('it', (all) => all.length === 1);
        expect(found).toEqual([{ ...parse(String(json)), enabled: true }]);
        expect(found[0]?.payload).toEqual({
          ...{ '@class': 'java.util.HashMap', load: 1, deep: { x: ['y'] } },
        });
        expect(found.map((one) => buildUri(one, { what: 'bills' }))).toEqual([
          'https://10.0.0.9:94/bills',
        ]);
        await record(services$(zk, '/services')).settles(
          'its name',
          (all) => all.join() === 'billing',
        );
        if (type === 'DYNAMIC_SEQUENTIAL') {
          // Curator itself does not find it again: it looks for the id without a number.
          expect(await zk.children('/services/billing')).toEqual([
            expect.stringMatching(/^j\d{10}$/),
          ]);
          await theirs('close');
          return;
        }
        await theirs('update', 'billing', 'j', '{"load":2}', type);
        await ours.settles('the new load', ([one]) => JSON.stringify(one?.payload).includes('2'));
        await theirs('unregister', 'j');
        await ours.settles('none', (all) => all.length === 0);
        await theirs('close');
      },
    );

    it('replaces theirs and is replaced by theirs, under one id', async () => {
      const { zk, make } = world();
      const theirs = await make('discovery', '/services');
      await theirs('register', 'search', 'a', '{"who":"java"}', 'DYNAMIC');
      const ours = record(register$(zk, '/services', { name: 'search', id: 'a', payload: 'rxzk' }));
      const found = record(instances$(zk, '/services', 'search'));
      await found.settles('ours', ([one]) => one?.payload === 'rxzk');
      await theirs('register', 'search', 'a', '{"who":"java again"}', 'DYNAMIC');
      await found.settles('theirs', ([one]) => JSON.stringify(one ?? null).includes('java again'));
      await ours.settles('to be told', ({ status }) => status === 'replaced');
      await theirs('unregister', 'a');
      await found.settles('ours again', ([one]) => one?.payload === 'rxzk');
      await theirs('close');
    });

    it('is one listing of both, however they come and go', async () => {
      const { zk, make } = world();
      const theirs = await make('discovery', '/services');
      const names = record(services$(zk, '/services'));
      const ours = record(instances$(zk, '/services', 'search'));
      const register = (registration: ServiceRegistration) =>
        record(register$(zk, '/services', registration));
      // As both sides see it.
      const listed = async (ids: readonly string[]) => {
        const all = await ours.settles(ids.join(), (found) => idsOf(found).join() === ids.join());
        const found = await instancesBy(theirs, 'search');
        expect(found).toEqual(all.map(fieldsOf).sort(byId).map(withoutClass));
      };
      const payload = { text: 'é', deep: { list: [1, 'two', null] } };
      const a = register({ name: 'search', id: 'a', address: '10.0.0.1', port: 80, payload });
      await theirs('register', 'search', 'b', '{"load":1,"deep":{"x":["y"]}}', 'DYNAMIC');
      await listed(['a', 'b']);
      const c = register({ name: 'search', id: 'c', serviceType: 'STATIC', sslPort: 443, payload });
      await theirs('register', 'search', 'd', '{"load":2}', 'PERMANENT');
      await listed(['a', 'b', 'c', 'd']);
      const billing = register({ name: 'billing', id: 'e' });
      await theirs('register', 'mail', 'f', '{}', 'DYNAMIC');
      await names.settles('all', (all) => all.length === 3);
      expect([...(names.last ?? [])].sort()).toEqual(['billing', 'mail', 'search']);
      expect(((await theirs('names')) as string[]).sort()).toEqual(['billing', 'mail', 'search']);
      a.unsubscribe();
      await theirs('unregister', 'd');
      await listed(['b', 'c']);
      await theirs('update', 'search', 'b', '{"load":3}', 'DYNAMIC');
      await ours.settles('the new load', ([b]) => JSON.stringify(b?.payload).includes('3'));
      await listed(['b', 'c']);
      await theirs('unregister', 'b');
      c.unsubscribe();
      await listed([]);
      billing.unsubscribe();
      await theirs('close');
    });

    it('shows each its own while both come and go as fast as they can', async () => {
      const { zk, make } = world();
      const theirs = await make('discovery', '/services');
      const times = 10;
      const contest = await Contest.begin(zk, { times, rivals: 2 });
      const seen = record(instances$(zk, '/services', 'search'));
      const churned = theirs('churn', 'search', ...contest.wordsFor('java'));
      await contest.meet('start', 'ours');
      const hasMet = () => seen.values.flat().some(({ id }) => id.startsWith('java-'));
      let hasArrived = false;
      for (let i = 0; i < times || !(await contest.met('done')); i++) {
        const id = `ours-${String(i)}`;
        const payload = { round: i };
        const own = record(register$(zk, '/services', { name: 'search', id, payload }));
        await own.settles('it', ({ status }) => status === 'registered');
        await seen.value(id, (all) => idsOf(all).includes(id));
        own.unsubscribe();
        if (hasArrived || i < times || !hasMet()) continue;
        hasArrived = true;
        await contest.arrive('done', 'ours');
      }
      await churned;
      await seen.settles('none', (all) => all.length === 0);
      for (const { id, payload } of seen.values.flat())
        expect(payload).toMatchObject({ round: Number(id.split('-')[1]) });
      await theirs('close');
    });
  });
});

/** What Java tells of an instance that it found. */
interface Found {
  readonly json: string;
  readonly uri: string;
  readonly enabled: boolean;
}

function parse(json: string): Record<string, unknown> {
  // JSON of an instance.
  return JSON.parse(json) as Record<string, unknown>;
}

/** An instance, or what was read of one. */
interface Fields {
  readonly payload?: unknown;
  readonly [field: string]: unknown;
}

/** Without what Java says of the class of a payload. */
function withoutClass({ payload, ...rest }: Fields): unknown {
  if (typeof payload !== 'object' || payload === null) return { ...rest, payload };
  const { '@class': _class, ...fields } = payload as Record<string, unknown>;
  return { ...rest, payload: fields };
}

function fieldsOf(instance: ServiceInstance): Fields {
  return { ...instance };
}

function byId({ id: a }: Fields, { id: b }: Fields): number {
  return String(a) < String(b) ? -1 : 1;
}

function idsOf(instances: readonly ServiceInstance[]): string[] {
  return instances.map(({ id }) => id).sort();
}

/** What Java finds, by their ids. */
async function instancesBy(handle: Handle, name: string): Promise<unknown[]> {
  const found = (await handle('instances', name)) as readonly Found[];
  const instances = found.map(({ json, enabled }) => ({ ...parse(json), enabled }));
  return instances.sort(byId).map(withoutClass);
}

function instanceOf(state: RegistrationState): ServiceInstance {
  if (state.status !== 'registered') throw new Error(state.status);
  return state.instance;
}
