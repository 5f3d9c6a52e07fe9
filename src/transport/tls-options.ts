/** The options of TLS, and what is wrong with those that cannot be used. */
import { type Address } from './transport.js';

/** A certificate or a key as text (PEM) or bytes. */
export type Pem = string | Uint8Array;

/** What is known of the server's certificate when its name is checked: the fields of Node's `PeerCertificate` that matter. */
export interface ServerCertificate {
  readonly subject: object;
  readonly issuer: object;
  /** The names it is for: `DNS:zk1.example, IP Address:10.0.0.1`. */
  readonly subjectaltname?: string | undefined;
  /** SHA-256 of the certificate: `AB:CD:…`. */
  readonly fingerprint256: string;
  readonly valid_from: string;
  readonly valid_to: string;
  /** The certificate itself, in DER. */
  readonly raw: Uint8Array;
}

/** How to speak TLS. The server's certificate is verified, always: name the authority in `ca` if it is your own. */
export interface TlsOptions {
  /** The authorities to trust, instead of those that Node knows. */
  readonly ca?: Pem | readonly Pem[];
  /** This client's certificate, for a server that asks for one; with its chain, if it has one. */
  readonly cert?: Pem;
  /** The key of `cert`. */
  readonly key?: Pem;
  /** What `key` is encrypted with. Never logged, never in an error. */
  readonly passphrase?: string;
  /** The name that is sent to the server (SNI) and that its certificate must have. Default: the host of the connect string. */
  readonly servername?: string;
  /** Decides, after the chain was verified, whether the certificate is that of this host. Default: by its names. */
  readonly checkServerIdentity?: (
    host: string,
    certificate: ServerCertificate,
  ) => Error | undefined;
  /** The oldest version to speak. Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** The ciphers to offer, in OpenSSL's notation. Default: Node's. */
  readonly ciphers?: string;
}

/** Asked before every connection, so certificates can change while the client runs. */
export type TlsOptionsFactory = (server: Address) => TlsOptions | PromiseLike<TlsOptions>;

/** Names of all options. */
export const tlsOptionNames: ReadonlySet<string> = new Set([
  'ca',
  'cert',
  'key',
  'passphrase',
  'servername',
  'checkServerIdentity',
  'minVersion',
  'ciphers',
] satisfies (keyof TlsOptions)[]);

const versions: readonly unknown[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** What is wrong with one option. */
export interface TlsOptionProblem {
  /** `''` for all of them. */
  readonly option: string;
  /** `must be …`. Quotes no value: it may be a secret. */
  readonly problem: string;
}

/** The first option that cannot be used, if there is one. */
export function tlsOptionProblem(options: unknown): TlsOptionProblem | undefined {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return { option: '', problem: 'must be an object of options' };
  }
  for (const [option, value] of Object.entries(options)) {
    if (!tlsOptionNames.has(option)) return { option, problem: 'there is no such option' };
    const must = requirement(option, value);
    if (value !== undefined && must !== undefined) return { option, problem: `must be ${must}` };
  }
  return pairProblem(options);
}

function pairProblem({ cert, key, passphrase }: TlsOptions): TlsOptionProblem | undefined {
  if (cert !== undefined && key === undefined) {
    return { option: 'key', problem: 'must be given with cert' };
  }
  if (key !== undefined && cert === undefined) {
    return { option: 'cert', problem: 'must be given with key' };
  }
  return passphrase !== undefined && key === undefined
    ? { option: 'passphrase', problem: 'is for a key, and there is none' }
    : undefined;
}

/** What the value must be, if it is something else. */
function requirement(option: string, value: unknown): string | undefined {
  switch (option) {
    case 'ca':
      return isPem(value) || isListOfPem(value) ? undefined : 'PEM as text or bytes, or a list';
    case 'cert':
    case 'key':
      return isPem(value) ? undefined : 'PEM as text or bytes';
    case 'checkServerIdentity':
      return typeof value === 'function' ? undefined : 'a function';
    case 'minVersion':
      return versions.includes(value) ? undefined : 'TLSv1.2 or TLSv1.3 (or TLSv1, TLSv1.1)';
    default:
      return typeof value === 'string' && value !== '' ? undefined : 'a text';
  }
}

function isPem(value: unknown): boolean {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0;
}

function isListOfPem(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPem);
}
