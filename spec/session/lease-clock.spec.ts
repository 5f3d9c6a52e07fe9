/** The lease clock: from the send time of the newest acknowledged request, by either clock. */

import { LeaseClock } from '../../src/session/lease-clock.js';
import { Harness, stat } from './harness.js';

describe('LeaseClock', () => {
  const at = { monotonicMs: 0, wallMs: 1_000 };
  const clock = new LeaseClock(() => ({ ...at }));
  const set = (monotonicMs: number, wallMs: number): void => {
    at.monotonicMs = monotonicMs;
    at.wallMs = wallMs;
  };

  it('gives two thirds of the timeout to leases, all of it to the session', () => {
    set(0, 1_000);
    clock.start({ monotonicMs: 0, wallMs: 1_000 }, 9_000);
    expect(clock.leaseRemainingMs()).toBe(6_000);
    expect(clock.sessionRemainingMs()).toBe(9_000);
  });

  it('counts from when the acknowledged request was sent, not from now', () => {
    set(5_000, 6_000);
    clock.acknowledge({ monotonicMs: 3_000, wallMs: 4_000 });
    expect(clock.leaseRemainingMs()).toBe(4_000);
  });

  it.each([
    ['the monotonic clock', 9_001, 4_000],
    ['the wall clock', 3_000, 10_001],
  ])('ends when %s alone passes the deadline', (_name, monotonicMs, wallMs) => {
    set(monotonicMs, wallMs);
    expect(clock.leaseRemainingMs()).toBeLessThan(0);
  });

  it('has nothing left when the session is over', () => {
    set(3_000, 4_000);
    clock.stop();
    expect(clock.isRunning).toBe(false);
    expect(clock.leaseRemainingMs()).toBe(0);
  });
});

describe('the lease deadline', () => {
  it('is not moved by the receipt of a late reply, only by when its request was sent', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    harness.time.advanceTo(100);
    harness.set('/a');
    harness.time.advanceTo(2_000);
    harness.server.last('setData').reply(stat);
    harness.time.advanceTo(2_001);
    expect(harness.session.leaseClock.leaseRemainingMs()).toBe(6_000 - 1_901);
  });

  it('ends leases before anything is delivered to a process that slept', () => {
    const harness = new Harness();
    harness.time.advanceTo(10);
    const read = harness.get('/a');
    harness.time.advanceTo(20);
    harness.server.last('getData').reply({ data: null, stat });
    harness.session.observe({
      onRevoke: (reason) =>
        harness.told.push(`revoked ${reason}, answered ${String(read.value !== undefined)}`),
    });
    // The machine sleeps: one clock sees it when the bytes that waited are read.
    harness.monotonicSkewMs = 7_000;
    harness.time.advanceTo(21);
    expect(harness.told.slice(2)).toEqual(['-deadline', 'revoked deadline, answered false']);
    expect(read.value).toBeDefined();
  });
});
