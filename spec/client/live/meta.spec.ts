/** Live reads over disconnects: silent without metadata, and with it one emission for each change of freshness. */

import { json, text } from '../../../src/client/codecs.js';
import { createLiveReads } from '../../../src/client/live/live-reads.js';
import { type Live } from '../../../src/client/zookeeper.js';
import { connected, FakeHost, FakeSession, statAt } from './fake-session.js';
import { record } from './record.js';

function setUp(session = new FakeSession()) {
  const host = new FakeHost(session);
  return { host, session, zk: createLiveReads(host) };
}

function show({ value, fresh, zxid, stat }: Live<unknown>): string {
  const version = stat === null ? '' : `@${String(stat.mzxid)}`;
  return `${JSON.stringify(value)}${version} ${fresh ? 'fresh' : 'old'} ${String(zxid)}`;
}

const meta = { meta: true } as const;

describe('live reads without metadata', () => {
  it('are silent over suspended, lost and reconnected, and emit afterwards only what changed', () => {
    const { zk, session } = setUp();
    const a = record(zk.data$('/a'));
    const b = record(zk.data$('/b'));
    session.data('a', statAt(2));
    session.data('b', statAt(2));
    session.suspend();
    session.enter({ status: 'lost', sessionId: 7n });
    session.enter({ ...connected, sessionId: 8n } as typeof connected);
    session.fire('dataChanged', '/a');
    session.restore();
    session.data('d', statAt(5));
    expect([a.seen, b.seen]).toEqual([['a', 'd'], ['b']]);
    expect(session.log).toEqual(['getData /a', 'getData /b', 'getData /a']);
  });

  it('see a read that was in flight answered after the reconnect', () => {
    const { zk, session } = setUp(
      Object.assign(new FakeSession(), { state: { status: 'connecting' } }),
    );
    const { seen } = record(zk.data$('/a'));
    session.enter(connected);
    session.suspend();
    session.enter(connected);
    session.data('a', statAt(2));
    expect(seen).toEqual(['a']);
    expect(session.log).toEqual(['getData /a']);
  });
});

describe('live reads with metadata', () => {
  it('tell that the value may be old, and that it is fresh again, if no event came', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a', text(), meta), show);
    session.data('a', statAt(2), 4);
    session.suspend();
    expect(seen).toEqual(['"a"@2 fresh 4', '"a"@2 old 4']);
    session.enter(connected);
    expect(seen).toHaveLength(2);
    session.restore();
    expect(seen.slice(2)).toEqual(['"a"@2 fresh 4']);
  });

  it('emit once for new and fresh when the value changed meanwhile', () => {
    const { zk, session } = setUp();
    const { seen, take } = record(zk.data$('/a', text(), meta), show);
    session.data('a', statAt(2));
    session.suspend();
    take();
    session.enter(connected);
    session.fire('dataChanged', '/a');
    session.restore();
    expect(seen).toEqual([]);
    session.data('b', statAt(5), 6);
    expect(seen).toEqual(['"b"@5 fresh 6']);
  });

  it('emit once for fresh when the read that follows shows nothing new', () => {
    const { zk, session } = setUp();
    const { seen, take } = record(zk.children$('/a', meta), show);
    session.names(['x'], statAt(1, { pzxid: 2 }));
    session.suspend();
    take();
    session.enter(connected);
    session.fire('childrenChanged', '/a');
    session.restore();
    session.names(['x'], statAt(1, { pzxid: 2 }));
    expect(seen).toEqual(['["x"]@1 fresh 2']);
  });

  it('tell nothing twice: suspended, lost and connecting are one loss', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a', text(), meta), show);
    session.data('a', statAt(2));
    session.suspend();
    session.enter({ status: 'lost', sessionId: 7n });
    session.enter(connected);
    session.suspend();
    expect(seen).toHaveLength(2);
    session.enter(connected);
    session.restore();
    expect(seen).toEqual(['"a"@2 fresh 2', '"a"@2 old 2', '"a"@2 fresh 2']);
  });

  it('give a late subscriber the age of the value', () => {
    const { zk, session } = setUp();
    record(zk.data$('/a', text(), meta), show);
    session.data('a', statAt(2));
    session.suspend();
    expect(record(zk.data$('/a', text(), meta), show).seen).toEqual(['"a"@2 old 2']);
    session.enter(connected);
    session.restore();
    expect(record(zk.data$('/a', text(), meta), show).seen).toEqual(['"a"@2 fresh 2']);
  });

  it('tell of absence with the zxid of the answer', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a', text(), meta), show);
    session.noNode(9);
    expect(seen).toEqual(['null fresh 9']);
  });

  it('tell of absence also if the connection was lost before the first answer', () => {
    const { zk, session } = setUp();
    const data = record(zk.data$('/a', text(), meta), show);
    const names = record(zk.children$('/b', meta), show);
    session.suspend();
    session.enter(connected);
    session.restore();
    expect([data.seen, names.seen]).toEqual([[], []]);
    session.noNode(9);
    session.noNode(9);
    expect([data.seen, names.seen]).toEqual([['null fresh 9'], ['null fresh 9']]);
  });

  it("keep the last good value with onError: 'keep', and its age", () => {
    const { zk, session, host } = setUp();
    const { seen } = record(zk.data$('/a', json(), { meta: true, onError: 'keep' }), show);
    session.data('1', statAt(2));
    session.fire('dataChanged', '/a');
    session.data('{', statAt(3));
    session.suspend();
    expect(seen).toEqual(['1@2 fresh 2', '1@2 old 2']);
    expect(host.reports).toHaveLength(1);
  });
});
