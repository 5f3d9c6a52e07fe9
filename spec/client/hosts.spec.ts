/** The servers of a client: a connect string, a stream of them, `setHosts`; on virtual time, with five servers over one tree. */

import {
  BehaviorSubject,
  concat,
  config,
  EMPTY,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
} from 'rxjs';
import { HostsWorld, serverOf } from './hosts-world.js';
import { type StreamRecord, watch } from './virtual-client.js';

const statuses = (record: StreamRecord<{ readonly status: string }>): string =>
  record.values.map(({ status }) => status).join(' ');

describe('a stream of connect strings', () => {
  it('is waited for, and followed', () => {
    const world = new HostsWorld();
    const hosts$ = new Subject<string>();
    const zk = world.client(hosts$, { chroot: '/app' });
    expect([hosts$.observed, zk.state.status]).toEqual([false, 'closed']);
    const states = watch(zk.state$);
    const created = watch(zk.create('/', 'made'));
    world.time.advanceBy(20_000);
    expect([statuses(states), created.log()]).toEqual(['connecting', []]);
    hosts$.next('zk1');
    world.time.advanceBy(100);
    expect([serverOf(zk), created.log()]).toEqual(['zk1', [`'/'`, '|']]);
    const { session } = zk;
    hosts$.next('zk2/app');
    world.time.advanceBy(200);
    expect([serverOf(zk), statuses(states)]).toEqual([
      'zk2',
      'connecting connected suspended connected',
    ]);
    expect(zk.session).toEqual(session);
    expect(world.reports).toEqual([]);
  });

  it('is subscribed to while there is a session, and its last servers are kept for the next', () => {
    const world = new HostsWorld();
    let subscriptions = 0;
    const hosts$ = new Observable<string>((out) => {
      subscriptions++;
      // Only the first knows anything.
      if (subscriptions === 1) out.next('zk3');
      return () => {
        subscriptions += 10;
      };
    });
    const zk = world.client(hosts$, { idleGraceMs: 100 });
    watch(zk.exists('/'));
    world.time.advanceBy(50);
    expect([subscriptions, serverOf(zk)]).toEqual([1, 'zk3']);
    world.time.advanceBy(1000);
    expect([subscriptions, serverOf(zk)]).toEqual([11, 'closed']);
    const again = watch(zk.exists('/'));
    world.time.advanceBy(50);
    expect([subscriptions, serverOf(zk), again.completed]).toEqual([12, 'zk3', true]);
    void zk.close();
    world.time.advanceBy(50);
    expect([subscriptions, serverOf(zk)]).toEqual([22, 'closed']);
  });

  it('that errs is reported, and the last servers stay', () => {
    const world = new HostsWorld();
    const cause = new Error('the configuration is gone');
    const zk = world.client(
      concat(
        of('zk1'),
        throwError(() => cause),
      ),
    );
    watch(zk.state$);
    world.time.advanceBy(100);
    expect(serverOf(zk)).toBe('zk1');
    expect(world.reports.map(({ name, message, cause }) => ({ name, message, cause }))).toEqual([
      {
        name: 'HostsError',
        message: 'Hosts: the stream of connect strings has failed; the 1 known before stay',
        cause,
      },
    ]);
  });

  it('that errs or completes before it has emitted leaves the client waiting, within the bounds of each request', () => {
    for (const [hosts$, said] of [
      [throwError(() => new Error('no')), 'has failed; no server is known'],
      [EMPTY, 'has completed without a connect string'],
    ] as const) {
      const world = new HostsWorld();
      const zk = world.client(hosts$, { waitForConnectionMs: 500 });
      const read = watch(zk.get('/'));
      world.time.advanceBy(499);
      expect([zk.state.status, read.log()]).toEqual(['connecting', []]);
      world.time.advanceBy(1);
      expect(read.error).toMatchObject({ name: 'ConnectionLossError', outcome: 'not-sent' });
      expect(world.reports.map(({ message }) => message).join()).toContain(said);
    }
  });

  it('that completes leaves its last servers, and says nothing', () => {
    const world = new HostsWorld();
    const zk = world.client(of('zk1', 'zk2'));
    watch(zk.state$);
    world.time.advanceBy(60_000);
    expect([serverOf(zk), world.reports]).toEqual(['zk2', []]);
  });

  it.each([
    ['zk2:0', 'port "0" of "zk2:0" must be a whole number from 1 to 65535'],
    ['', 'must not be empty'],
    ['zk2/other', `chroot "/other" is another than the client's, which has "/app"`],
    [undefined, 'must be a string'],
  ])('that emits %j is reported, and goes on', (wrong, reason) => {
    const world = new HostsWorld();
    const hosts$ = new BehaviorSubject('zk1/app');
    const zk = world.client(hosts$, { chroot: '/app' });
    const states = watch(zk.state$);
    world.time.advanceBy(100);
    // A program without types may emit anything.
    hosts$.next(wrong as string);
    world.time.advanceBy(1000);
    expect([serverOf(zk), statuses(states)]).toEqual(['zk1', 'connecting connected']);
    expect(world.reports).toMatchObject([
      {
        message: 'Hosts: a connect string cannot be used; the 1 known before stay',
        cause: { name: 'InvalidOptionError', option: 'connectString', reason },
      },
    ]);
    hosts$.next('zk2');
    world.time.advanceBy(1000);
    expect(serverOf(zk)).toBe('zk2');
  });

  it('survives an onReport that throws', () => {
    const world = new HostsWorld();
    const hosts$ = new BehaviorSubject('::');
    const zk = world.client(hosts$, {
      onReport: () => {
        throw new Error('broken');
      },
    });
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => unhandled.push(error);
    watch(zk.state$);
    hosts$.next('zk2');
    world.time.advanceBy(1000);
    config.onUnhandledError = null;
    expect([serverOf(zk), unhandled]).toMatchObject(['zk2', [{ message: 'broken' }]]);
  });

  it('is let go when the credentials have been refused', () => {
    const world = new HostsWorld();
    const hosts$ = concat(of('zk1'), NEVER);
    let held = 0;
    const counted$ = new Observable<string>((out) => {
      held++;
      const inner = hosts$.subscribe(out);
      return () => {
        held--;
        inner.unsubscribe();
      };
    });
    const zk = world.client(counted$, { auth: [{ scheme: 'nonsense', credential: 'x' }] });
    watch(zk.state$);
    world.time.advanceBy(100);
    expect([zk.state.status, held]).toEqual(['authFailed', 0]);
  });
});

describe('setHosts', () => {
  it('moves a session that lives on, with its ephemerals and watches', () => {
    const world = new HostsWorld();
    const zk = world.client('zk1');
    const values = watch(zk.data$('/e'));
    watch(zk.create('/e', 'a', { mode: 'ephemeral' }));
    world.time.advanceBy(100);
    const { session } = zk;
    zk.setHosts('zk4,zk5');
    world.time.advanceBy(200);
    expect(['zk4', 'zk5']).toContain(serverOf(zk));
    expect(zk.session).toEqual(session);
    watch(zk.set('/e', 'b'));
    world.time.advanceBy(20_000);
    expect(values.values.map((value) => value && Buffer.from(value).toString())).toEqual([
      null,
      'a',
      'b',
    ]);
  });

  it('counts for a session that is opened later', () => {
    const world = new HostsWorld();
    const zk = world.client('nowhere');
    zk.setHosts('zk2');
    watch(zk.state$);
    world.time.advanceBy(100);
    expect([serverOf(zk), world.reports]).toEqual(['zk2', []]);
  });

  it('gives a client servers whose stream has none', () => {
    const world = new HostsWorld();
    const zk = world.client(NEVER);
    watch(zk.state$);
    world.time.advanceBy(1000);
    zk.setHosts('zk2');
    world.time.advanceBy(100);
    expect(serverOf(zk)).toBe('zk2');
  });

  it.each([
    ['zk1,,zk2', /host 2 is empty/],
    ['zk2/b', /chroot "\/b" is another than the client's, which has "\/a"/],
  ])('refuses %s, and nothing has changed', (wrong, message) => {
    const world = new HostsWorld();
    const zk = world.client('zk1/a');
    watch(zk.state$);
    world.time.advanceBy(100);
    expect(() => {
      zk.setHosts(wrong);
    }).toThrow(message);
    world.time.advanceBy(1000);
    expect(serverOf(zk)).toBe('zk1');
    expect(() => {
      world.client('zk1').setHosts('zk2/b');
    }).toThrow(/which has none/);
  });

  it('changes nothing of a client that is closed', () => {
    const world = new HostsWorld();
    const zk = world.client('zk1');
    watch(zk.state$);
    world.time.advanceBy(100);
    void zk.close();
    zk.setHosts('zk2');
    world.time.advanceBy(10_000);
    expect([zk.state.status, world.network.links().length, world.time.pending]).toEqual([
      'closed',
      0,
      0,
    ]);
  });
});

describe('the option chroot', () => {
  it('is the prefix of all paths, as one in the connect string is', () => {
    const world = new HostsWorld();
    const zk = world.client('zk1', { chroot: '/app' });
    expect([zk.chroot, world.client('zk1/app', { chroot: '/app' }).chroot]).toEqual([
      '/app',
      '/app',
    ]);
    expect(world.client('zk1', { chroot: '/' }).chroot).toBe('');
    watch(zk.create('/', ''));
    watch(zk.create('/x', ''));
    const seen = watch(world.client('zk1').exists('/app/x'));
    world.time.advanceBy(100);
    expect(seen.values[0]).toMatchObject({ version: 0 });
  });

  it.each([
    ['zk1', 'app', /chroot.*must start with/],
    ['zk1/a', '/b', /chroot "\/a" is another than the client's, which has "\/b"/],
    ['zk1/a', '', /which has none/],
  ])('is refused: %s with %j', (connectString, chroot, message) => {
    expect(() => new HostsWorld().client(connectString, { chroot })).toThrow(message);
  });
});

describe('1000 clients whose servers change', () => {
  const spread = (share: number): number => 4 * Math.sqrt(1000 * share * (1 - share));

  it.each([
    ['zk1,zk2,zk3', 'zk1,zk2,zk3,zk4,zk5'],
    ['zk1,zk2,zk3,zk4,zk5', 'zk1,zk2,zk3'],
  ])('are evenly spread again after %s became %s, and two of five have moved', (before, after) => {
    const world = new HostsWorld();
    const hosts$ = new BehaviorSubject(before);
    const clients = Array.from({ length: 1000 }, () => world.client(hosts$));
    const states = clients.map((zk) => watch(zk.state$));
    world.time.advanceBy(1000);
    const sessions = clients.map(({ session }) => session?.id);
    const load = (): number[] =>
      after.split(',').map((host) => clients.filter((zk) => serverOf(zk) === host).length);
    hosts$.next(after);
    world.time.advanceBy(1000);
    const even = 1 / load().length;
    for (const count of load()) expect(Math.abs(count - 1000 * even)).toBeLessThan(spread(even));
    expect(load().reduce((sum, count) => sum + count, 0)).toBe(1000);
    const moved = states.filter(({ values }) => values.length > 2).length;
    expect(Math.abs(moved - 400)).toBeLessThan(spread(0.4));
    expect(clients.map(({ session }) => session?.id)).toEqual(sessions);
    // The same list once more moves nobody.
    hosts$.next(after);
    world.time.advanceBy(1000);
    expect(states.filter(({ values }) => values.length > 2)).toHaveLength(moved);
  });
});
