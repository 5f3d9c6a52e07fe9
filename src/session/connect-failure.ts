/** Turns what a pipe or a server had to say into an error that names the server, the reason and what to do. */

import {
  ConnectError,
  type ConnectFailure,
  TlsError,
  type TlsFailure,
} from '../errors/connect-error.js';
import { ProtocolError } from '../errors/client-errors.js';
import { type Address, formatAddress, TlsPipeError } from '../transport/transport.js';
import { NoLocalSessionError } from './handshake-answer.js';

/** How far a connection has come. */
export type LinkPhase = 'opening' | 'greeted' | 'login' | 'established';

/** An end of a connection. */
export interface LinkEnd {
  /** `host:port`. */
  readonly server: string;
  readonly phase: LinkPhase;
  /** What the pipe or the protocol said; `undefined` = the server hung up. */
  readonly cause: Error | undefined;
}

/** The error for a connection that came to this end. */
export function connectFailure({ server, phase, cause }: LinkEnd): ConnectError {
  if (cause instanceof ConnectError) return cause;
  if (cause instanceof TlsPipeError) return tlsFailure(server, cause);
  const [reason, message] = problemOf(phase, cause);
  return new ConnectError({ server, reason, message, cause });
}

/** The error for an attempt that took too long. */
export function attemptTimeout(server: string, phase: LinkPhase, timeoutMs: number): ConnectError {
  const what = phase === 'opening' ? 'no connection' : 'connected, but no answer';
  const message = `${what} within ${String(Math.round(timeoutMs))} ms (connectTimeoutMs)`;
  return new ConnectError({ server, reason: 'timeout', message });
}

function noSession(server: string): ConnectError {
  return new ConnectError({ server, reason: 'no-session', message: 'the server gives no session' });
}

/** Why a server gives no session, unless it is that the one there was has expired. */
export function refusedSession(
  server: string,
  { identity, isUnconfirmed }: { readonly identity: unknown; readonly isUnconfirmed: boolean },
): ConnectError | undefined {
  if (isUnconfirmed) return notResumed(server);
  return identity === undefined ? noSession(server) : undefined;
}

function notResumed(server: string): ConnectError {
  const message =
    'the server does not know the session to take over: it has ended, or the password is not its own';
  return new ConnectError({ server, reason: 'no-session', message });
}

/** The error for a server that was good, or might have been, and is not the one any more. */
export function leftServer(server: string): ConnectError {
  const message = 'left for another one, because the list of servers has changed';
  return new ConnectError({ server, reason: 'left', message });
}

/** The error for a server that takes no writes, where one that does is asked for. */
export function readOnlyServer(server: string): ConnectError {
  const message =
    'the server is read-only: it has no quorum; to read there all the same, give the option readOnly';
  return new ConnectError({ server, reason: 'read-only', message });
}

/** Why a good connection to a read-only server is given up. */
export function leftFor(better: Address, server: string): ConnectError {
  const message = `the read-only server is left for ${formatAddress(better)}, which takes writes`;
  return new ConnectError({ server, reason: 'read-only', message });
}

/** Whether the first bytes of an answer are an alert of TLS: the port speaks TLS, and was spoken to without. */
export function isTlsAlert(bytes: Uint8Array): boolean {
  return bytes[0] === 0x15 && bytes[1] === 0x03;
}

/** The error for a port that wants TLS. */
export function tlsOnly(server: string): TlsError {
  const message = 'the port speaks TLS: give the option tls, or the port without TLS';
  return new TlsError({ server, reason: 'tls-only', message });
}

type Problem<Reason> = readonly [Reason, string];

const unreachable: Problem<ConnectFailure> = [
  'unreachable',
  'there is no way to the host; is the network up, and is a firewall in between?',
];
const unknownName: Problem<ConnectFailure> = [
  'unknown-name',
  'the host name has no address; is it spelt right, and does DNS answer?',
];
const hungUp: Problem<ConnectFailure> = [
  'closed',
  'the server hung up without an answer; does the port want TLS (option tls), has the server no quorum (if it is read-only: option readOnly), too many connections, or older data than this client has seen?',
];
const noLocalSession: Problem<ConnectFailure> = [
  'read-only',
  'the server is read-only and can open no session: it needs localSessionsEnabled in its configuration',
];
const hungUpOnLogin: Problem<ConnectFailure> = [
  'closed',
  'the server hung up in the middle of the login (SASL)',
];
const hungUpOnTls: Problem<ConnectFailure> = [
  'closed',
  'the server hung up without an answer; does it want (another) certificate of this client (tls.cert, tls.key), has it no quorum (if it is read-only: option readOnly), too many connections, or older data than this client has seen?',
];

const systemProblems: Readonly<Record<string, Problem<ConnectFailure>>> = {
  ECONNREFUSED: ['refused', 'nobody listens there; does the server run, and is the port right?'],
  ENOTFOUND: unknownName,
  ENODATA: unknownName,
  EAI_AGAIN: unknownName,
  EAI_NODATA: unknownName,
  EHOSTUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENETUNREACH: unreachable,
  ENETDOWN: unreachable,
  ETIMEDOUT: unreachable,
};

function problemOf(phase: LinkPhase, cause: Error | undefined): Problem<ConnectFailure> {
  const code = codeOf(cause);
  if (phase === 'established') {
    return ['lost', `the connection is lost: ${cause?.message ?? 'the server hung up'}`];
  }
  if (cause instanceof NoLocalSessionError) return noLocalSession;
  if (cause instanceof ProtocolError) {
    return ['garbage', `what answers there is no ZooKeeper (${cause.message}); is the port right?`];
  }
  if (phase !== 'opening' && (cause === undefined || code === 'ECONNRESET' || code === 'EPIPE')) {
    return phase === 'login' ? hungUpOnLogin : hungUp;
  }
  return systemProblems[code ?? ''] ?? ['other', cause?.message ?? 'the pipe was closed'];
}

function tlsFailure(server: string, cause: TlsPipeError): ConnectError {
  if (cause.code === 'TLS_UNANSWERED') {
    const [reason, message] = hungUpOnTls;
    return new ConnectError({ server, reason, message, cause });
  }
  const row = tlsProblems.find(([codes]) => codes.test(cause.code));
  const [, reason, advice] = row ?? [undefined, 'tls-other' as const, cause.message];
  const message = reason === 'options' ? `${advice}: ${cause.message}` : advice;
  return new TlsError({ server, reason, message: `${message} (${cause.code})`, cause });
}

/** Codes of OpenSSL and Node, what they mean, and what to do. */
const tlsProblems: readonly (readonly [codes: RegExp, reason: TlsFailure, advice: string])[] = [
  [/^CERT_HAS_EXPIRED$/, 'expired', "the server's certificate has expired"],
  [
    /^CERT_NOT_YET_VALID$/,
    'not-yet-valid',
    "the server's certificate is not valid yet; is the clock of this machine right?",
  ],
  [
    /^(?:ERR_TLS_CERT_ALTNAME_|HOSTNAME_MISMATCH$)/,
    'wrong-name',
    "the server's certificate is for other hosts; connect by a name it has, or say it in tls.servername",
  ],
  [
    /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|CRL_|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_|ERROR_IN_CERT_)/,
    'untrusted',
    "the server's certificate is not signed by an authority that is trusted; give yours as tls.ca",
  ],
  [
    /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|NO_CERTIFICATE|DECRYPT_ERROR)/,
    'certificate-refused',
    'the server does not take the certificate of this client, or wants one; see tls.cert and tls.key',
  ],
  [
    /PROTOCOL_VERSION|NO_PROTOCOLS|UNSUPPORTED_PROTOCOL|ALERT_HANDSHAKE_FAILURE|NO_SHARED|NO_CIPHER|INSUFFICIENT_SECURITY/,
    'no-agreement',
    'client and server have no version or cipher of TLS in common (tls.minVersion, tls.ciphers), or the server wants a certificate',
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|RECORD_TOO_|RECORD_LAYER|UNEXPECTED_MESSAGE|^EPROTO$/,
    'no-tls',
    'the port does not speak TLS; is it the one without TLS?',
  ],
  [
    /^TLS_BROKEN_OFF$/,
    'no-tls',
    'the server hung up on the beginning of TLS; is it a port without TLS?',
  ],
  [/^TLS_OPTIONS$/, 'options', 'the option tls cannot be used'],
];

function codeOf(error: Error | undefined): string | undefined {
  if (error === undefined || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
