/** The server's alarm: one point in time, however far. */

import { Alarm } from '../../src/server/alarm.js';
import { VirtualTime } from '../support/virtual-time.js';

describe('Alarm', () => {
  it('rings once, at its time, even if that is years away', () => {
    const time = new VirtualTime();
    const rings: number[] = [];
    const alarm = new Alarm(time, () => rings.push(time.now()));
    const years = 2 ** 40 - 1;
    alarm.set(years);
    time.advanceTo(years - 1);
    expect(rings).toEqual([]);
    // A platform's timer fires at once if it is asked for more than this.
    expect(time.actions.every(({ delay }) => delay - time.now() <= 2 ** 31 - 1)).toBe(true);
    time.advanceTo(years + 10);
    expect(rings).toEqual([years]);
    expect(time.pending).toBe(0);
  });

  it('moves earlier but not later when asked for no later', () => {
    const time = new VirtualTime();
    const rings: number[] = [];
    const alarm = new Alarm(time, () => rings.push(time.now()));
    alarm.setNoLater(100);
    alarm.setNoLater(200);
    alarm.setNoLater(50);
    time.advanceTo(1_000);
    expect(rings).toEqual([50]);
    alarm.set(2_000);
    alarm.set(undefined);
    expect(time.pending).toBe(0);
  });
});
