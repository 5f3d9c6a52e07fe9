/** Leases for a time on virtual time: layout, taking, renewing, ending by the clock, giving back. */

import { type Observable, of, retry, timer } from 'rxjs';
import { LockLostError, TimeoutError } from '../../src/errors/client-errors.js';
import { lease$, type LeaseOptions } from '../../src/recipes/locks/lease.js';
import { formatRecord, parseRecord } from '../../src/recipes/locks/lease-record.js';
import { type TimedLease } from '../../src/recipes/locks/timed-lease.js';
import { whileHeld } from '../../src/recipes/held/while-held.js';
import { type VirtualTime } from '../support/virtual-time.js';
import { cutOnce, cutsOf } from './cuts.js';
import { atMost, expiryMs, fencesIncrease, type Member, nothing, World } from './world.js';
import { dice } from '../support/dice.js';

const path = '/leases/cleanup';
const durationMs = 60_000;

function leased({ zk }: Member, options: Partial<LeaseOptions> = {}): Observable<TimedLease> {
  return lease$(zk, path, { durationMs, ...options });
}

function text(world: World, at = `${path}/lease_holder`): string | undefined {
  const node = world.server.tree()[at];
  return node && new TextDecoder().decode(node.data ?? undefined);
}

/** A scheduler whose clock is ahead. */
function ahead(time: VirtualTime, ms: number): VirtualTime {
  return Object.assign(Object.create(time) as VirtualTime, { now: () => time.now() + ms });
}

describe('lease$', () => {
  it('writes who holds it until when, as kazoo does, and deletes that when unsubscribed', () => {
    const world = new World();
    const { log, leases, subscription } = world.hold(
      'a',
      leased(world.join(), { identifier: 'id-A' }),
    );
    world.time.advanceBy(500);
    expect(log).toEqual(['h']);
    expect(text(world)).toBe('{"version": 1, "holder": "id-A", "end": "1970-01-01T00:01:00"}');
    const znode = world.server.tree()[`${path}/lease_holder`];
    expect(znode?.stat.ephemeralOwner).toBe(0n);
    expect(leases[0]).toMatchObject({ fence: znode?.stat.czxid, endMs: 60_000 });
    // Until a margin before its end.
    expect(leases[0]?.remainingMs()).toBe(58_500);
    expect(leases[0]?.valid()).toBe(true);
    const seen: string[] = [];
    leases[0]?.released$.subscribe({ complete: () => seen.push('released') });
    subscription.unsubscribe();
    expect([leases[0]?.valid(), leases[0]?.signal.aborted, seen]).toEqual([false, true, []]);
    world.time.advanceBy(100);
    expect([seen, world.names(path)]).toEqual([['released'], []]);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is refused at once while somebody else has it, and to be had after that', () => {
    const world = new World();
    const a = world.hold('a', leased(world.join()));
    world.time.advanceBy(100);
    const b = world.hold('b', leased(world.join()));
    world.time.advanceBy(100);
    expect([a.log, b.log]).toEqual([['h'], ['TimeoutError']]);
    expect(b.errors[0]).toBeInstanceOf(TimeoutError);
    expect(b.errors[0]).toMatchObject({ message: `Timeout after 0 ms: lease$ ${path}` });
    a.subscription.unsubscribe();
    world.time.advanceBy(100);
    const c = world.hold('c', leased(world.join()));
    world.time.advanceBy(100);
    expect(c.log).toEqual(['h']);
    expect(fencesIncrease(world)).toBe(true);
    c.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is renewed in time, with the same fence, over any number of ends', () => {
    const world = new World();
    const { log, leases, subscription } = world.hold('a', leased(world.join()));
    world.time.advanceBy(10 * durationMs);
    expect(log).toEqual(['h']);
    expect(leases[0]?.valid()).toBe(true);
    expect(world.server.tree()[`${path}/lease_holder`]?.stat.czxid).toBe(leases[0]?.fence);
    expect(leases[0]?.remainingMs()).toBeGreaterThan(durationMs / 2 - 2000);
    subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('survives a lost session, and is lost a margin before its end when it cannot be renewed', () => {
    const world = new World();
    const member = world.join();
    const { log, errors, leases } = world.hold('a', leased(member));
    world.time.advanceBy(100);
    world.server.expireSession(member.zk.session?.id ?? 0n);
    world.time.advanceBy(20_000);
    expect([log, leases[0]?.valid()]).toEqual([['h'], true]);
    world.network.at(member.address).partition();
    world.network.at(member.address).reset();
    world.time.advanceTo(58_999);
    expect([log, leases[0]?.valid()]).toEqual([['h'], true]);
    world.time.advanceTo(59_001);
    expect([log, leases[0]?.valid()]).toEqual([['h', 'LockLostError'], false]);
    expect(errors[0]).toBeInstanceOf(LockLostError);
    expect(errors[0]).toMatchObject({ fence: leases[0]?.fence, path, operation: 'lease$' });
  });

  it('passes to another a margin after the end of one that is gone, and not before', () => {
    const world = new World();
    const gone = world.join();
    world.hold('a', leased(gone));
    world.time.advanceBy(100);
    world.network.at(gone.address).partition();
    const other = world.join();
    const again$ = leased(other).pipe(retry({ delay: () => timer(100, world.time) }));
    const b = world.hold('b', again$);
    world.time.advanceTo(60_900);
    expect(b.log).toEqual([]);
    world.time.advanceTo(61_300);
    expect(b.log).toEqual(['h']);
    expect(fencesIncrease(world)).toBe(true);
    // The first comes back: it does not take, delete or renew what is not its own any more.
    world.network.at(gone.address).heal();
    world.network.at(gone.address).reset();
    world.time.advanceBy(5000);
    expect([b.log, b.current?.valid()]).toEqual([['h'], true]);
  });

  it('is never held by two whose clocks are less than two margins apart', () => {
    for (const skewMs of [-1900, 1900]) {
      const world = new World();
      const gone = world.join();
      world.hold('a', leased(gone));
      world.time.advanceBy(100);
      world.network.at(gone.address).partition();
      const other = world.join({ scheduler: ahead(world.time, skewMs) });
      const b = world.hold('b', leased(other).pipe(retry({ delay: () => timer(50, world.time) })));
      world.time.advanceTo(70_000);
      expect(b.log).toEqual(['h']);
    }
  });

  it('is over for a process whose clock has jumped beyond the end, as soon as it asks', () => {
    const world = new World();
    let jumpMs = 0;
    const scheduler = Object.assign(Object.create(world.time) as VirtualTime, {
      now: () => world.time.now() + jumpMs,
    });
    const { leases } = world.hold('a', leased(world.join({ scheduler })));
    world.time.advanceBy(100);
    jumpMs = 59_000;
    expect(leases[0]?.valid()).toBe(false);
    expect(() => leases[0]?.throwIfExpired()).toThrow(LockLostError);
  });

  it('is taken over at once by one of the same name, and lost by the one before', () => {
    const world = new World({ mayHold: atMost(2) });
    const a = world.hold('a', leased(world.join(), { identifier: 'same' }));
    world.time.advanceBy(100);
    const b = world.hold('b', leased(world.join(), { identifier: 'same' }));
    world.time.advanceBy(100);
    expect([a.log, b.log]).toEqual([['h'], ['h']]);
    world.time.advanceBy(durationMs);
    expect([a.log, b.log]).toEqual([['h', 'LockLostError'], ['h']]);
    expect(fencesIncrease(world)).toBe(true);
  });

  it('stays until its end when told to, after the work is done', () => {
    const world = new World();
    const work$ = leased(world.join(), { onLeave: 'keep' }).pipe(whileHeld(() => of('done')));
    const seen: string[] = [];
    work$.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('|') });
    world.time.advanceBy(100);
    expect(seen).toEqual(['done', '|']);
    expect(world.leftovers()).toEqual(nothing);
    const b = world.hold('b', leased(world.join()));
    world.time.advanceBy(100);
    expect(b.log).toEqual(['TimeoutError']);
    world.time.advanceTo(62_000);
    const c = world.hold('c', leased(world.join()));
    world.time.advanceBy(100);
    expect(c.log).toEqual(['h']);
  });

  it('is given to so many at a time, in places of their own', () => {
    const world = new World({ mayHold: atMost(2) });
    const holdings = ['a', 'b', 'c'].map((who) => {
      const holding = world.hold(who, leased(world.join(), { identifier: who, holders: 2 }));
      world.time.advanceBy(100);
      return holding;
    });
    expect(holdings.map(({ log }) => log)).toEqual([['h'], ['h'], ['TimeoutError']]);
    expect([0, 1].map((i) => text(world, `${path}/${String(i)}/lease_holder`))).toEqual([
      expect.stringContaining('"holder": "a"'),
      expect.stringContaining('"holder": "b"'),
    ]);
    holdings[0]?.subscription.unsubscribe();
    world.time.advanceBy(100);
    const d = world.hold('d', leased(world.join(), { identifier: 'd', holders: 2 }));
    world.time.advanceBy(100);
    expect(d.log).toEqual(['h']);
    for (const { subscription } of [...holdings, d]) subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('is lost when somebody deletes it, at the next renewal', () => {
    const world = new World();
    const a = world.hold('a', leased(world.join()));
    world.time.advanceBy(100);
    world.join().zk.delete(`${path}/lease_holder`).subscribe();
    world.time.advanceBy(durationMs / 2 + 1000);
    expect(a.log).toEqual(['h', 'LockLostError']);
    expect(world.leftovers()).toEqual(nothing);
  });

  it('does not touch what it does not know: another version is taken, garbage is an error', () => {
    const world = new World();
    const { zk } = world.join();
    zk.ensurePath(path).subscribe();
    world.time.advanceBy(100);
    zk.create(`${path}/lease_holder`, '{"version": 2}').subscribe();
    const a = world.hold('a', leased(world.join()));
    world.time.advanceBy(100);
    expect(a.log).toEqual(['TimeoutError']);
    for (const garbage of [
      '',
      '7',
      'null',
      '{"version": 1}',
      '{"version": 1, "holder": "x", "end": "soon"}',
    ]) {
      zk.set(`${path}/lease_holder`, garbage).subscribe();
      const b = world.hold('b', leased(world.join()));
      world.time.advanceBy(100);
      expect([b.log, text(world)]).toEqual([['DecodeError'], garbage]);
      expect(String(b.errors[0])).toContain(`${path}/lease_holder`);
    }
  });

  it('completes when the client is closed before it has one, and errs when it has', () => {
    const world = new World();
    const [holder, waiting] = [world.join(), world.join()];
    const lock = world.join();
    const a = world.hold('a', leased(holder));
    world.time.advanceBy(100);
    // Somebody who sits in the lock.
    lock.zk.create(`${path}/0__lock__`, '', { mode: 'ephemeral', sequential: true }).subscribe();
    const open = lock.zk.state$.subscribe();
    world.time.advanceBy(100);
    const b = world.hold('b', leased(waiting));
    world.time.advanceBy(100);
    void holder.zk.close();
    void waiting.zk.close();
    world.time.advanceBy(100);
    expect([a.log, b.log]).toEqual([['h', 'LockLostError'], ['|']]);
    open.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs with the reason of its signal', () => {
    const world = new World();
    const controller = new AbortController();
    const a = world.hold('a', leased(world.join(), { signal: controller.signal }));
    world.time.advanceBy(100);
    controller.abort('stop');
    expect(a.errors).toEqual(['stop']);
    expect(a.leases[0]?.valid()).toBe(false);
    expect(world.leftovers()).toEqual(nothing);
    expect(world.names(path)).toEqual([]);
  });

  it.each([
    [{ durationMs: undefined }, /InvalidOption durationMs: must be a number/],
    [{ durationMs: 2999 }, /InvalidOption durationMs: must be a whole number from 3000/],
    [{ skewMarginMs: -1 }, /InvalidOption skewMarginMs/],
    [{ holders: 0 }, /InvalidOption holders: must be a whole number from 1 to 1000/],
    [{ onLeave: 'stay' }, /InvalidOption onLeave: must be 'release' or 'keep'/],
    [{ identifier: 1 }, /InvalidOption identifier/],
    [{ duration: 1 }, /InvalidOption duration: there is no such option; did you mean durationMs/],
  ])('refuses %j on subscribe', (options, message) => {
    const world = new World();
    // As a caller without types might.
    const { errors } = world.hold('a', leased(world.join(), options as Partial<LeaseOptions>));
    expect(String(errors[0])).toMatch(message);
  });
});

describe('lease$, with the connection cut at every place', () => {
  const cuts = cutsOf(16);

  it.each(cuts)('$when chunk $chunk $direction: is held at last, and given back', (cut) => {
    const world = new World();
    const member = world.join();
    cutOnce(world, member, cut);
    const { log, subscription } = world.hold('a', leased(member));
    world.time.advanceBy(10_000);
    expect(log).toEqual(['h']);
    // Its session stays, so that nothing can go with it.
    const open = member.zk.state$.subscribe();
    subscription.unsubscribe();
    world.time.advanceBy(500);
    expect(world.names(path)).toEqual([]);
    open.unsubscribe();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
  });

  it.each(cuts)(
    '$when chunk $chunk $direction: nothing stays when it is left right then',
    (cut) => {
      const world = new World();
      const member = world.join();
      const open = member.zk.state$.subscribe();
      const { subscription } = world.hold('a', leased(member));
      cutOnce(world, member, cut, () => {
        subscription.unsubscribe();
      });
      world.time.advanceBy(15_000);
      subscription.unsubscribe();
      world.time.advanceBy(500);
      expect(world.names(path) ?? []).toEqual([]);
      open.unsubscribe();
      expect(world.leftovers(expiryMs)).toEqual(nothing);
    },
  );

  // From the lock's znode to its deletion.
  it.each(cutsOf(9))('$when chunk $chunk $direction of a renewal: is held on', (cut) => {
    const world = new World();
    const member = world.join();
    const { log, leases, subscription } = world.hold('a', leased(member));
    world.time.advanceBy(29_000);
    cutOnce(world, member, cut);
    world.time.advanceBy(40_000);
    expect([log, leases[0]?.valid()]).toEqual([['h'], true]);
    expect(world.server.tree()[`${path}/lease_holder`]?.stat.czxid).toBe(leases[0]?.fence);
    subscription.unsubscribe();
    expect(world.leftovers(expiryMs)).toEqual(nothing);
    expect(world.names(path)).toEqual([]);
  });
});

describe('what several want to lease while everything breaks', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    'is held by one at a time (seed %s)',
    (seed) => {
      const random = dice(seed);
      const world = new World();
      const players = ['a', 'b', 'c'].map((who, i) => {
        // Clocks up to almost two margins apart.
        const scheduler = ahead(world.time, [-900, 0, 900][i] ?? 0);
        const member = world.join({ scheduler });
        const lease = leased(member, { durationMs: 8000 + 1000 * i });
        const again$ = lease.pipe(retry({ delay: () => timer(300 + 100 * i, world.time) }));
        return { who, member, again$, holding: world.hold(who, again$) };
      });
      for (let step = 0; step < 80; step++) {
        const player = players[Math.floor(random() * players.length)];
        const dice = random();
        if (player === undefined) continue;
        const faults = world.network.at(player.member.address);
        if (dice < 0.3) faults.reset();
        else if (dice < 0.5) faults.partition();
        else if (dice < 0.85) faults.heal();
        else {
          player.holding.subscription.unsubscribe();
          player.holding = world.hold(player.who, player.again$);
        }
        world.time.advanceBy(Math.floor(random() * 2500));
      }
      for (const { member, holding } of players) {
        world.network.at(member.address).heal();
        holding.subscription.unsubscribe();
      }
      expect(world.grants.length).toBeGreaterThan(1);
      expect(fencesIncrease(world)).toBe(true);
      expect(world.leftovers(3 * expiryMs)).toEqual(nothing);
      expect(world.names(path)).toEqual([]);
    },
  );
});

describe('the record of a lease', () => {
  const call = { operation: 'lease$', path };

  it('is what json.dumps writes', () => {
    // json.dumps({"version": 1, "holder": ..., "end": ...}) in Python.
    expect(
      formatRecord({ holder: 'a"\\\n\t\u0001\u007fé€\u{1f600}/', endMs: 1_795_337_590_999 }),
    ).toBe(
      '{"version": 1, "holder": "a\\"\\\\\\n\\t\\u0001\\u007f\\u00e9\\u20ac\\ud83d\\ude00/", "end": "2026-11-22T08:53:10"}',
    );
  });

  it('is read as it was written', () => {
    const record = { holder: 'é"', endMs: 1_795_337_590_000 };
    expect(parseRecord(new TextEncoder().encode(formatRecord(record)), call)).toEqual(record);
  });
});
