/** Leases on a real session against the embedded server: they end before the server can have ended the session. */

import { NEVER } from 'rxjs';
import { type Lease } from '../../../src/client/lease.js';
import { type SessionLeaseOptions } from '../../../src/client/zookeeper.js';
import { ConnectionLossError, LockLostError } from '../../../src/errors/client-errors.js';
import { VirtualClient } from '../virtual-client.js';

function setUp(giveUp: SessionLeaseOptions['giveUp']) {
  let skewMs = 0;
  let now = (): number => 0;
  const world = new VirtualClient({
    latencyMs: 5,
    server: { tickMs: 100 },
    client: {
      idleGraceMs: Infinity,
      sessionTimeoutMs: 1500,
      monotonicNow: () => now() + skewMs,
    },
  });
  const { zk, time } = world;
  now = () => time.now();
  const { stat } = world.run(zk.create('/held', null, { mode: 'ephemeral', withStat: true }));
  const log: string[] = [];
  let lease: Lease | undefined;
  let lostAtMs = Infinity;
  let error: unknown;
  zk.state$.subscribe(({ status }) => log.push(status));
  log.length = 0;
  const options: SessionLeaseOptions = {
    fence: stat.czxid,
    sessionId: stat.ephemeralOwner,
    ...(giveUp === undefined ? {} : { giveUp }),
    released$: NEVER,
    operation: 'lock$',
    path: '/held',
  };
  const subscription = zk.sessionLease$(options).subscribe({
    next: (held) => (lease = held),
    error: (thrown: unknown) => {
      error = thrown;
      lostAtMs = time.now();
      log.push('lost lease');
    },
  });
  return {
    world,
    time,
    log,
    subscription,
    sleep: (ms: number) => (skewMs += ms),
    lease: () => {
      if (lease === undefined) throw new Error('no lease');
      return lease;
    },
    error: () => error,
    lostAtMs: () => lostAtMs,
    /** Until the server has ended the session; when that was. */
    expire: () => {
      while (world.server.ephemerals().length > 0) time.advanceBy(1);
      return time.now();
    },
  };
}

describe('sessionLease$ over the wire', () => {
  it('holds as long as the server answers', () => {
    const { lease, time, log } = setUp('lease');
    for (let i = 0; i < 100; i++) {
      time.advanceBy(100);
      expect(lease().valid()).toBe(true);
      expect(lease().remainingMs()).toBeLessThanOrEqual(1000);
    }
    expect(log).toEqual([]);
  });

  it("ends with the connection, before anybody sees 'suspended'", () => {
    const { world, time, log, error } = setUp(undefined);
    world.server.dropConnections();
    time.advanceBy(10);
    expect(log.slice(0, 2)).toEqual(['lost lease', 'suspended']);
    expect(error()).toBeInstanceOf(LockLostError);
    expect((error() as LockLostError).cause).toBeInstanceOf(ConnectionLossError);
  });

  it("rides out a short disconnect with giveUp: 'lease'", () => {
    const { world, time, log, lease } = setUp('lease');
    world.server.dropConnections();
    time.advanceBy(5000);
    expect(log).toEqual(['suspended', 'connected']);
    expect(lease().valid()).toBe(true);
  });

  it.each(['suspended', 'lease'] as const)(
    'ends in a partition before the server ends the session (giveUp: %s)',
    (giveUp) => {
      for (let offsetMs = 0; offsetMs < 600; offsetMs += 37) {
        const { world, time, lease, lostAtMs, expire } = setUp(giveUp);
        time.advanceBy(offsetMs);
        world.network.partition();
        const expiredAtMs = expire();
        expect(lostAtMs()).toBeLessThan(expiredAtMs);
        expect(lease().valid()).toBe(false);
        expect(lease().signal.aborted).toBe(true);
      }
    },
  );

  it('ends when the server is out of reach after a disconnect, at the deadline', () => {
    const { world, time, lostAtMs, expire, log } = setUp('lease');
    const cutAtMs = time.now();
    world.server.dropConnections();
    // The client hears of it, but does not get through again.
    time.advanceBy(6);
    world.network.partition();
    const expiredAtMs = expire();
    expect(log[0]).toBe('suspended');
    expect(lostAtMs()).toBeGreaterThan(cutAtMs);
    expect(lostAtMs()).toBeLessThanOrEqual(cutAtMs + 1000);
    expect(lostAtMs()).toBeLessThan(expiredAtMs);
  });

  it('is over in a process that slept, before anything else is delivered', () => {
    const { sleep, lease, time, log, error } = setUp(undefined);
    sleep(1001);
    expect(lease().valid()).toBe(false);
    time.advanceBy(600);
    expect(log[0]).toBe('lost lease');
    expect(error()).toBeInstanceOf(LockLostError);
    expect(lease().valid()).toBe(false);
  });

  it('leaves nothing behind when it is unsubscribed', () => {
    const { world, time, subscription, lease } = setUp('lease');
    subscription.unsubscribe();
    expect(lease().valid()).toBe(false);
    void world.zk.close();
    time.advanceBy(3000);
    expect([world.server.sessions().length, time.pending]).toEqual([0, 0]);
  });
});
