/** The first exchange of a connection, as real servers have it. */

import { sessionPassword } from '../../src/server/session-password.js';
import { encode } from '../../src/wire/writer.js';
import { startWorld } from './world.js';

describe('the handshake', () => {
  it('opens a session, which takes a zxid', () => {
    const { server, connect } = startWorld();
    const client = connect();
    expect(client.connected).toEqual({
      protocolVersion: 0,
      timeoutMs: 10_000,
      sessionId: 0x0100000000000000n,
      password: sessionPassword(0x0100000000000000n),
      readOnly: false,
    });
    expect(client.connectedBytes).toHaveLength(37);
    expect(server.lastZxid).toBe(1n);
    expect(connect().sessionId).toBe(0x0100000000000001n);
  });

  it('answers with 36 bytes a request that knows nothing of readOnly', () => {
    const { connect } = startWorld();
    const client = connect({ silent: true });
    client.sendFrame(
      encode((writer) => {
        writer.int(0);
        writer.long(0n);
        writer.int(10_000);
        writer.long(0n);
        writer.buffer(new Uint8Array(16));
      }),
    );
    expect(client.connectedBytes).toHaveLength(36);
    expect(client.connected?.readOnly).toBeUndefined();
    expect(client.create('/a')).toBe('/a');
  });

  it.each([0, 3, 200])('gives a 16-byte password to a new session that sent %d bytes', (length) => {
    const client = startWorld().connect({ password: new Uint8Array(length) });
    expect(client.connected?.password).toHaveLength(16);
  });

  it('takes a null password and ignores the protocol version', () => {
    const client = startWorld().connect({ silent: true });
    client.sendFrame(
      encode((writer) => {
        writer.int(77);
        writer.long(0n);
        writer.int(10_000);
        writer.long(0n);
        writer.buffer(null);
        writer.bool(false);
      }),
    );
    expect(client.connected).toMatchObject({ protocolVersion: 0, timeoutMs: 10_000 });
  });

  it.each([
    [-5, 4000],
    [0, 4000],
    [3999, 4000],
    [4001, 4001],
    [40_000, 40_000],
    [99_999, 40_000],
  ])('settles a timeout of %d ms at %d', (asked, settled) => {
    expect(startWorld().connect({ timeoutMs: asked }).connected?.timeoutMs).toBe(settled);
  });

  it('takes a session up again with a timeout of its own, and without a zxid', () => {
    const { server, connect } = startWorld();
    const first = connect();
    const { sessionId } = first;
    first.create('/e', { flags: 1 });
    const again = connect({ sessionId, password: sessionPassword(sessionId), timeoutMs: 20_000 });
    expect(again.connected).toMatchObject({ sessionId, timeoutMs: 20_000 });
    expect(first.closed).toBe(true);
    expect(server.lastZxid).toBe(2n);
    expect(server.connectionCount()).toBe(1);
    expect(again.call('getEphemerals', { prefix: null }).body).toEqual(['/e']);
    expect(server.sessions()).toMatchObject([
      { id: sessionId, timeoutMs: 20_000, connected: true },
    ]);
  });

  it('says that a session is over with a response of zeros, then closes', () => {
    const client = startWorld().connect({ sessionId: 0x77n });
    expect(client.connected).toEqual({
      protocolVersion: 0,
      timeoutMs: 0,
      sessionId: 0n,
      password: new Uint8Array(16),
      readOnly: false,
    });
    expect(client.closed).toBe(true);
  });

  it('refuses a wrong password, and cuts the owner off before it looks at it', () => {
    const { server, connect } = startWorld();
    const owner = connect();
    const thief = connect({ sessionId: owner.sessionId, password: new Uint8Array(16) });
    expect([thief.connected?.timeoutMs, thief.closed, owner.closed]).toEqual([0, true, true]);
    expect(server.sessions()).toMatchObject([{ id: owner.sessionId, connected: false }]);
    const again = connect({
      sessionId: owner.sessionId,
      password: sessionPassword(owner.sessionId),
    });
    expect(again.sessionId).toBe(owner.sessionId);
  });

  it('turns a client away that has seen a later zxid, without a word', () => {
    const { server, connect } = startWorld();
    const client = connect({ lastZxidSeen: 5n });
    expect([client.connected, client.closed]).toEqual([undefined, true]);
    expect(server.sessions()).toEqual([]);
    expect(server.lastZxid).toBe(0n);
  });

  it('closes when the request cannot be read', () => {
    const client = startWorld().connect({ silent: true });
    client.sendFrame(new Uint8Array(20));
    expect([client.connected, client.closed]).toEqual([undefined, true]);
  });

  it('answers requests that came right behind it', () => {
    const { connect } = startWorld();
    const client = connect({ silent: true });
    const hello = encode((writer) => {
      writer.int(45);
      writer.int(0);
      writer.long(0n);
      writer.int(10_000);
      writer.long(0n);
      writer.buffer(new Uint8Array(16));
      writer.bool(false);
    });
    client.sendBytes(new Uint8Array([...hello, ...client.frame('ping', undefined, -2)]));
    expect(client.connected?.timeoutMs).toBe(10_000);
    expect(client.takeReply()).toMatchObject({ xid: -2, error: 0 });
  });
});
