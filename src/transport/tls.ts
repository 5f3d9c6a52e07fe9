/**
 * TLS over TCP, for Node: pipes to `host:port` whose other end is who it says it is.
 *
 * The certificate is verified before a pipe counts as open, so not a byte is said to anybody else; no option turns that
 * off, and neither does NODE_TLS_REJECT_UNAUTHORIZED. Options that are a function are asked for each connection. What goes
 * wrong because of TLS arrives as a `TlsPipeError`, everything else as TCP has it.
 */
import { isIP } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type ConnectionOptions,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';
import { type Dialler, type DialOptions, dialPipe } from './socket-dialler.js';
import { tlsOptionProblem, type TlsOptions, type TlsOptionsFactory } from './tls-options.js';
import { type Address, type PipeHandlers, TlsPipeError, type Transport } from './transport.js';

/**
 * Opens TLS connections. Throws a {@link TlsPipeError} for options that cannot be used; what a function returns is looked at
 * for each connection.
 */
export function tlsTransport(
  options: TlsOptions | TlsOptionsFactory = {},
  dialOptions: DialOptions = {},
): Transport {
  const dialler = typeof options === 'function' ? askedFor(options) : fixed(options);
  return {
    secure: true,
    connect: (address, handlers) =>
      dialPipe(address, new TlsHandlers(handlers), { ...dialOptions, dialler }),
  };
}

type DiallerFor = (address: Address) => Promise<Dialler> | Dialler;

function fixed(options: TlsOptions): DiallerFor {
  // Reading certificates takes a while: once for all connections.
  const secureContext = contextOf(options);
  return (address) => diallerTo(address, options, secureContext);
}

function askedFor(ask: TlsOptionsFactory): DiallerFor {
  return async (address) => {
    let options: TlsOptions;
    try {
      options = await ask(address);
    } catch (cause) {
      // What a stranger's error says is not for our messages; it is in the chain of causes.
      throw new TlsPipeError('TLS_OPTIONS', new Error('the function failed', { cause }));
    }
    return diallerTo(address, options, contextOf(options));
  };
}

function contextOf(options: TlsOptions): SecureContext {
  const wrong = tlsOptionProblem(options);
  if (wrong !== undefined) {
    const cause = new Error([wrong.option, wrong.problem].join(' ').trim());
    throw new TlsPipeError('TLS_OPTIONS', cause);
  }
  const { ca, cert, key, passphrase, minVersion = 'TLSv1.2', ciphers } = options;
  const given = { ca, cert, key, passphrase, minVersion, ciphers };
  try {
    // Node takes bytes of any kind and lists that are readonly; its types say so of Buffers and arrays only.
    return createSecureContext(given as SecureContextOptions);
  } catch (cause) {
    throw new TlsPipeError('TLS_OPTIONS', cause);
  }
}

function diallerTo({ host }: Address, options: TlsOptions, secureContext: SecureContext): Dialler {
  const { servername = isIP(host) === 0 ? host : undefined, ...rest } = options;
  const secure: ConnectionOptions = {
    secureContext,
    rejectUnauthorized: true,
    checkServerIdentity: identityCheck(rest),
    ...(servername === undefined ? {} : { servername }),
  };
  return { opened: 'secureConnect', dial: (socket) => connect({ ...socket, ...secure }) };
}

function identityCheck({
  checkServerIdentity: isServer,
}: TlsOptions): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (host, certificate) => {
    try {
      const problem: unknown = (isServer ?? checkServerIdentity)(host, certificate);
      return problem === undefined ? undefined : new TlsPipeError(wrongName, problem);
    } catch (cause) {
      // Thrown into Node it would end the process.
      return new TlsPipeError(wrongName, cause);
    }
  };
}

const wrongName = 'ERR_TLS_CERT_ALTNAME_INVALID';
const tlsCodes =
  /^(?:ERR_(?:SSL|TLS|OSSL)_|EPROTO$|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_CERT_|CRL_|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_)/;
const hangUps: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', undefined]);

/** Tells what is the fault of TLS from what is not. */
class TlsHandlers implements PipeHandlers {
  private open = false;
  private answered = false;

  constructor(private readonly handlers: PipeHandlers) {}

  onOpen(): void {
    this.open = true;
    this.handlers.onOpen();
  }

  onData(chunk: Uint8Array): void {
    this.answered = true;
    this.handlers.onData(chunk);
  }

  onFlush(): Uint8Array {
    return this.handlers.onFlush();
  }

  onClose(error?: Error): void {
    this.handlers.onClose(this.explain(error));
  }

  private explain(error: NodeJS.ErrnoException | undefined): Error | undefined {
    if (error instanceof TlsPipeError) return error;
    const code = error?.code;
    if (code !== undefined && tlsCodes.test(code)) return new TlsPipeError(code, error);
    if (this.answered || !hangUps.has(code)) return error;
    if (this.open) return new TlsPipeError('TLS_UNANSWERED', error);
    return code === undefined ? error : new TlsPipeError('TLS_BROKEN_OFF', error);
  }
}
