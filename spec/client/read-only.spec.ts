/** The option `readOnly`: reading from a server without its quorum, and coming back from it, on virtual time. */

import { NEVER, type Observable } from 'rxjs';
import {
  type ConnectError,
  create,
  isRetryable,
  json,
  lock$,
  LockLostError,
  NotReadOnlyError,
  type ZooKeeper,
} from '../../src/index.js';
import { EnsembleWorld } from './ensemble-world.js';
import { type StreamRecord, watch } from './virtual-client.js';

/** A world whose servers are all read-only, with a znode from before. */
function readOnlyWorld(): EnsembleWorld {
  const world = new EnsembleWorld();
  const writer = world.client();
  watch(writer.create('/a', '1'));
  world.time.advanceBy(100);
  void writer.close();
  world.time.advanceBy(100);
  world.server.setReadOnly(true);
  return world;
}

function write(world: EnsembleWorld, act: (zk: ZooKeeper) => Observable<unknown>): unknown {
  const zk = world.client();
  const record = watch(act(zk));
  world.time.advanceBy(200);
  void zk.close();
  world.time.advanceBy(100);
  return record.error ?? record.values[0];
}

const last = <T>(record: StreamRecord<T>): T | undefined => record.values.at(-1);

describe('without the option readOnly', () => {
  it('passes read-only servers over, tells of each, and takes the one that takes writes', () => {
    const world = readOnlyWorld();
    world.server.setReadOnly(false, 2);
    const zk = world.client();
    watch(zk.get('/a'));
    world.time.advanceBy(1000);
    expect(zk.state).toMatchObject({ status: 'connected', server: 'zk3:2181', readOnly: false });
    expect(world.reports.map((report) => (report as ConnectError).server)).toEqual([
      'zk1:2181',
      'zk2:2181',
    ]);
    expect(world.reports[0]?.message).toContain('option readOnly');
    expect(world.words).toEqual([]);
  });

  it('stays connecting if there is no other, and says why', () => {
    const world = readOnlyWorld();
    const zk = world.client();
    const { told } = world.states(zk);
    world.time.advanceBy(60_000);
    expect(told()).toBe('o');
    expect(zk.state).toMatchObject({ status: 'connecting', cause: { reason: 'closed' } });
  });
});

describe('at a read-only server', () => {
  it('reads, watches, and says that it is one', () => {
    const world = readOnlyWorld();
    const zk = world.client({ readOnly: true });
    const value = watch(zk.data$('/a', json<number>()));
    const stat = watch(zk.exists$('/b'));
    world.time.advanceBy(100);
    expect(zk.state).toMatchObject({ status: 'connected', server: 'zk1:2181', readOnly: true });
    expect([value.values, stat.values]).toEqual([[1], [null]]);
  });

  it.each<[string, (zk: ZooKeeper) => Observable<unknown>]>([
    ['create', (zk) => zk.create('/b')],
    ['create container', (zk) => zk.create('/b', null, { mode: 'container' })],
    ['create TTL', (zk) => zk.create('/b', null, { mode: 'ttl', ttlMs: 1000 })],
    ['create withStat', (zk) => zk.create('/b', null, { withStat: true })],
    ['create ephemeral', (zk) => zk.create('/b', null, { mode: 'ephemeral' })],
    ['set', (zk) => zk.set('/a', 'x')],
    ['delete', (zk) => zk.delete('/a')],
    ['ensurePath', (zk) => zk.ensurePath('/b/c')],
    ['setAcl', (zk) => zk.setAcl('/a', [{ perms: 31, scheme: 'world', id: 'anyone' }])],
    ['sync', (zk) => zk.sync('/a')],
    ['transaction', (zk) => zk.transaction([create('/b')])],
    ['reconfig', (zk) => zk.reconfig({ leaving: '1' })],
  ])('errs with NotReadOnlyError for a write: %s', (_, act) => {
    const world = readOnlyWorld();
    const zk = world.client({ readOnly: true });
    const record = watch(act(zk));
    world.time.advanceBy(100);
    expect(record.error).toBeInstanceOf(NotReadOnlyError);
    expect((record.error as NotReadOnlyError).code).toBe(-119);
    expect(isRetryable(record.error)).toBe(true);
  });

  it('has a session that is nothing to keep', () => {
    const world = readOnlyWorld();
    const zk = world.client({ readOnly: true });
    watch(zk.get('/a'));
    world.time.advanceBy(100);
    expect(zk.session).toBeUndefined();
    expect(world.server.sessions()).toEqual([]);
    void zk.close();
    world.time.advanceBy(100);
    expect([world.network.links(), world.time.pending]).toEqual([[], 0]);
  });

  it('grants no lock until it is left, and lets time limits pass', () => {
    const world = readOnlyWorld();
    const zk = world.client({ readOnly: true });
    const held = watch(lock$(zk, '/lock'));
    const late = watch(lock$(zk, '/lock', { waitMs: 2000 }));
    world.time.advanceBy(5000);
    expect([held.values, held.error]).toEqual([[], undefined]);
    expect(late.error).toMatchObject({ name: 'TimeoutError' });
    world.server.setReadOnly(false);
    world.time.advanceBy(5000);
    expect(held.values).toHaveLength(1);
  });
});

describe('the search for a server that takes writes', () => {
  it('asks all hosts, moves on when one is found, and puts back watches, reads and credentials', () => {
    const world = readOnlyWorld();
    world.server.setReadOnly(false);
    const acl = [{ perms: 31, scheme: 'digest', id: 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM=' }];
    write(world, (other) => other.create('/secret', 'x', { acl }));
    world.server.setReadOnly(true);
    const zk = world.client({
      readOnly: true,
      auth: [{ scheme: 'digest', credential: 'bob:pw' }],
    });
    const { record, told } = world.states(zk);
    const value = watch(zk.data$('/a', json<number>()));
    const secret = watch(zk.data$('/secret'));
    world.time.advanceBy(2000);
    expect(new Set(world.words)).toEqual(new Set(['zk1 isro', 'zk2 isro', 'zk3 isro']));
    const guest = last(record);
    world.server.setReadOnly(false, 2);
    world.time.advanceBy(5000);
    expect(told()).toBe('orsc');
    expect(zk.state).toMatchObject({ server: 'zk3:2181', readOnly: false });
    expect(record.values.at(-2)).toMatchObject({
      cause: { reason: 'read-only', server: 'zk1:2181' },
    });
    expect(last(record)).not.toMatchObject({
      sessionId: (guest as { sessionId: bigint }).sessionId,
    });
    expect(zk.session?.id).toBe(world.server.sessions()[0]?.id);
    write(world, (other) => other.set('/a', '2'));
    expect([value.values, secret.values.length, secret.error]).toEqual([[1, 2], 1, undefined]);
    const asked = world.words.length;
    world.time.advanceBy(60_000);
    expect(world.words.length).toBe(asked);
  });

  it('asks less and less often, never more than ten seconds apart in each round', () => {
    const world = readOnlyWorld();
    watch(world.client({ readOnly: true }).data$('/a'));
    world.time.advanceBy(1000);
    const first = world.words.length;
    world.time.advanceBy(600_000);
    const all = world.words.length;
    // Pauses of 50 to 100, 100 to 200, 200 to 400 ms, … and three hosts in each round.
    expect(first).toBeGreaterThanOrEqual(6);
    expect(first).toBeLessThanOrEqual(15);
    expect(all).toBeGreaterThanOrEqual(3 * 60);
    expect(all).toBeLessThanOrEqual(3 * 130);
  });

  it('goes on over hosts that do not answer', () => {
    const world = readOnlyWorld();
    const zk = world.client({ readOnly: true, sessionTimeoutMs: 9000 });
    watch(zk.data$('/a'));
    world.time.advanceBy(20);
    world.network.at({ host: 'zk2', port: 2181 }).partition();
    world.server.stop(0);
    world.server.start(0);
    world.server.setReadOnly(false, 2);
    world.time.advanceBy(20_000);
    expect(zk.state).toMatchObject({ status: 'connected', server: 'zk3:2181' });
  });

  it('asks srvr where isro is not allowed', () => {
    const world = new EnsembleWorld({ server: { words: ['srvr'] } });
    world.server.setReadOnly(true);
    const zk = world.client({ readOnly: true });
    watch(zk.exists$('/a'));
    world.time.advanceBy(1000);
    expect(zk.state).toMatchObject({ readOnly: true });
    world.server.setReadOnly(false, 1);
    world.time.advanceBy(5000);
    expect(zk.state).toMatchObject({ status: 'connected', server: 'zk2:2181', readOnly: false });
    expect(world.words).toContain('zk2 srvr');
  });

  it('goes on when the server takes writes again where it is', () => {
    const world = new EnsembleWorld({ servers: 1 });
    world.server.setReadOnly(true);
    const zk = world.client({ readOnly: true });
    const { told } = world.states(zk);
    world.time.advanceBy(100);
    world.server.setReadOnly(false);
    world.time.advanceBy(1000);
    expect(told()).toBe('orsc');
  });

  it('leaves nothing behind when it is cut short, whenever that is', () => {
    for (let at = 0; at < 400; at += 7) {
      const world = readOnlyWorld();
      const zk = world.client({ readOnly: true });
      const record = watch(zk.data$('/a'));
      world.time.advanceBy(at);
      record.subscription?.unsubscribe();
      void zk.close();
      world.time.advanceBy(3000);
      expect([at, world.network.links().length, world.time.pending]).toEqual([at, 0, 0]);
      expect(world.server.connectionCount()).toBe(0);
    }
  });

  it('comes through whenever all connections break, and whenever the quorum comes back', () => {
    for (let at = 0; at < 700; at += 11) {
      const world = readOnlyWorld();
      const zk = world.client({ readOnly: true });
      const value = watch(zk.data$('/a', json<number>()));
      const { told } = world.states(zk);
      world.time.advanceBy(at);
      world.network.reset();
      world.time.advanceBy(at % 5);
      world.server.setReadOnly(false, at % 3);
      world.time.advanceBy(15_000);
      expect([at, zk.state.status, told()]).toEqual([
        at,
        'connected',
        expect.not.stringContaining('x'),
      ]);
      expect(zk.state).toMatchObject({ readOnly: false });
      expect(write(world, (other) => other.set('/a', '2'))).not.toBeInstanceOf(Error);
      expect([value.error, last(value)]).toEqual([undefined, 2]);
      void zk.close();
      world.time.advanceBy(3000);
      expect([at, world.network.links().length]).toEqual([at, 0]);
    }
  });
});

describe('a session of the ensemble', () => {
  it('outlives the loss of the quorum, with its ephemerals, and is called lost by nobody', () => {
    const world = new EnsembleWorld();
    const zk = world.client({ readOnly: true });
    const { told } = world.states(zk);
    watch(zk.create('/e', 'x', { mode: 'ephemeral' }));
    world.time.advanceBy(1000);
    const id = zk.session?.id;
    world.server.setReadOnly(true);
    world.time.advanceBy(120_000);
    expect(zk.state).toMatchObject({ status: 'connected', readOnly: true, sessionId: id });
    world.server.setReadOnly(false);
    world.time.advanceBy(30_000);
    expect(zk.state).toMatchObject({ status: 'connected', readOnly: false, sessionId: id });
    expect(told()).toBe('ocsrsc');
    expect(world.server.ephemerals()).toEqual(['/e']);
  });

  it('is lost if the ensemble has ended it meanwhile', () => {
    const world = new EnsembleWorld();
    const zk = world.client({ readOnly: true }, 'zk1');
    const { told } = world.states(zk);
    watch(zk.create('/e', 'x', { mode: 'ephemeral' }));
    world.time.advanceBy(1000);
    // The others go on: the session is not heard there.
    world.server.setReadOnly(true, 0);
    world.time.advanceBy(30_000);
    expect(world.server.ephemerals()).toEqual([]);
    world.server.setReadOnly(false, 0);
    world.time.advanceBy(10_000);
    // Whether it was told at the read-only server or behind it is a matter of who asked whom first.
    expect(told()).toMatch(/^ocs.*x.*c$/);
  });

  it.each(['suspended', 'lease'] as const)('holds no lock there any more: giveUp %s', (giveUp) => {
    const world = new EnsembleWorld();
    const zk = world.client({ readOnly: true, sessionTimeoutMs: 12_000 });
    const held = watch(lock$(zk, '/lock', { giveUp }));
    world.time.advanceBy(1000);
    expect(held.values).toHaveLength(1);
    world.server.setReadOnly(true);
    world.time.advanceBy(1000);
    expect(zk.state).toMatchObject({ readOnly: true });
    expect(held.error !== undefined).toBe(giveUp === 'suspended');
    // Two thirds of the timeout, whatever the read-only server answers.
    world.time.advanceBy(8000);
    expect(held.error).toBeInstanceOf(LockLostError);
    expect(held.values[0]?.valid()).toBe(false);
  });

  it('gives no lease at a read-only server', () => {
    const world = new EnsembleWorld();
    const zk = world.client({ readOnly: true });
    watch(zk.state$);
    world.time.advanceBy(1000);
    const sessionId = zk.session?.id ?? 0n;
    world.server.setReadOnly(true);
    world.time.advanceBy(1000);
    const lease = watch(
      zk.sessionLease$({
        fence: 1n,
        sessionId,
        released$: NEVER,
        operation: 'spec',
        path: '/lock',
      }),
    );
    expect(lease.error).toMatchObject({
      name: 'LockLostError',
      cause: { name: 'NotReadOnlyError' },
    });
  });
});
