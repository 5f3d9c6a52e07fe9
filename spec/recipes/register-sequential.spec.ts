/** Registering instances that the server numbers: several with one id, none of which is lost, doubled or taken for another. */

import { BehaviorSubject, NEVER, Subject } from 'rxjs';
import { memoryOf } from '../../src/recipes/membership/client-memory.js';
import { type ServiceRegistration } from '../../src/recipes/services/registration.js';
import { cutOnce, cutsOf } from './cuts.js';
import { everywhere } from './every/play.js';
import { base, one, register, said } from './registrations.js';
import { expiryMs, nothing, World } from './world.js';

describe('register$ of a sequential instance', () => {
  const numbered: ServiceRegistration = { ...one, serviceType: 'DYNAMIC_SEQUENTIAL' };
  const entries = (world: World) => [...(world.names(`${base}/search`) ?? [])].sort();

  it('has the number of the server behind the id, so that several have one id', () => {
    const world = new World();
    const registrations = ['a', 'b', 'c'].map((payload) => {
      const registration = register(world.join(), { ...numbered, payload });
      world.time.advanceBy(50);
      return registration;
    });
    const names = ['i10000000000', 'i10000000001', 'i10000000002'];
    expect(entries(world)).toEqual(names);
    expect(registrations.map(({ values }) => values.at(-1))).toEqual(
      names.map((name, i) => ({
        status: 'registered',
        path: `${base}/search/${name}`,
        instance: expect.objectContaining({ id: 'i1', payload: 'abc'[i] }) as unknown,
      })),
    );
    // The create, and nothing after it.
    expect(world.server.tree()[`${base}/search/i10000000001`]?.stat.version).toBe(0);
    registrations[1]?.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(entries(world)).toEqual(['i10000000000', 'i10000000002']);
  });

  it('keeps its number in a new session, and when somebody has deleted it', () => {
    const world = new World();
    const member = world.join();
    const { log } = register(member, numbered);
    world.time.advanceBy(50);
    register(world.join(), numbered);
    world.time.advanceBy(50);
    world.network.at(member.address).partition();
    world.time.advanceBy(expiryMs);
    expect(entries(world)).toEqual(['i10000000001']);
    world.network.at(member.address).heal();
    world.time.advanceBy(expiryMs);
    expect(entries(world)).toEqual(['i10000000000', 'i10000000001']);
    world.join().zk.delete(`${base}/search/i10000000000`).subscribe();
    world.time.advanceBy(2000);
    expect(entries(world)).toEqual(['i10000000000', 'i10000000001']);
    expect(log).toEqual([
      'unregistered',
      ...again('registered'),
      ...again('registered'),
      'registered',
    ]);
  });

  it('takes another number when somebody else has got its own meanwhile', () => {
    const world = new World();
    const member = world.join();
    const { log, values, subscription } = register(member, numbered);
    world.time.advanceBy(50);
    world.network.at(member.address).partition();
    world.time.advanceBy(expiryMs);
    const other = world.join({ idleGraceMs: Infinity }).zk;
    // The container went with its last entry, and the new one counts anew.
    const how = { mode: 'ephemeral', parents: 'container' } as const;
    other.create(`${base}/search/i10000000000`, 'theirs', how).subscribe();
    world.time.advanceBy(50);
    world.network.at(member.address).heal();
    world.time.advanceBy(expiryMs);
    expect(values.at(-1)).toMatchObject({ path: `${base}/search/i10000000001` });
    expect(log.at(-1)).toBe('registered');
    expect(entries(world)).toEqual(['i10000000000', 'i10000000001']);
    subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(entries(world)).toEqual(['i10000000000']);
  });

  it('leaves nothing behind, whenever it is left, while the session goes on', () => {
    for (let ms = 0; ms < 40; ms++) {
      const world = new World();
      const { subscription } = register(world.join({ idleGraceMs: Infinity }), numbered);
      world.time.advanceBy(ms);
      subscription.unsubscribe();
      world.time.advanceBy(100);
      expect([ms, entries(world)]).toEqual([ms, []]);
      expect(world.server.ephemerals()).toEqual([]);
    }
  });

  it('writes what a stream says later into the same znode', () => {
    const world = new World();
    const instances$ = new BehaviorSubject<ServiceRegistration>({ ...numbered, payload: 1 });
    register(world.join(), instances$);
    world.time.advanceBy(50);
    instances$.next({ ...numbered, payload: 2 });
    world.time.advanceBy(50);
    expect(entries(world)).toEqual(['i10000000000']);
    expect(said(world, `${base}/search/i10000000000`)).toMatchObject({ payload: 2 });
  });

  // Of two of one client the session does not tell whose a znode is.
  it.each(cutsOf(16))(
    'is there once for each of one client, cut $when chunk $chunk $direction',
    (cut) => {
      const world = new World();
      const member = world.join();
      cutOnce(world, member, cut);
      const payloads = [1, 2];
      const registrations = payloads.map((payload) => register(member, { ...numbered, payload }));
      world.time.advanceBy(expiryMs);
      const told = registrations.map(({ values }) => {
        const state = values.at(-1);
        return state?.status === 'registered' ? said(world, state.path)?.['payload'] : state;
      });
      expect(told).toEqual(payloads);
      expect(entries(world)).toHaveLength(2);
      for (const { subscription } of registrations) subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(entries(world)).toEqual([]);
    },
  );

  it.each(cutsOf(16))(
    'is there once when another of its client is left meanwhile, cut $when chunk $chunk $direction',
    (cut) => {
      for (let ms = 0; ms < 24; ms += 2) {
        const world = new World();
        const member = world.join({ idleGraceMs: Infinity });
        cutOnce(world, member, cut);
        const left = register(member, { ...numbered, payload: 1 });
        const { values } = register(member, { ...numbered, payload: 2 });
        world.time.advanceBy(ms);
        left.subscription.unsubscribe();
        world.time.advanceBy(expiryMs);
        const state = values.at(-1);
        const at = state?.status === 'registered' ? state.path : '';
        expect([ms, entries(world).map((name) => `${base}/search/${name}`)]).toEqual([ms, [at]]);
        expect(said(world, at)).toMatchObject({ payload: 2 });
      }
    },
  );

  it.each(cutsOf(16))(
    'is not taken for one of another name or of another client, cut $when chunk $chunk $direction',
    (cut) => {
      const world = new World();
      const other = register(world.join(), { ...numbered, payload: 'other' });
      const member = world.join({ idleGraceMs: Infinity });
      world.time.advanceBy(50);
      // Not a registration: nothing says that it is somebody's, but its name.
      member.zk.create(`${base}/search/i1-x`, '{}', { mode: 'ephemeral' }).subscribe();
      world.time.advanceBy(50);
      cutOnce(world, member, cut);
      const ours = register(member, { ...numbered, payload: 'ours' });
      world.time.advanceBy(expiryMs);
      const told = [other, ours].map(({ values }) => {
        const state = values.at(-1);
        return state?.status === 'registered' ? said(world, state.path)?.['payload'] : state;
      });
      expect(told).toEqual(['other', 'ours']);
      expect(entries(world)).toHaveLength(3);
    },
  );

  // Before 3.6 the numbers go on below zero, with ten digits at first and nine later.
  it.each([
    ['-2147483647', -2_147_483_647],
    ['-000000005', -5],
  ])('is found again by its name when that ends in %s', (number, counter) => {
    everywhere(cutsOf(10), (cut) => {
      const world = new World({ version: '3.5.9' });
      world.countFrom(`${base}/search`, counter);
      const member = world.join();
      cutOnce(world, member, cut);
      const { subscription } = register(member, numbered);
      world.time.advanceBy(expiryMs);
      expect(entries(world)).toEqual([`i1${number}`]);
      subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    });
  });

  it('ends with the client', () => {
    const world = new World();
    const member = world.join();
    const { log, errors } = register(member, numbered);
    world.time.advanceBy(50);
    void member.zk.close();
    world.time.advanceBy(50);
    expect([log.at(-1), errors]).toEqual(['|', []]);
  });
});

function again(status: string): readonly string[] {
  return [status, 'unregistered'];
}

describe('a path that is held while its znode is deleted', () => {
  it('is claimed until that has ended, and stays with whoever had it before', () => {
    const { zk } = new World().join();
    const memory = memoryOf(zk);
    const deleted = new Subject<never>();
    memory.hold('/a', deleted);
    memory.hold('/a', NEVER);
    let claimed = false;
    memory.claim$('/a', { until$: NEVER, blocked: () => undefined }).subscribe(() => {
      claimed = true;
    });
    expect([memory.isClaimed('/a'), claimed]).toEqual([true, false]);
    deleted.complete();
    expect([memory.isClaimed('/a'), claimed]).toEqual([true, true]);
    const other = new Subject<never>();
    memory.hold('/b', other);
    other.complete();
    expect(memory.isClaimed('/b')).toBe(false);
  });
});
