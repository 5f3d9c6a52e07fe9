/** children$ over a scripted session. */

import { createLiveReads } from '../../../src/client/live/live-reads.js';
import { FakeHost, statAt } from './fake-session.js';
import { record } from './record.js';

function setUp() {
  const host = new FakeHost();
  return { host, session: host.session, zk: createLiveReads(host) };
}

describe('children$', () => {
  it('emits the names now and after every change of the list', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.children$('/a'));
    session.names(['x'], statAt(1, { pzxid: 2, cversion: 1 }));
    session.fire('childrenChanged', '/a');
    session.names(['x', 'y'], statAt(1, { pzxid: 3, cversion: 2 }));
    expect(seen).toEqual(['[x]', '[x,y]']);
    expect(session.log).toEqual(['getChildren2 /a', 'getChildren2 /a']);
  });

  it('is silent when the list is the same, and counts deletions that kept its length', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.children$('/a'));
    session.names(['x'], statAt(1, { pzxid: 2, cversion: 1 }));
    session.fire('childrenChanged', '/a');
    session.names(['x'], statAt(9, { pzxid: 2, cversion: 1 }));
    session.fire('childrenChanged', '/a');
    session.names(['y'], statAt(9, { pzxid: 11, cversion: 3 }));
    expect(seen).toEqual(['[x]', '[y]']);
  });

  it('emits null while absent, and the list after the creation; the watch for it is not kept', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.children$('/a'));
    session.noNode(1);
    session.noNode(1);
    expect(seen).toEqual(['0']);
    expect(session.isArmed('data', '/a')).toBe(true);
    session.fire('created', '/a');
    session.names([], statAt(2, { czxid: 2, pzxid: 2 }));
    expect(seen).toEqual(['0', '[]']);
    expect(session.log).toEqual(['getChildren2 /a', 'exists /a', 'getChildren2 /a']);
    expect([session.isArmed('data', '/a'), session.isArmed('child', '/a')]).toEqual([false, true]);
  });

  it('takes the data watch off again when exists found the znode after all', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.children$('/a'));
    session.noNode(1);
    session.reply(statAt(2, { czxid: 2 }), 2);
    session.names(['x'], statAt(2, { czxid: 2, pzxid: 3 }));
    expect(seen).toEqual(['0', '[x]']);
    expect(session.log).toEqual([
      'getChildren2 /a',
      'exists /a',
      'remove data /a',
      'getChildren2 /a',
    ]);
  });

  it('asks first for existence after a deletion', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.children$('/a'));
    session.names(['x'], statAt(1, { pzxid: 2 }));
    session.takeLog();
    session.fire('deleted', '/a');
    session.noNode(3);
    expect(seen).toEqual(['[x]', '0']);
    expect(session.log).toEqual(['exists /a']);
  });

  it('leaves the watch of exists$ on the same path alone', () => {
    const { zk, session } = setUp();
    const exists = record(zk.exists$('/a'));
    session.noNode(1);
    const children = record(zk.children$('/a'));
    session.noNode(1);
    session.noNode(1);
    children.subscription.unsubscribe();
    expect(session.log).toEqual(['exists /a', 'getChildren2 /a', 'exists /a']);
    session.fire('created', '/a');
    session.reply(statAt(2), 2);
    expect(exists.seen).toEqual(['0', '@2']);
    exists.subscription.unsubscribe();
    expect(session.takeLog().at(-1)).toBe('remove data /a');
  });

  it('takes both watches off when it ends while absent', () => {
    const { zk, session, host } = setUp();
    const { subscription } = record(zk.children$('/a'));
    session.noNode(1);
    session.noNode(1);
    session.takeLog();
    subscription.unsubscribe();
    expect(session.log).toEqual(['remove data /a']);
    expect(host.holders).toBe(0);
  });

  it('errs with NoAuth', () => {
    const { zk, session } = setUp();
    const { seen, errors } = record(zk.children$('/a'));
    session.noAuth();
    expect(seen).toEqual(['NoAuthError']);
    expect(errors[0]).toMatchObject({ operation: 'children$', path: '/a' });
  });
});
