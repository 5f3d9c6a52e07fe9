/** Handshakes, identities, pings and ends as a real 3.8 server reads and answers them, against literals. */

import { fromHex } from '../golden/golden-file.js';
import {
  decodeWhole,
  decodeConnect,
  decodeExchange,
  exchangeNamed,
  replyBytes,
} from './golden-support.js';
import { type ReplyHeader, replyHeaderCodec } from '../../src/wire/records.js';

const zeros = new Uint8Array(16);

describe('golden handshakes', () => {
  it('reads a new session', () => {
    const { request, response } = decodeConnect('connect');
    expect(request).toEqual({
      protocolVersion: 0,
      lastZxidSeen: 0n,
      timeoutMs: 4000,
      sessionId: 0n,
      password: zeros,
      readOnly: false,
    });
    // Id and password are the server's to choose: here, what stands at their offsets.
    const bytes = Buffer.from(exchangeNamed('connect').reply ?? '', 'hex');
    expect(bytes).toHaveLength(37);
    expect(response).toEqual({
      protocolVersion: 0,
      timeoutMs: 4000,
      sessionId: bytes.readBigInt64BE(8),
      password: new Uint8Array(bytes.subarray(20, 36)),
      readOnly: false,
    });
    expect(response.sessionId >> 56n).toBe(1n);
  });

  it('reads a resumed session: the same id, the same password', () => {
    const first = decodeConnect('connect, for watches').response;
    const { request, response } = decodeConnect('connect to resume a session');
    expect(request).toEqual({
      protocolVersion: 0,
      lastZxidSeen: 46n,
      timeoutMs: 4000,
      sessionId: first.sessionId,
      password: first.password,
      readOnly: false,
    });
    expect(response).toEqual(first);
  });

  it('reads that a session is over', () => {
    expect(exchangeNamed('connect to a closed session').closed).toBe(true);
    expect(decodeConnect('connect to a closed session').response).toEqual({
      protocolVersion: 0,
      timeoutMs: 0,
      sessionId: 0n,
      password: zeros,
      readOnly: false,
    });
  });

  it('reads frames without the readOnly byte, as clients before 3.4 have them', () => {
    const { request, reply } = exchangeNamed('connect without the readOnly byte');
    expect([request.length / 2, (reply ?? '').length / 2]).toEqual([44, 36]);
    const decoded = decodeConnect('connect without the readOnly byte');
    expect(decoded.request.readOnly).toBeUndefined();
    expect(decoded.response.readOnly).toBeUndefined();
    expect(decoded.response.password).toHaveLength(16);
  });

  it('reads a timeout that the server has put into its bounds', () => {
    const { request, response } = decodeConnect('connect with a timeout below the bounds');
    expect(request).toMatchObject({ timeoutMs: 1, readOnly: true });
    expect(response).toMatchObject({ timeoutMs: 2000, readOnly: false });
  });
});

describe('golden session operations', () => {
  it('reads a ping', () => {
    expect(decodeExchange('ping')).toEqual({
      request: { xid: -2, opcode: 11, body: undefined },
      reply: { xid: -2, zxid: 57n, error: 0, body: undefined },
      events: [],
    });
  });

  it('reads auth, accepted and refused', () => {
    const credential = new Uint8Array([0x62, 0x6f, 0x62, 0x3a, 0x70, 0x77]);
    expect(decodeExchange('auth')).toEqual({
      request: { xid: -4, opcode: 100, body: { type: 0, scheme: 'digest', credential } },
      reply: { xid: -4, zxid: 0n, error: 0, body: undefined },
      events: [],
    });
    expect(decodeExchange('auth: AuthFailed').reply).toEqual({ xid: -4, zxid: 0n, error: -115 });
    expect(exchangeNamed('auth: AuthFailed').closed).toBe(true);
  });

  it('reads who I am', () => {
    expect(decodeExchange('whoAmI').reply.body).toEqual([
      { scheme: 'digest', user: 'bob' },
      { scheme: 'ip', user: '127.0.0.1' },
    ]);
  });

  it('reads the null token of a server without SASL', () => {
    expect(decodeExchange('sasl without configuration')).toEqual({
      request: { xid: 2, opcode: 102, body: { token: new Uint8Array(0) } },
      reply: { xid: 2, zxid: 0n, error: 0, body: { token: null } },
      events: [],
    });
  });

  it('reads closeSession', () => {
    expect(decodeExchange('closeSession').reply).toEqual({
      xid: 3,
      zxid: 60n,
      error: 0,
      body: undefined,
    });
    expect(exchangeNamed('closeSession').closed).toBe(true);
  });

  it.each([
    ['truncated request', { xid: 1, zxid: 59n, error: -5 }, false],
    ['unknown operation', { xid: 2, zxid: -1n, error: -6 }, true],
  ])('reads the answer to a request that no server understands: "%s"', (name, header, closed) => {
    const exchange = exchangeNamed(name);
    expect(decodeWhole<[ReplyHeader]>(replyBytes(exchange), replyHeaderCodec)).toEqual([header]);
    expect(exchange.closed).toBe(closed);
    expect(fromHex(exchange.request).length).toBeGreaterThanOrEqual(8);
  });
});
