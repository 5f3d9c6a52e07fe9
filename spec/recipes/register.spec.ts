/** Registering instances of services on virtual time, with every cut. */

import {
  BehaviorSubject,
  concat,
  EMPTY,
  ignoreElements,
  of,
  Subject,
  throwError,
  timer,
} from 'rxjs';
import { InvalidOptionError, InvalidPathError } from '../../src/errors/client-errors.js';
import { register$ } from '../../src/recipes/services/register.js';
import { type ServiceRegistration } from '../../src/recipes/services/registration.js';
import { cutOnce, cutsOf } from './cuts.js';
import { base, one, path, recording, register, said } from './registrations.js';
import { expiryMs, nothing, World } from './world.js';

describe('register$', () => {
  it('keeps an ephemeral entry under containers, and takes it away', () => {
    const world = new World();
    const { log, values, subscription } = register(world.join());
    expect(log).toEqual(['unregistered']);
    world.time.advanceBy(50);
    expect(log).toEqual(['unregistered', 'registered']);
    const instance = { ...said(world), enabled: true };
    expect(values[1]).toEqual({ status: 'registered', path, instance });
    expect(instance).toMatchObject({ ...one, payload: null, serviceType: 'DYNAMIC' });
    expect(world.server.ephemerals()).toEqual([path]);
    for (const parent of [base, `${base}/search`]) {
      expect(world.server.tree()[parent]?.kind).toBe('container');
    }
    subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(said(world)).toBeUndefined();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('fills in an id and the time, the same for each value of a stream', () => {
    const world = new World();
    world.time.advanceTo(1000);
    const instances$ = new BehaviorSubject<ServiceRegistration>({ name: 'search', payload: 1 });
    register(world.join(), instances$);
    world.time.advanceBy(50);
    const [id = ''] = world.names(`${base}/search`) ?? [];
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    const at = `${base}/search/${id}`;
    expect(said(world, at)).toMatchObject({ id, registrationTimeUTC: 1000, payload: 1 });
    const { czxid } = world.server.tree()[at]?.stat ?? { czxid: 0n };
    world.time.advanceBy(500);
    instances$.next({ name: 'search', payload: 2, enabled: false });
    world.time.advanceBy(50);
    expect(said(world, at)).toMatchObject({
      ...{ id, registrationTimeUTC: 1000, payload: 2, enabled: false },
    });
    // Written, not made anew.
    expect(world.server.tree()[at]?.stat.czxid).toBe(czxid);
  });

  it('is registered anew with a new session, by itself', () => {
    const world = new World();
    const member = world.join();
    const { log, subscription } = register(member);
    world.time.advanceBy(50);
    const before = world.server.tree()[path]?.stat.ephemeralOwner;
    world.network.at(member.address).partition();
    world.time.advanceBy(expiryMs);
    expect(said(world)).toBeUndefined();
    world.network.at(member.address).heal();
    world.time.advanceBy(expiryMs);
    expect(log).toEqual(['unregistered', 'registered', 'unregistered', 'registered']);
    expect(world.server.tree()[path]?.stat.ephemeralOwner).not.toBe(before);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is registered anew when somebody has deleted it, after a second in which he can put his own there', () => {
    const world = new World();
    const { log } = register(world.join());
    world.time.advanceBy(50);
    world.join().zk.delete(path).subscribe();
    world.time.advanceBy(1000);
    expect(log).toEqual(['unregistered', 'registered', 'unregistered']);
    world.time.advanceBy(50);
    expect(log).toEqual(['unregistered', 'registered', 'unregistered', 'registered']);
    expect(said(world)).toMatchObject(one);
  });

  it('replaces what an earlier life has left behind, at once and without a gap', () => {
    const world = new World();
    const former = world.join();
    register(former, { ...one, payload: 'former' });
    world.time.advanceBy(50);
    world.network.at(former.address).partition();
    const onlooker = world.join();
    const seen: (readonly string[] | null)[] = [];
    onlooker.zk.children$(`${base}/search`).subscribe((names) => seen.push(names));
    world.time.advanceBy(50);
    const { log } = register(world.join(), { ...one, payload: 'latter' });
    world.time.advanceBy(50);
    expect(log).toEqual(['unregistered', 'registered']);
    expect(said(world)).toMatchObject({ payload: 'latter' });
    world.time.advanceBy(2 * expiryMs);
    expect(said(world)).toMatchObject({ payload: 'latter' });
    expect(seen.length).toBeGreaterThan(0);
    for (const names of seen) expect(names).toEqual(['i1']);
  });

  it('gives way to who comes later, and takes the entry again when that one is gone', () => {
    const world = new World();
    const a = register(world.join(), { ...one, payload: 'a' });
    world.time.advanceBy(50);
    const b = register(world.join(), { ...one, payload: 'b' });
    world.time.advanceBy(1000);
    expect([a.log.at(-1), b.log.at(-1)]).toEqual(['replaced', 'registered']);
    expect(said(world)).toMatchObject({ payload: 'b' });
    b.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(a.log.at(-1)).toBe('registered');
    expect(said(world)).toMatchObject({ payload: 'a' });
    a.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
    expect(said(world)).toBeUndefined();
  });

  it('does not come between the delete and the create of another that takes its place, as Curator does', () => {
    const world = new World();
    const { log } = register(world.join());
    const other = world.join({ idleGraceMs: Infinity }).zk;
    world.time.advanceBy(50);
    other.delete(path).subscribe();
    world.time.advanceBy(300);
    other.create(path, 'theirs', { mode: 'ephemeral' }).subscribe();
    world.time.advanceBy(2000);
    expect(log.slice(2)).toEqual(['unregistered', 'replaced']);
    void other.close();
    world.time.advanceBy(2000);
    expect(log.at(-1)).toBe('registered');
    expect(said(world)).toMatchObject(one);
  });

  it('has one registration after the other for one client', () => {
    const world = new World();
    const member = world.join();
    const a = register(member, { ...one, payload: 'a' });
    world.time.advanceBy(50);
    const b = register(member, { ...one, payload: 'b' });
    world.time.advanceBy(50);
    expect([a.log.at(-1), b.log.at(-1)]).toEqual(['registered', 'replaced']);
    a.subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(b.log.at(-1)).toBe('registered');
    expect(said(world)).toMatchObject({ payload: 'b' });
  });

  it('says nothing before there is something to say, and stays when there is nothing more', () => {
    const world = new World();
    const instances$ = new Subject<ServiceRegistration>();
    const { log } = register(world.join(), instances$);
    world.time.advanceBy(50);
    expect(log).toEqual(['unregistered']);
    instances$.next(one);
    instances$.complete();
    world.time.advanceBy(50);
    expect(log).toEqual(['unregistered', 'registered']);
    const never = register(world.join(), EMPTY);
    expect(never.log).toEqual(['unregistered', '|']);
  });

  it('ends with the client', () => {
    for (const serviceType of ['DYNAMIC', 'STATIC'] as const) {
      const world = new World();
      const member = world.join();
      const { log, errors } = register(member, { ...one, serviceType });
      world.time.advanceBy(50);
      void member.zk.close();
      world.time.advanceBy(50);
      expect([log.at(-1), errors]).toEqual(['|', []]);
    }
  });

  it('ends with the error of the stream, and with the signal', () => {
    const world = new World();
    const error = new Error('of the stream');
    const later$ = timer(20, world.time).pipe(ignoreElements());
    const fails$ = throwError(() => error);
    const failing = register(world.join(), concat(of(one), later$, fails$));
    const controller = new AbortController();
    const aborted = recording(
      register$(world.join().zk, base, { ...one, id: 'i2' }, { signal: controller.signal }),
    );
    world.time.advanceBy(50);
    controller.abort('enough');
    expect([failing.errors, aborted.errors]).toEqual([[error], ['enough']]);
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(`${base}/search`) ?? []).toEqual([]);
  });

  it('errs when it may not write', () => {
    const world = new World();
    const acl = [{ perms: 1, scheme: 'world', id: 'anyone' }];
    world.join().zk.create(base, '', { acl }).subscribe();
    world.time.advanceBy(50);
    for (const serviceType of ['DYNAMIC', 'STATIC'] as const) {
      const { errors } = register(world.join(), { ...one, serviceType });
      world.time.advanceBy(50);
      expect(errors).toEqual([expect.objectContaining({ name: 'NoAuthError' })]);
    }
    expect(world.leftovers()).toEqual(nothing);
  });

  it.each([
    ['name', { name: 'a/b' }],
    ['name', { name: '' }],
    ['name', {}],
    ['id', { name: 'a', id: '..' }],
    ['port', { name: 'a', port: 70_000 }],
    ['sslPort', { name: 'a', sslPort: '443' }],
    ['address', { name: 'a', address: 1 }],
    ['serviceType', { name: 'a', serviceType: 'SEQUENTIAL' }],
    ['uriSpec', { name: 'a', uriSpec: '{' }],
    ['uriSpec', { name: 'a', uriSpec: {} }],
    ['enabled', { name: 'a', enabled: 'yes' }],
    ['registrationTimeUTC', { name: 'a', registrationTimeUTC: '1' }],
    ['adress', { name: 'a', adress: 'x' }],
    ['instance', 'a'],
  ])('refuses a wrong %s: %j', (option, instance) => {
    // As a caller without types may do.
    const { errors } = register(new World().join(), instance as ServiceRegistration);
    expect(errors).toEqual([expect.any(InvalidOptionError)]);
    expect(errors[0]).toMatchObject({ option, operation: 'register$' });
  });

  it.each(['name', 'id', 'serviceType'] as const)('refuses another %s later', (option) => {
    const world = new World();
    const other = { name: 'x', id: 'x', serviceType: 'STATIC' } as const;
    const { errors } = register(world.join(), of(one, { ...one, [option]: other[option] }));
    expect(errors).toEqual([expect.any(InvalidOptionError)]);
    expect(errors[0]).toMatchObject({ option });
  });

  it('refuses a wrong path and unknown options', () => {
    const { zk } = new World().join();
    const options = { timeoutMs: 1 } as object;
    expect(recording(register$(zk, 'x', one)).errors).toEqual([expect.any(InvalidPathError)]);
    const { errors } = recording(register$(zk, base, one, options));
    expect(errors).toEqual([expect.any(InvalidOptionError)]);
  });
});

describe('register$ of a static instance', () => {
  const fixed: ServiceRegistration = { ...one, serviceType: 'STATIC' };

  it('outlives its process, is taken over by the next, and goes when that one unsubscribes', () => {
    const world = new World();
    const former = world.join();
    register(former, { ...fixed, payload: 'former' });
    world.time.advanceBy(50);
    world.network.at(former.address).partition();
    world.time.advanceBy(expiryMs);
    expect(said(world)).toMatchObject({ payload: 'former', serviceType: 'STATIC' });
    const { log, subscription } = register(world.join(), { ...fixed, payload: 'latter' });
    world.time.advanceBy(50);
    expect(log).toEqual(['unregistered', 'registered']);
    expect(said(world)).toMatchObject({ payload: 'latter' });
    subscription.unsubscribe();
    world.time.advanceBy(50);
    expect(said(world)).toBeUndefined();
  });

  it('replaces an ephemeral entry, which would not stay', () => {
    const world = new World();
    const member = world.join();
    register(member);
    world.time.advanceBy(50);
    world.network.at(member.address).partition();
    register(world.join(), fixed);
    world.time.advanceBy(expiryMs);
    expect(said(world)).toMatchObject({ serviceType: 'STATIC' });
    expect(world.server.tree()[path]?.stat.ephemeralOwner).toBe(0n);
  });

  it('stays if it is permanent', () => {
    const world = new World();
    const instances$ = new BehaviorSubject<ServiceRegistration>({
      ...{ ...one, serviceType: 'PERMANENT', payload: 1 },
    });
    const { subscription } = register(world.join(), instances$);
    world.time.advanceBy(50);
    instances$.next({ ...one, serviceType: 'PERMANENT', payload: 2 });
    world.time.advanceBy(50);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
    expect(said(world)).toMatchObject({ payload: 2 });
  });
});

const chunks = 10;
const kinds = ['DYNAMIC', 'DYNAMIC_SEQUENTIAL', 'STATIC'] as const;
const places = kinds.flatMap((serviceType) =>
  cutsOf(chunks).map((cut) => ({ serviceType, ...cut })),
);

/** The path of the one entry that there is; a second one would be found. */
function only(world: World): string {
  const names = world.names(`${base}/search`) ?? [];
  expect(names.length).toBeLessThanOrEqual(1);
  return `${base}/search/${names[0] ?? 'none'}`;
}

describe('register$ with the connection cut', () => {
  it.each(places)(
    '$serviceType, $when chunk $chunk $direction: registered at last with the newest, and gone at the end',
    ({ serviceType, ...cut }) => {
      const world = new World();
      const struck = world.join();
      cutOnce(world, struck, cut);
      const instances$ = new BehaviorSubject<ServiceRegistration>({ ...one, serviceType });
      const { log, errors, subscription } = register(struck, instances$);
      world.time.advanceBy(30);
      instances$.next({ ...one, serviceType, payload: 'new' });
      world.time.advanceBy(4000);
      expect(errors).toEqual([]);
      expect(log.at(-1)).toBe('registered');
      expect(said(world, only(world))).toMatchObject({ payload: 'new' });
      subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(said(world, only(world))).toBeUndefined();
    },
  );

  it.each(places)(
    '$serviceType, $when chunk $chunk $direction: nothing stays when it is left right then',
    ({ serviceType, ...cut }) => {
      const world = new World();
      const struck = world.join();
      const instances$ = new BehaviorSubject<ServiceRegistration>({ ...one, serviceType });
      const { subscription } = register(struck, instances$);
      cutOnce(world, struck, cut, () => {
        subscription.unsubscribe();
      });
      world.time.advanceBy(30);
      instances$.next({ ...one, serviceType, payload: 'new' });
      world.time.advanceBy(10_000);
      subscription.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
      expect(said(world, only(world))).toBeUndefined();
    },
  );

  it.each(Array.from({ length: 20 }, (_, i) => 2 * i))('nothing stays after %d ms', (ms) => {
    for (const serviceType of kinds) {
      const world = new World();
      const { subscription } = register(world.join(), { ...one, serviceType });
      world.time.advanceBy(ms);
      subscription.unsubscribe();
      expect(world.leftovers()).toEqual(nothing);
      expect(said(world, only(world))).toBeUndefined();
    }
  });
});
