/** How all live reads of a client end together, and how many read at the same time. */

import { take } from 'rxjs';
import { LiveCells } from '../../../src/client/live/live-cells.js';
import { createLiveReads } from '../../../src/client/live/live-reads.js';
import { SessionClosedError } from '../../../src/errors/client-errors.js';
import { connected, FakeHost, FakeSession, statAt } from './fake-session.js';
import { record } from './record.js';

function setUp() {
  const host = new FakeHost();
  return { host, session: host.session, zk: createLiveReads(host) };
}

describe('the end of the session', () => {
  it('completes all live reads on close, with or without a read in flight', () => {
    const { zk, session, host } = setUp();
    const all = [zk.data$('/a'), zk.exists$('/b'), zk.children$('/c'), zk.deleted$('/d')].map(
      (live$) => record<unknown>(live$),
    );
    session.data('a', statAt(2));
    session.fail(new SessionClosedError());
    expect(all[1]?.seen).toEqual(['|']);
    session.enter({ status: 'closed' });
    expect(all.map(({ seen }) => seen.at(-1))).toEqual(['|', '|', '|', '|']);
    expect([host.holders, session.observers.size, session.pending]).toEqual([0, 0, 0]);
  });

  it('errs all with AuthFailedError on refused credentials, also those who come later', () => {
    const { zk, session, host } = setUp();
    const all = [zk.data$('/a'), zk.children$('/c'), zk.deleted$('/d')].map((live$) =>
      record<unknown>(live$),
    );
    session.enter({ status: 'authFailed', scheme: 'digest' });
    expect(all.map(({ seen }) => seen)).toEqual([
      ['AuthFailedError'],
      ['AuthFailedError'],
      ['AuthFailedError'],
    ]);
    expect(all[1]?.errors[0]).toMatchObject({
      scheme: 'digest',
      operation: 'children$',
      path: '/c',
    });
    expect(record(zk.data$('/x')).errors[0]).toMatchObject({ scheme: 'digest', path: '/x' });
    expect(host.holders).toBe(0);
  });

  it('completes at once what is subscribed to after close', () => {
    const { zk, host, session } = setUp();
    host.isClosed = true;
    expect(record(zk.data$('/a')).seen).toEqual(['|']);
    expect(session.log).toEqual([]);
  });

  it('is followed by reads on the new session that the client has', () => {
    const { zk, session, host } = setUp();
    record(zk.data$('/a').pipe(take(1)));
    session.data('a', statAt(2));
    const next = (host.session = new FakeSession());
    next.state = { status: 'connecting' };
    const { seen } = record(zk.data$('/a'));
    next.enter(connected);
    next.data('b', statAt(3));
    expect(seen).toEqual(['b']);
  });
});

describe('LiveCells', () => {
  it('bounds the reads in flight: the others wait for their turn', () => {
    const host = new FakeHost();
    const { session } = host;
    const cells = new LiveCells(host, 2);
    const zk = createLiveReads(host, cells);
    const all = ['/a', '/b', '/c', '/d'].map((path) => record(zk.data$(path)));
    expect(session.log).toEqual(['getData /a', 'getData /b']);
    all[2]?.subscription.unsubscribe();
    session.data('a', statAt(2));
    session.data('b', statAt(2));
    session.data('d', statAt(2));
    expect(session.log).toEqual(['getData /a', 'getData /b', 'getData /d']);
    expect(all.map(({ seen }) => seen)).toEqual([['a'], ['b'], [], ['d']]);
    session.fire('dataChanged', '/a');
    session.fire('dataChanged', '/b');
    all[0]?.subscription.unsubscribe();
    session.fire('dataChanged', '/d');
    expect(session.pending).toBe(2);
  });
});
