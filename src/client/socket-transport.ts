/** What carries the bytes unless a transport is given: TCP, or TLS by its options. */

import { InvalidOptionError } from '../errors/client-errors.js';
import { tcpTransport } from '../transport/tcp.js';
import { tlsTransport } from '../transport/tls.js';
import {
  tlsOptionNames,
  tlsOptionProblem,
  type TlsOptions,
  type TlsOptionsFactory,
} from '../transport/tls-options.js';
import { TlsPipeError, type Transport } from '../transport/transport.js';
import { checkNames } from './checks.js';

/** TLS if there are options for it, else TCP. Throws `InvalidOptionError` for options that cannot be used. */
export function socketTransport(tls: TlsOptions | TlsOptionsFactory | undefined): Transport {
  if (tls === undefined) return tcpTransport();
  if (typeof tls !== 'function') checkTls(tls);
  try {
    return tlsTransport(tls);
  } catch (cause) {
    // What OpenSSL says of certificates, keys and ciphers; it does not quote them.
    const reason = cause instanceof TlsPipeError ? cause.message : String(cause);
    throw new InvalidOptionError('tls', reason, { cause });
  }
}

function checkTls(tls: object): void {
  if (typeof tls === 'object') checkNames({ option: 'tls', value: tls }, tlsOptionNames);
  const wrong = tlsOptionProblem(tls);
  if (wrong === undefined) return;
  const option = wrong.option === '' ? 'tls' : `tls.${wrong.option}`;
  throw new InvalidOptionError(option, wrong.problem);
}
