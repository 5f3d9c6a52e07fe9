/** What ends a lock or a turn in its queue: lost connections, expired sessions, paused processes, meddling. */

import { defer, NEVER, retry } from 'rxjs';
import { LockLostError } from '../../src/errors/client-errors.js';
import { lock$, withLock } from '../../src/recipes/locks/lock.js';
import { fencesIncrease, nothing, sessionTimeoutMs, tickMs, World } from './world.js';

const path = '/locks/report';
/** When the server has surely ended a session that it does not hear of. */
const expiryMs = sessionTimeoutMs + 2 * tickMs;

describe('a held lock', () => {
  it('errs with LockLostError on disconnect, before the state is seen; retry() acquires again', () => {
    const world = new World();
    const { zk, address } = world.join();
    const log: string[] = [];
    zk.state$.subscribe(({ status }) => log.push(status));
    const holding = world.hold('a', lock$(zk, path));
    world.time.advanceBy(50);
    holding.leases[0]?.signal.addEventListener('abort', () => log.push('revoked'));
    world.network.at(address).reset();
    world.time.advanceBy(1);
    expect(log.slice(0, 4)).toEqual(['connecting', 'connected', 'revoked', 'suspended']);
    expect(holding.log).toEqual(['h', 'LockLostError']);
    expect(holding.errors[0]).toBeInstanceOf(LockLostError);
    expect(holding.errors[0]).toMatchObject({
      fence: holding.leases[0]?.fence,
      operation: 'lock$',
      path,
    });
    const again = world.hold('a', lock$(zk, path).pipe(retry()));
    world.time.advanceBy(3000);
    expect(again.log).toEqual(['h']);
    expect(world.names(path)).toHaveLength(1);
    expect(fencesIncrease(world)).toBe(true);
  });

  it('rides out a short disconnect with giveUp "lease", and ends at the deadline of a long one', () => {
    const world = new World();
    const { zk, address } = world.join();
    const holding = world.hold('a', lock$(zk, path, { giveUp: 'lease' }));
    world.time.advanceBy(50);
    world.network.at(address).reset();
    world.time.advanceBy(1000);
    expect(zk.state.status).toBe('connected');
    expect(holding.log).toEqual(['h']);
    expect(holding.current?.valid()).toBe(true);
    world.network.at(address).partition();
    world.network.at(address).reset();
    world.time.advanceBy((sessionTimeoutMs * 2) / 3);
    expect(holding.log).toEqual(['h', 'LockLostError']);
  });

  it.each(['suspended', 'lease'] as const)(
    'passes to the next, with a higher fence, when its holder is cut off (giveUp "%s")',
    (giveUp) => {
      const world = new World();
      const a = world.join();
      const first = world.hold('a', lock$(a.zk, path, { giveUp }));
      world.time.advanceBy(50);
      const second = world.hold('b', lock$(world.join().zk, path));
      world.time.advanceBy(50);
      world.network.at(a.address).partition();
      world.time.advanceBy(sessionTimeoutMs);
      expect(first.log).toEqual(['h', 'LockLostError']);
      world.time.advanceBy(expiryMs);
      expect(second.log).toEqual(['h']);
      expect(fencesIncrease(world)).toBe(true);
    },
  );

  it('is over for a process that was paused, before anything else is delivered', () => {
    const world = new World();
    const a = world.join();
    const log: string[] = [];
    a.zk.exists$('/flag').subscribe((stat) => log.push(stat === null ? 'absent' : 'there'));
    const first = world.hold('a', lock$(a.zk, path));
    world.time.advanceBy(50);
    const { zk } = world.join();
    first.leases[0]?.signal.addEventListener('abort', () => log.push('lost'));
    a.pausedMs += 60_000;
    expect(first.leases[0]?.valid()).toBe(false);
    expect(() => first.leases[0]?.throwIfExpired()).toThrow(LockLostError);
    zk.create('/flag').subscribe();
    world.time.advanceBy(100);
    expect(log).toEqual(['absent', 'lost', 'there']);
    expect(first.log).toEqual(['h', 'LockLostError']);
  });

  it('is lost when somebody deletes its znode', () => {
    const world = new World();
    const { zk } = world.join();
    const { log, leases, errors } = world.hold('a', lock$(zk, path));
    world.time.advanceBy(50);
    const [name] = world.names(path) ?? [];
    const order: string[] = [];
    leases[0]?.signal.addEventListener('abort', () => order.push(`aborted after ${log.join()}`));
    world
      .join()
      .zk.delete(`${path}/${String(name)}`)
      .subscribe();
    world.time.advanceBy(50);
    expect(log).toEqual(['h', 'LockLostError']);
    expect(order).toEqual(['aborted after h']);
    expect(errors[0]).toMatchObject({ fence: leases[0]?.fence, cause: { name: 'NoNodeError' } });
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is lost when the server ends the session, and retry() acquires on the new one', () => {
    const world = new World();
    const { zk } = world.join();
    const runs: string[] = [];
    const work$ = defer(() => {
      runs.push(String(zk.session?.id));
      return NEVER;
    });
    const subscription = work$.pipe(withLock(zk, path), retry()).subscribe();
    world.time.advanceBy(50);
    const id = zk.session?.id ?? 0n;
    world.server.expireSession(id);
    world.time.advanceBy(expiryMs);
    expect(runs).toHaveLength(2);
    expect(runs[0]).toBe(String(id));
    expect(runs[1]).toBe(String(zk.session?.id));
    expect(runs[1]).not.toBe(runs[0]);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});

describe('a waiting contender', () => {
  function queue() {
    const world = new World();
    const a = world.join();
    const b = world.join();
    const first = world.hold('a', lock$(a.zk, path));
    world.time.advanceBy(50);
    const second = world.hold('b', lock$(b.zk, path));
    world.time.advanceBy(50);
    return { world, a, b, first, second };
  }

  it('keeps its place over a lost connection', () => {
    const { world, b, first, second } = queue();
    const before = world.names(path);
    world.network.at(b.address).reset();
    world.time.advanceBy(2000);
    expect(world.names(path)).toEqual(before);
    first.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(second.log).toEqual(['h']);
    second.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('goes to the end of the queue by itself when its session is over', () => {
    const { world, b, first, second } = queue();
    const third = world.hold('c', lock$(world.join().zk, path));
    world.time.advanceBy(50);
    world.server.expireSession(b.zk.session?.id ?? 0n);
    world.time.advanceBy(3000);
    expect(second.log).toEqual([]);
    expect(world.names(path)).toHaveLength(3);
    first.subscription.unsubscribe();
    world.time.advanceBy(100);
    third.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(world.grants.map(({ who }) => who)).toEqual(['a', 'c', 'b']);
    second.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is granted nothing for the znode of an earlier session', () => {
    const { world, b, second } = queue();
    const held = b.zk.session?.id;
    world.network.at(b.address).partition();
    world.time.advanceBy(2 * expiryMs);
    world.network.at(b.address).heal();
    world.network.at(b.address).reset();
    world.time.advanceBy(expiryMs);
    expect(second.log).toEqual([]);
    expect(b.zk.session?.id).not.toBe(held);
    const owners = Object.values(world.server.tree()).map(({ stat }) => stat.ephemeralOwner);
    expect(owners).not.toContain(held);
    expect(world.names(path)).toHaveLength(2);
  });

  it('joins again when somebody deletes its znode, as soon as it looks', () => {
    const { world, first, second } = queue();
    const own = world.names(path)?.find((name) => name.endsWith('1')) ?? '';
    world.join().zk.delete(`${path}/${own}`).subscribe();
    world.time.advanceBy(50);
    first.subscription.unsubscribe();
    world.time.advanceBy(100);
    expect(second.log).toEqual(['h']);
    expect(world.names(path)).toEqual([expect.stringMatching(/2$/)]);
  });

  it('makes the root again when it was removed with everything in it', () => {
    const { world, first, second } = queue();
    const { zk } = world.join();
    zk.delete(path, { recursive: true }).subscribe();
    world.time.advanceBy(200);
    expect(first.log).toEqual(['h', 'LockLostError']);
    expect(second.log).toEqual(['h']);
    expect(world.names(path)).toEqual([expect.stringMatching(/__lock__0000000000$/)]);
    expect(fencesIncrease(world)).toBe(true);
  });
});

describe('a create whose reply is lost', () => {
  const create2 = 15;
  const isCreate = (chunk: Uint8Array) => {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return chunk.length > 12 && view.getInt32(8) === create2;
  };

  it.each(['before', 'after'] as const)(
    'leads to exactly one znode (connection cut %s the server has it)',
    (when) => {
      const world = new World();
      const { zk, address } = world.join();
      zk.ensurePath(path).subscribe();
      world.time.advanceBy(50);
      world.network.at(address).resetOnce({ direction: 'toServer', when, matching: isCreate });
      const { log, subscription } = world.hold('a', lock$(zk, path));
      world.time.advanceBy(5000);
      expect(log).toEqual(['h']);
      expect(world.names(path)).toHaveLength(1);
      subscription.unsubscribe();
      expect(world.leftovers()).toEqual(nothing);
    },
  );

  it('leaves no orphan when its subscriber left in the meantime', () => {
    const world = new World();
    const { zk, address } = world.join();
    zk.ensurePath(path).subscribe();
    world.time.advanceBy(50);
    world.network
      .at(address)
      .resetOnce({ direction: 'toServer', when: 'after', matching: isCreate });
    const { subscription } = world.hold('a', lock$(zk, path));
    world.time.advanceBy(1);
    expect(world.names(path)).toHaveLength(1);
    subscription.unsubscribe();
    world.time.advanceBy(3000);
    expect(world.names(path)).toEqual([]);
    expect(world.leftovers()).toEqual(nothing);
  });
});
