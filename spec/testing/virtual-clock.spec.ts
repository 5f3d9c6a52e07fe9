/** The virtual clock: order, rescheduling, and what RxJS makes of it. */

import fc from 'fast-check';
import { interval, take, timer } from 'rxjs';
import { formatTime, parseTime } from '../../src/testing/time.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

describe('VirtualClock', () => {
  it('runs timers by time, and in the order of their scheduling at one time, without the cancelled', () => {
    const plan = fc.array(fc.record({ delay: fc.nat(20), cancelled: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(plan, (timers) => {
        const clock = new VirtualClock();
        const ran: string[] = [];
        const pending = timers.map(({ delay }, index) =>
          clock.schedule(() => ran.push(`${delay} ${index} ${clock.now()}`), delay),
        );
        for (const [index, { cancelled }] of timers.entries()) {
          if (cancelled) pending[index]?.unsubscribe();
        }
        const kept = timers
          .map(({ delay, cancelled }, index) => ({ delay, cancelled, index }))
          .filter(({ cancelled }) => !cancelled)
          .sort((a, b) => a.delay - b.delay || a.index - b.index);
        expect(clock.heap.size).toBe(kept.length);
        clock.runTo(20);
        expect(ran).toEqual(kept.map(({ delay, index }) => `${delay} ${index} ${delay}`));
        expect(clock.heap.size).toBe(0);
      }),
    );
  });

  it('reschedules from within, and moves what waits', () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    interval(10, clock)
      .pipe(take(3))
      .subscribe(() => times.push(clock.frame));
    const moved = clock.timer({ name: 'x' }, () => times.push(-clock.frame));
    moved.schedule(undefined, 5);
    moved.schedule(undefined, 15);
    clock.schedule(() => times.push(NaN), Infinity);
    clock.runTo(100);
    expect(times).toEqual([10, -15, 20, 30]);
    expect([clock.frame, clock.heap.size]).toEqual([100, 0]);
  });

  it('lends itself to all of RxJS while it runs a test, and only then', () => {
    const clock = new VirtualClock();
    let seen = -1;
    clock.run(() => {
      timer(1000).subscribe(() => (seen = clock.frame));
      clock.runTo(5000);
    });
    expect(seen).toBe(1000);
    clock.run(() => clock.runTo(0));
    expect(clock.frame).toBe(5000);
  });

  it('throws what is thrown in it, and notices that time stands still', () => {
    const clock = new VirtualClock();
    const broken = new Error('broken');
    clock.schedule(() => {
      throw broken;
    }, 5);
    expect(() => clock.runTo(10)).toThrow(broken);
    const again = () => void clock.schedule(again);
    again();
    expect(() => clock.runTo(10)).toThrow('time stands still at 5 ms');
  });
});

describe('a time', () => {
  it.each([
    ['6ms', 6, '6ms'],
    ['1.5s', 1500, '1.5s'],
    ['1.1s', 1100, '1.1s'],
    ['90s', 90_000, '90s'],
    ['2m', 120_000, '2m'],
    ['1h', 3_600_000, '60m'],
    [12, 12, '12ms'],
    [0, 0, '0ms'],
  ])('%p is %p ms and written %p', (time, timeMs, written) => {
    expect(parseTime(time, 'at')).toBe(timeMs);
    expect(formatTime(timeMs)).toBe(written);
  });

  it.each(['', '6', 'ms', '-1ms', '1 s', '1d', -1, NaN, Infinity])('is not %p', (time) => {
    expect(() => parseTime(time, 'at')).toThrow('InvalidOption at');
  });
});
