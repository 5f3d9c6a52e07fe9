/** Frames, headers and the order of replies on one connection. */

import { operations } from '../../src/wire/operations.js';
import { encode, type JuteWriter } from '../../src/wire/writer.js';
import { framed } from '../support/raw-client.js';
import { bytes, startWorld } from './world.js';

const request = (xid: number, opcode: number, body?: (writer: JuteWriter) => void): Uint8Array =>
  encode((writer) => {
    writer.int(xid);
    writer.int(opcode);
    body?.(writer);
  });

describe('a connection', () => {
  it('answers in the order of the requests, however the stream is cut', () => {
    const { connect } = startWorld();
    const client = connect();
    const stream = new Uint8Array([
      ...client.frame(
        'create',
        { path: '/a', data: null, acl: [{ perms: 31, scheme: 'world', id: 'anyone' }], flags: 0 },
        1,
      ),
      ...client.frame('exists', { path: '/a', watch: false }, 2),
      ...client.frame('ping', undefined, -2),
      ...client.frame('delete', { path: '/a', version: -1 }, 3),
      ...client.frame('exists', { path: '/a', watch: false }, 3),
    ]);
    for (const byte of stream) client.sendBytes(Uint8Array.of(byte));
    client.sendBytes(stream);
    const once = [
      [1, 0],
      [2, 0],
      [-2, 0],
      [3, 0],
      [3, -101],
    ];
    expect(
      client.log.map((frame) => (frame.kind === 'reply' ? [frame.xid, frame.error] : [])),
    ).toEqual([...once, ...once]);
  });

  it('answers a ping with xid -2 whatever was asked', () => {
    const client = startWorld().connect();
    expect(client.call('ping', undefined, 9)).toMatchObject({ xid: -2, zxid: 1n, error: 0 });
  });

  it('ignores what follows a request in its frame', () => {
    const client = startWorld().connect();
    client.sendFrame(
      new Uint8Array([
        ...request(5, 9, (w) => {
          w.string('x');
        }),
        1,
        2,
        3,
      ]),
    );
    expect(client.takeReply()).toMatchObject({ xid: 5, error: 0 });
  });

  it.each([
    ['unknown', 99],
    ['check outside a multi', 13],
    ['createSession', -10],
    ['deleteContainer', 20],
    ['notification', 0],
  ])('refuses an opcode with zxid -1 and closes, and the session lives (%s)', (_name, opcode) => {
    const { server, connect } = startWorld();
    const client = connect();
    client.sendFrame(request(4, opcode));
    expect(client.takeReply()).toMatchObject({ xid: 4, zxid: -1n, error: -6 });
    expect(client.closed).toBe(true);
    expect(server.sessions()).toMatchObject([{ connected: false }]);
  });

  it('plays an old release: what is newer is unknown', () => {
    const old = startWorld({ version: '3.4.14' });
    const client = old.connect();
    expect(client.create('/a')).toBe('/a');
    client.send('addWatch', { path: '/a', mode: 0 });
    expect(client.takeReply()).toMatchObject({ zxid: -1n, error: -6 });
    expect(client.closed).toBe(true);
  });

  it('answers a body that cannot be read with -5 and stays; a write takes a zxid all the same', () => {
    const client = startWorld().connect();
    const truncated = (opcode: number) => {
      client.sendFrame(new Uint8Array([...request(7, opcode), 0, 0]));
      const { error, zxid } = client.takeReply();
      return [error, zxid];
    };
    const { create, exists, multi, setData, addWatch, sync, reconfig } = operations;
    const asked = [create, exists, multi, setData, addWatch, sync, reconfig];
    // A reconfig is read before it takes a zxid.
    expect(asked.map(({ opcode }) => truncated(opcode))).toEqual([
      [-5, 2n],
      [-5, 2n],
      [-5, 3n],
      [-5, 4n],
      [-5, 4n],
      [-5, 4n],
      [-5, 4n],
    ]);
    expect(client.closed).toBe(false);
  });

  it('closes on an auth packet that cannot be read', () => {
    const client = startWorld().connect();
    client.sendFrame(new Uint8Array([...request(-4, 100), 0]));
    expect([client.closed, client.replyCount]).toEqual([true, 0]);
  });

  it.each([
    ['a zero-length frame', Uint8Array.of(0, 0, 0, 0)],
    ['a 3-byte header', Uint8Array.of(0, 0, 0, 3, 1, 2, 3)],
    ['a 6-byte header', Uint8Array.of(0, 0, 0, 6, 1, 2, 3, 4, 5, 6)],
    ['a negative length', Uint8Array.of(255, 255, 255, 255)],
    ['a length over the limit', Uint8Array.of(0, 0x10, 0, 0)],
    ['four letters', bytes('ruok')],
  ])('closes without a word on %s', (_name, stream) => {
    const { server, connect } = startWorld();
    const client = connect();
    client.sendBytes(stream);
    expect([client.closed, client.replyCount]).toEqual([true, 0]);
    expect(server.connectionCount()).toBe(0);
    expect(server.sessions()).toHaveLength(1);
  });

  it('takes a frame of exactly the limit', () => {
    const { connect } = startWorld();
    const client = connect();
    const header = request(1, operations.create.opcode, (w) => {
      w.string('/big');
    });
    const data = 0xf_ffff - header.length - 4 - (4 + 4 + 4 + 5 + 4 + 6) - 4;
    const body = encode((w) => {
      w.raw(header);
      w.buffer(new Uint8Array(data));
      w.vector([0], (v) => {
        v.int(31);
        v.string('world');
        v.string('anyone');
      });
      w.int(0);
    });
    expect(body).toHaveLength(0xf_ffff);
    client.sendBytes(framed(body));
    expect(client.takeReply().error).toBe(0);
    expect(client.stat('/big').dataLength).toBe(data);
  });

  it('has its own limit where one is given', () => {
    const client = startWorld({ maxFrameBytes: 100 }).connect();
    client.sendBytes(Uint8Array.of(0, 0, 0, 101));
    expect(client.closed).toBe(true);
  });

  it('answers a SASL packet with a null token and no error', () => {
    const client = startWorld().connect();
    expect(client.call('sasl', { token: bytes('x') })).toMatchObject({
      zxid: 0n,
      error: 0,
      body: { token: null },
    });
  });

  it('refuses a reconfiguration with -123, and stays', () => {
    const client = startWorld().connect();
    const nobody = { joining: null, leaving: null, newMembers: null, configId: -1n };
    expect(client.call('reconfig', nobody)).toMatchObject({ error: -123, zxid: 2n });
    expect(client.closed).toBe(false);
  });

  it('closes a session: its watches fire, then the reply, then the end', () => {
    const { server, connect } = startWorld();
    const client = connect();
    client.create('/e', { flags: 1 });
    client.exists('/e', true);
    client.send('closeSession', undefined, 9);
    expect(client.log.slice(-2)).toEqual([
      { kind: 'event', type: 2, path: '/e' },
      { kind: 'reply', xid: 9, error: 0 },
    ]);
    expect(client.closed).toBe(true);
    expect([server.sessions(), server.ephemerals(), server.watchCount()]).toEqual([[], [], 0]);
    expect(server.lastZxid).toBe(3n);
  });
});
