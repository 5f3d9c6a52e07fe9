/** exists$ and deleted$ over a scripted session, alone and together with data$. */

import { createLiveReads } from '../../../src/client/live/live-reads.js';
import { NoAuthError, ServerError } from '../../../src/errors/server-error.js';
import { FakeHost, statAt } from './fake-session.js';
import { record } from './record.js';

function setUp() {
  const host = new FakeHost();
  return { host, session: host.session, zk: createLiveReads(host) };
}

describe('exists$', () => {
  it('asks only for existence, and emits each version’s stat and each absence', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.exists$('/a'));
    session.noNode(1);
    session.fire('created', '/a');
    session.reply(statAt(2, { czxid: 2 }), 2);
    session.fire('dataChanged', '/a');
    session.reply(statAt(3, { czxid: 2 }), 3);
    session.fire('deleted', '/a');
    session.noNode(4);
    expect(seen).toEqual(['0', '@2', '@3', '0']);
    expect(new Set(session.log)).toEqual(new Set(['exists /a']));
  });

  it('is silent when only children or the ACL changed', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.exists$('/a'));
    session.reply(statAt(2), 2);
    session.fire('dataChanged', '/a');
    session.reply(statAt(2, { cversion: 4, pzxid: 8 }), 9);
    expect(seen).toEqual(['@2']);
  });

  it('shares its watch with a data$ that comes later, which reads the data', () => {
    const { zk, session } = setUp();
    const exists = record(zk.exists$('/a'));
    session.reply(statAt(2), 2);
    const data = record(zk.data$('/a'));
    expect(session.takeLog()).toEqual(['exists /a', 'getData /a']);
    session.data('a', statAt(2), 5);
    session.fire('dataChanged', '/a');
    session.data('b', statAt(6));
    expect(session.takeLog()).toEqual(['getData /a']);
    expect(exists.seen).toEqual(['@2', '@6']);
    expect(data.seen).toEqual(['a', 'b']);
  });

  it('waits for the read in flight before data is read for a newcomer', () => {
    const { zk, session } = setUp();
    record(zk.exists$('/a'));
    const data = record(zk.data$('/a'));
    expect(session.pending).toBe(1);
    session.reply(statAt(2), 2);
    session.data('a', statAt(2));
    expect(data.seen).toEqual(['a']);
    expect(session.log).toEqual(['exists /a', 'getData /a']);
  });

  it('goes on without the data that NoAuth refused to others', () => {
    const { zk, session } = setUp();
    const data = record(zk.data$('/a'));
    const exists = record(zk.exists$('/a'));
    const gone = record(zk.deleted$('/a'));
    session.noAuth();
    expect(data.seen).toEqual(['NoAuthError']);
    expect(gone.seen).toEqual(['NoAuthError']);
    expect(gone.errors[0]).toMatchObject({ operation: 'deleted$', path: '/a' });
    session.reply(statAt(2), 2);
    expect(exists.seen).toEqual(['@2']);
    expect(session.log).toEqual(['getData /a', 'exists /a']);
  });

  it('errs when exists itself is refused (3.8.4+)', () => {
    const { zk, session, host } = setUp();
    const exists = record(zk.exists$('/a'));
    session.noAuth();
    expect(exists.seen).toEqual(['NoAuthError']);
    expect(host.holders).toBe(0);
  });

  it('errs with every other refusal of the server, for all', () => {
    const { zk, session } = setUp();
    const data = record(zk.data$('/a'));
    const exists = record(zk.exists$('/a'));
    session.fail(new ServerError(-1));
    expect([data.seen, exists.seen]).toEqual([['SystemError'], ['SystemError']]);
    expect(exists.errors[0]).toMatchObject({ operation: 'exists$', codeName: 'SystemError' });
  });
});

describe('created$', () => {
  it('completes for a znode that is there and leaves nothing behind', () => {
    const { zk, session, host } = setUp();
    const { seen } = record(zk.created$('/a'));
    session.reply(statAt(2), 2);
    expect(seen).toEqual(['|']);
    expect([host.holders, session.observers.size]).toEqual([0, 0]);
  });

  it('completes with the event itself, also if the znode is gone again', () => {
    const { zk, session } = setUp();
    const exists = record(zk.exists$('/a'));
    const { seen } = record(zk.created$('/a'));
    session.noNode(1);
    expect(seen).toEqual([]);
    session.fire('created', '/a');
    expect(seen).toEqual(['|']);
    session.noNode(3);
    expect(exists.seen).toEqual(['0']);
    expect(new Set(session.log)).toEqual(new Set(['exists /a']));
  });

  it('completes at once where the znode is known to be there, but not where that is out of date', () => {
    const { zk, session } = setUp();
    record(zk.exists$('/a'));
    session.reply(statAt(2), 2);
    expect(record(zk.created$('/a')).seen).toEqual(['|']);
    session.fire('deleted', '/a');
    const later = record(zk.created$('/a'));
    session.noNode(3);
    expect(later.seen).toEqual([]);
    session.fire('created', '/a');
    expect(later.seen).toEqual(['|']);
  });

  it('goes on where only the data is refused, and is named where existence is', () => {
    const { zk, session } = setUp();
    const data = record(zk.data$('/a'));
    const made = record(zk.created$('/a'));
    session.fail(new NoAuthError());
    expect([data.errors.length, made.errors.length]).toEqual([1, 0]);
    session.fail(new NoAuthError());
    expect(made.errors[0]).toMatchObject({ operation: 'created$', path: '/a' });
  });
});

describe('deleted$', () => {
  it('completes for an absent znode and leaves nothing behind', () => {
    const { zk, session, host } = setUp();
    const { seen } = record(zk.deleted$('/a'));
    session.noNode(1);
    expect(seen).toEqual(['|']);
    expect(session.log).toEqual(['getData /a']);
    expect(session.isArmed('data', '/a')).toBe(false);
    expect([host.holders, session.observers.size]).toEqual([0, 0]);
  });

  it('completes with the event itself, without another request', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.deleted$('/a'));
    session.data('a', statAt(2));
    session.fire('dataChanged', '/a');
    session.data('b', statAt(3));
    expect(seen).toEqual([]);
    session.fire('deleted', '/a');
    expect(seen).toEqual(['|']);
    expect(session.log).toEqual(['getData /a', 'getData /a']);
  });

  it('completes before others see the absence, who go on watching', () => {
    const { zk, session } = setUp();
    const order: string[] = [];
    zk.exists$('/a').subscribe((stat) => order.push(stat === null ? 'absent' : 'present'));
    session.reply(statAt(2), 2);
    zk.deleted$('/a').subscribe({ complete: () => order.push('gone') });
    session.fire('deleted', '/a');
    session.noNode(3);
    expect(order).toEqual(['present', 'gone', 'absent']);
    expect(session.isArmed('data', '/a')).toBe(true);
  });

  it('completes at once where the absence is known, but not where it is out of date', () => {
    const { zk, session } = setUp();
    record(zk.exists$('/a'));
    session.noNode(1);
    expect(record(zk.deleted$('/a')).seen).toEqual(['|']);
    session.fire('created', '/a');
    const later = record(zk.deleted$('/a'));
    session.reply(statAt(2), 2);
    expect(later.seen).toEqual([]);
    session.fire('deleted', '/a');
    expect(later.seen).toEqual(['|']);
  });

  it('removes the watch that others left on an absent name when they are gone', () => {
    const { zk, session } = setUp();
    const exists = record(zk.exists$('/a'));
    const gone = record(zk.deleted$('/a'));
    exists.subscription.unsubscribe();
    session.noNode(1);
    expect(gone.seen).toEqual(['|']);
    expect(session.log).toEqual(['exists /a', 'remove data /a']);
  });
});
