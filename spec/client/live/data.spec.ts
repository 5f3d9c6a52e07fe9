/** data$ and node$ over a scripted session: what is asked, and what is emitted. */

import { createLiveReads } from '../../../src/client/live/live-reads.js';
import {
  type DecodeError,
  InvalidOptionError,
  InvalidPathError,
} from '../../../src/errors/client-errors.js';
import { json, text as textCodec } from '../../../src/client/codecs.js';
import { bytesOf, FakeHost, statAt } from './fake-session.js';
import { record } from './record.js';

function setUp(prefix = '') {
  const host = new FakeHost(undefined, { prefix });
  return { host, session: host.session, zk: createLiveReads(host) };
}

describe('data$', () => {
  it('reads with a watch, emits, and reads again after each event', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.data('a', statAt(2));
    expect(seen).toEqual(['a']);
    session.fire('dataChanged', '/a');
    session.data('b', statAt(3));
    expect(seen).toEqual(['a', 'b']);
    expect(session.log).toEqual(['getData /a', 'getData /a']);
  });

  it('emits null for an absent znode, watches for its creation and emits it', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.noNode(5);
    expect(seen).toEqual(['0']);
    session.noNode(5);
    expect(seen).toEqual(['0']);
    expect(session.takeLog()).toEqual(['getData /a', 'exists /a']);
    session.fire('created', '/a');
    session.data('a', statAt(6, { czxid: 6 }));
    expect(seen).toEqual(['0', 'a']);
    expect(session.takeLog()).toEqual(['getData /a']);
  });

  it('reads the data if the znode came between getData and exists', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.noNode(5);
    session.reply(statAt(6, { czxid: 6 }), 6);
    session.data('a', statAt(6, { czxid: 6 }));
    expect(seen).toEqual(['0', 'a']);
    expect(session.log).toEqual(['getData /a', 'exists /a', 'getData /a']);
  });

  it('does not repeat null when the znode came and went before its data could be read', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.noNode(5);
    session.reply(statAt(6, { czxid: 6 }), 6);
    session.noNode(7);
    session.noNode(7);
    expect(seen).toEqual(['0']);
  });

  it('emits null once when the znode is deleted, and asks with one request', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.data('a', statAt(2));
    session.takeLog();
    session.fire('deleted', '/a');
    session.noNode(3);
    expect(seen).toEqual(['a', '0']);
    expect(session.log).toEqual(['exists /a']);
    expect(session.isArmed('data', '/a')).toBe(true);
  });

  it('emits the new znode alone when it was deleted and created again meanwhile', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.data('a', statAt(2));
    session.fire('deleted', '/a');
    session.reply(statAt(4, { czxid: 4 }), 4);
    session.data('b', statAt(4, { czxid: 4 }));
    expect(seen).toEqual(['a', 'b']);
  });

  it('emits nothing if the read after an event shows the same version', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.data('a', statAt(2));
    session.fire('dataChanged', '/a');
    session.data('a', statAt(2), 9);
    expect(seen).toEqual(['a']);
  });

  it('has one read in flight under a storm of events, and one more after it', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.data('a', statAt(2));
    for (let i = 0; i < 100; i++) session.fire('dataChanged', '/a');
    expect(session.pending).toBe(1);
    session.data('b', statAt(50));
    expect(session.pending).toBe(1);
    session.data('d', statAt(102));
    expect(session.pending).toBe(0);
    expect(seen).toEqual(['a', 'b', 'd']);
    expect(session.log).toHaveLength(3);
  });

  it('never goes back in zxid', () => {
    const { zk, session } = setUp();
    const { seen } = record(zk.data$('/a'));
    session.data('b', statAt(8), 10);
    session.fire('dataChanged', '/a');
    session.data('a', statAt(2), 9);
    expect(seen).toEqual(['b']);
    session.fire('dataChanged', '/a');
    session.data('d', statAt(11), 11);
    expect(seen).toEqual(['b', 'd']);
  });

  it('emits no bytes, not null, for a znode without data; node$ says null', () => {
    const { zk, session } = setUp();
    const data = record(zk.data$('/a'), (value) => JSON.stringify(value?.length));
    const node = record(zk.node$('/a'));
    session.data(null, statAt(2));
    expect(data.seen).toEqual(['0']);
    expect(node.seen).toEqual(['0@2']);
  });

  it('asks the server for the path below the chroot, and calls it by the user’s', () => {
    const { zk, session } = setUp('/app');
    const { seen, errors } = record(zk.node$('/a'), (node) => node?.path ?? '0');
    session.data('a', statAt(2));
    session.fire('dataChanged', '/app/a');
    session.noAuth();
    expect(session.log).toEqual(['getData /app/a', 'getData /app/a']);
    expect(seen).toEqual(['/a', 'NoAuthError']);
    expect(errors[0]).toMatchObject({
      path: '/a',
      operation: 'node$',
      message: 'NoAuth: node$ /a',
    });
  });
});

describe('decoding of live reads', () => {
  it('is each subscriber’s own, over one read', () => {
    const { zk, session } = setUp();
    const asText = record(zk.data$('/a', textCodec()));
    const asJson = record(zk.data$('/a', json<{ n: number }>()));
    const asBytes = record(zk.data$('/a'));
    session.data('{"n":1}', statAt(2));
    expect(session.log).toEqual(['getData /a']);
    expect(asText.seen).toEqual(['"{\\"n\\":1}"']);
    expect(asJson.seen).toEqual(['{"n":1}']);
    expect(asBytes.seen).toEqual(['{"n":1}']);
  });

  it('errs the one stream with DecodeError naming the path', () => {
    const { zk, session } = setUp();
    const asJson = record(zk.data$('/a', json()));
    const asBytes = record(zk.data$('/a'));
    session.data('{', statAt(2));
    expect(asJson.seen).toEqual(['DecodeError']);
    expect(asJson.errors[0]).toMatchObject({ operation: 'data$', path: '/a' });
    expect((asJson.errors[0] as DecodeError).cause).toBeInstanceOf(SyntaxError);
    session.fire('dataChanged', '/a');
    session.data('d', statAt(3));
    expect(asBytes.seen).toEqual(['{', 'd']);
  });

  it("keeps the last good value with onError: 'keep' and reports each bad version once", () => {
    const { zk, session, host } = setUp();
    const { seen } = record(zk.node$('/a', json(), { onError: 'keep' }), (n) =>
      JSON.stringify(n?.data),
    );
    session.data('1', statAt(2));
    session.fire('dataChanged', '/a');
    session.data('{', statAt(3));
    session.suspend();
    session.restore();
    expect(seen).toEqual(['1']);
    expect(host.reports.map((error) => error.message)).toEqual(['Decode: node$ /a']);
    session.fire('dataChanged', '/a');
    session.data('4', statAt(4));
    expect(seen).toEqual(['1', '4']);
  });
});

describe('the arguments of live reads', () => {
  it('err on subscribe, not before, and ask nothing', () => {
    const { zk, session, host } = setUp();
    const bad$ = zk.data$('a/b');
    expect(record(bad$).errors[0]).toBeInstanceOf(InvalidPathError);
    expect(record(zk.deleted$('/a/')).errors[0]).toMatchObject({ operation: 'deleted$' });
    // A caller without types.
    const codec = bytesOf as never;
    expect(record(zk.data$('/a', codec)).errors[0]).toBeInstanceOf(InvalidOptionError);
    const onError = { onError: 'skip' } as never;
    expect(record(zk.data$('/a', json(), onError)).errors[0]).toMatchObject({ option: 'onError' });
    const meta = { meat: true } as never;
    expect(record(zk.children$('/a', meta)).errors[0]).toMatchObject({ option: 'options.meat' });
    expect([session.log.length, host.holders]).toEqual([0, 0]);
  });
});
