/** What the end of a connection is called, and what is said about it. */

import { ProtocolError, UsageError } from '../../src/errors/client-errors.js';
import { ConnectError, TlsError } from '../../src/errors/connect-error.js';
import { connectFailure, isTlsAlert, type LinkPhase } from '../../src/session/connect-failure.js';
import { TlsPipeError } from '../../src/transport/transport.js';

const server = 'zk1:2181';

function withCode(code: string): Error {
  return Object.assign(new Error(`it said ${code}`), { code });
}

describe('connectFailure', () => {
  it.each<readonly [LinkPhase, Error | undefined, string, RegExp]>([
    ['opening', withCode('ECONNREFUSED'), 'refused', /nobody listens/],
    ['opening', withCode('ENOTFOUND'), 'unknown-name', /has no address/],
    ['opening', withCode('EAI_AGAIN'), 'unknown-name', /DNS/],
    ['opening', withCode('EHOSTUNREACH'), 'unreachable', /no way/],
    ['opening', withCode('ETIMEDOUT'), 'unreachable', /firewall/],
    ['opening', withCode('EWHATEVER'), 'other', /it said EWHATEVER/],
    ['opening', undefined, 'other', /closed/],
    ['greeted', undefined, 'closed', /option tls.*quorum/],
    ['greeted', withCode('ECONNRESET'), 'closed', /hung up/],
    ['greeted', new ProtocolError('a frame of 2 GB'), 'garbage', /no ZooKeeper.*2 GB/],
    ['greeted', new UsageError('no password'), 'other', /no password/],
    ['login', undefined, 'closed', /login/],
    ['login', new UsageError('no password'), 'other', /no password/],
    ['established', undefined, 'lost', /hung up/],
    ['established', new Error('nothing heard for 4 ms'), 'lost', /nothing heard for 4 ms/],
    ['established', new ProtocolError('a frame of 2 GB'), 'lost', /2 GB/],
    ['greeted', new TlsPipeError('TLS_UNANSWERED', undefined), 'closed', /tls\.cert/],
  ])('of one that was %s and ended with %p is %s', (phase, cause, reason, message) => {
    const error = connectFailure({ server, phase, cause });
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).not.toBeInstanceOf(TlsError);
    expect(error).toMatchObject({ name: 'ConnectError', server, reason });
    expect(error.message).toMatch(/^Connect zk1:2181: /);
    expect(error.message).toMatch(message);
    expect(error.cause).toBe(cause);
  });

  // The codes are those that Node 20 with OpenSSL 3 gives; the specs with servers show where they come from.
  it.each([
    ['CERT_HAS_EXPIRED', 'expired', /expired/],
    ['CERT_NOT_YET_VALID', 'not-yet-valid', /clock/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-name', /tls\.servername/],
    ['HOSTNAME_MISMATCH', 'wrong-name', /other hosts/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted', /tls\.ca/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted', /tls\.ca/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted', /tls\.ca/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted', /tls\.ca/],
    ['CERT_SIGNATURE_FAILURE', 'untrusted', /tls\.ca/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate-refused', /tls\.cert/],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'certificate-refused', /tls\.cert/],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'certificate-refused', /tls\.cert/],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'certificate-refused', /tls\.cert/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate-refused', /tls\.cert/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'no-agreement', /minVersion/],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'no-agreement', /minVersion/],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'no-agreement', /ciphers/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-tls', /does not speak TLS/],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'no-tls', /does not speak TLS/],
    ['TLS_BROKEN_OFF', 'no-tls', /hung up/],
    ['TLS_OPTIONS', 'options', /option tls cannot be used: boo/],
    ['ERR_SSL_SOMETHING_NEW', 'tls-other', /boo/],
  ])('of one that TLS ended with %s is %s', (code, reason, message) => {
    const cause = new TlsPipeError(code, new Error('boo'));
    const error = connectFailure({ server, phase: 'opening', cause });
    expect(error).toBeInstanceOf(TlsError);
    expect(error).toMatchObject({ name: 'TlsError', server, reason, cause });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`(${code})`);
  });

  it('leaves alone what has its name already', () => {
    const cause = new ConnectError({ server, reason: 'timeout', message: 'x' });
    expect(connectFailure({ server, phase: 'greeted', cause })).toBe(cause);
  });
});

describe('isTlsAlert', () => {
  it('knows an alert from the length of a frame', () => {
    expect(isTlsAlert(new Uint8Array([0x15, 3, 3, 0, 2, 2, 40]))).toBe(true);
    expect(isTlsAlert(new Uint8Array([0, 0, 0, 37, 0, 0]))).toBe(false);
    expect(isTlsAlert(new Uint8Array([0x15]))).toBe(false);
  });
});
