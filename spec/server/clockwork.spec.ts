/** What the server's time is made of: the expiry queue and the alarm. */

import { Alarm } from '../../src/server/alarm.js';
import { type Expiring, ExpiryQueue } from '../../src/server/expiry-queue.js';
import { VirtualTime } from '../support/virtual-time.js';

interface Item extends Expiring {
  readonly name: string;
}

const item = (name: string): Item => ({ name, expiresAtMs: 0 });

describe('ExpiryQueue', () => {
  it('rounds up to the next tick, by at least a moment', () => {
    const queue = new ExpiryQueue<Item>(2000);
    const [a, b] = [item('a'), item('b')];
    queue.put(a, 9999);
    queue.put(b, 10_000);
    expect([a.expiresAtMs, b.expiresAtMs]).toEqual([10_000, 12_000]);
  });

  it('says whether an item moved', () => {
    const queue = new ExpiryQueue<Item>(1000);
    const a = item('a');
    expect([queue.put(a, 100), queue.put(a, 900), queue.put(a, 1000)]).toEqual([true, false, true]);
  });

  it('gives out what is due in the order of time, once', () => {
    const queue = new ExpiryQueue<Item>(1000);
    const [a, b, c] = [item('a'), item('b'), item('c')];
    queue.put(a, 2500);
    queue.put(b, 500);
    queue.put(c, 9500);
    expect(queue.nextMs()).toBe(1000);
    expect(queue.takeDue(3000).map(({ name }) => name)).toEqual(['b', 'a']);
    expect(queue.takeDue(3000)).toEqual([]);
    expect(queue.nextMs()).toBe(10_000);
  });

  it('forgets an item that is removed', () => {
    const queue = new ExpiryQueue<Item>(1000);
    const a = item('a');
    queue.put(a, 1);
    queue.remove(a);
    expect(queue.nextMs()).toBeUndefined();
    expect(queue.takeDue(Infinity)).toEqual([]);
  });
});

describe('Alarm', () => {
  it('rings once, at its time', () => {
    const time = new VirtualTime();
    const rung: number[] = [];
    const alarm = new Alarm(time, () => rung.push(time.now()));
    alarm.set(700);
    time.advanceTo(5000);
    expect(rung).toEqual([700]);
    expect(time.pending).toBe(0);
  });

  it('can be set anew from its own ring, brought forward, and cleared', () => {
    const time = new VirtualTime();
    const rung: number[] = [];
    const alarm: Alarm = new Alarm(time, () => {
      rung.push(time.now());
      if (rung.length === 1) alarm.set(time.now() + 100);
    });
    alarm.set(1000);
    alarm.setNoLater(2000);
    alarm.setNoLater(300);
    time.advanceTo(5000);
    expect(rung).toEqual([300, 400]);
    alarm.set(6000);
    alarm.set(undefined);
    expect(time.pending).toBe(0);
  });
});
