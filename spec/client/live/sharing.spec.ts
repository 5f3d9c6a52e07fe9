/** What the subscribers of one path share, who comes late, who leaves, and what happens from inside an emission. */

import { firstValueFrom, repeat, take, VirtualTimeScheduler } from 'rxjs';
import { createLiveReads } from '../../../src/client/live/live-reads.js';
import { FakeHost, statAt } from './fake-session.js';
import { record } from './record.js';

function setUp() {
  const scheduler = new VirtualTimeScheduler();
  const host = new FakeHost(undefined, { scheduler });
  return { host, scheduler, session: host.session, zk: createLiveReads(host) };
}

describe('subscribers of one path', () => {
  it('share one read and one watch', () => {
    const { zk, session } = setUp();
    const all = Array.from({ length: 50 }, (_, i) =>
      record(i % 2 === 0 ? zk.data$('/a') : zk.data$('/a')),
    );
    session.data('a', statAt(2));
    session.fire('dataChanged', '/a');
    session.data('b', statAt(3));
    for (const { seen } of all) expect(seen).toEqual(['a', 'b']);
    expect(session.log).toEqual(['getData /a', 'getData /a']);
  });

  it('get the current value at once when they come late', () => {
    const { zk, session } = setUp();
    record(zk.data$('/a'));
    session.data('a', statAt(2));
    expect(record(zk.data$('/a')).seen).toEqual(['a']);
    expect(record(zk.exists$('/a')).seen).toEqual(['@2']);
    expect(session.log).toEqual(['getData /a']);
  });

  it('get the last known value at once also while the connection is down', () => {
    const { zk, session } = setUp();
    record(zk.data$('/a'));
    session.data('a', statAt(2));
    session.fire('dataChanged', '/a');
    session.suspend();
    expect(record(zk.data$('/a')).seen).toEqual(['a']);
  });

  it('wait for the new value while an event has told that there is one: reads follow writes', () => {
    const { zk, session } = setUp();
    record(zk.data$('/a'));
    session.data('a', statAt(2));
    session.fire('dataChanged', '/a');
    const late = record(zk.data$('/a').pipe(take(1)));
    expect(late.seen).toEqual([]);
    session.data('b', statAt(3));
    expect(late.seen).toEqual(['b', '|']);
  });

  it('wait for an answer that brings nothing new to the others', () => {
    const { zk, session } = setUp();
    const early = record(zk.data$('/a'));
    session.data('a', statAt(2));
    session.fire('dataChanged', '/a');
    const late = record(zk.data$('/a'));
    session.data('a', statAt(2), 9);
    expect([early.seen, late.seen]).toEqual([['a'], ['a']]);
  });
});

describe('the last subscriber', () => {
  it('takes the watch off the server and lets the session go', () => {
    const { zk, session, host } = setUp();
    const first = record(zk.data$('/a'));
    const second = record(zk.exists$('/a'));
    session.data('a', statAt(2));
    first.subscription.unsubscribe();
    expect(session.takeLog()).toEqual(['getData /a']);
    expect([host.holders, session.observers.size]).toEqual([1, 1]);
    second.subscription.unsubscribe();
    expect(session.takeLog()).toEqual(['remove data /a']);
    expect([host.holders, session.observers.size]).toEqual([0, 0]);
  });

  it('leaves nothing behind when it goes while a read is in flight', () => {
    const { zk, session, host } = setUp();
    const { seen, subscription } = record(zk.data$('/a'));
    subscription.unsubscribe();
    expect([host.holders, session.pending]).toEqual([0, 0]);
    session.data('a', statAt(2));
    expect(seen).toEqual([]);
    expect(session.log).toEqual(['getData /a', 'remove data /a']);
  });

  it('is not followed by a value of before when somebody comes back', () => {
    const { zk, session } = setUp();
    record(zk.data$('/a').pipe(take(1)));
    session.data('a', statAt(2));
    const again = record(zk.data$('/a'));
    expect(again.seen).toEqual([]);
    session.data('b', statAt(3));
    expect(again.seen).toEqual(['b']);
  });

  it('asks for nothing more if one value was enough', async () => {
    const { zk, session } = setUp();
    const value = firstValueFrom(zk.data$('/a'), { defaultValue: undefined });
    session.noNode(1);
    expect(await value).toBeNull();
    expect(session.log).toEqual(['getData /a']);
  });
});

describe('callbacks of live reads', () => {
  it('may unsubscribe themselves and others', () => {
    const { zk, session } = setUp();
    const seen: string[] = [];
    const first = zk.data$('/a').subscribe(() => {
      seen.push('first');
      first.unsubscribe();
      second.unsubscribe();
    });
    const second = zk.data$('/a').subscribe(() => seen.push('second'));
    const third = zk.data$('/a').subscribe(() => seen.push('third'));
    session.data('a', statAt(2));
    expect(seen).toEqual(['first', 'third']);
    third.unsubscribe();
    expect(session.log).toEqual(['getData /a', 'remove data /a']);
  });

  it('may subscribe: the newcomer gets the value once', () => {
    const { zk, session } = setUp();
    const inner: string[] = [];
    zk.data$('/a')
      .pipe(take(1))
      .subscribe(() => {
        zk.data$('/a').subscribe(() => inner.push('inner'));
        zk.children$('/a').subscribe(() => inner.push('list'));
      });
    session.data('a', statAt(2));
    expect(inner).toEqual(['inner']);
    expect(session.log).toEqual(['getData /a', 'getChildren2 /a']);
  });

  it('may leave and come back from inside: a new read starts', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a').pipe(take(1), repeat({ count: 2 })));
    session.data('a', statAt(2));
    session.data('b', statAt(3));
    expect(seen).toEqual(['a', 'b', '|']);
  });

  it('may throw: the others do not notice, and it is reported as RxJS does', async () => {
    const { zk, session } = setUp();
    const reported: unknown[] = [];
    const { config } = await import('rxjs');
    config.onUnhandledError = (error) => reported.push(error);
    zk.data$('/a').subscribe(() => {
      throw new Error('mine');
    });
    const other = record(zk.data$('/a'));
    session.data('a', statAt(2));
    expect(other.seen).toEqual(['a']);
    await new Promise((resolve) => setTimeout(resolve, 0));
    config.onUnhandledError = null;
    expect(reported).toEqual([expect.objectContaining({ message: 'mine' })]);
  });

  it('may have teardowns that throw: thrown on the scheduler, in nobody’s way', () => {
    const { zk, session, scheduler } = setUp();
    record(zk.deleted$('/a')).subscription.add(() => {
      throw new Error('mine');
    });
    const other = record(zk.deleted$('/a'));
    session.noNode(1);
    expect(other.seen).toEqual(['|']);
    // What RxJS throws is its UnsubscriptionError, which quotes the teardown's.
    expect(() => {
      scheduler.flush();
    }).toThrow('mine');
  });
});
