/**
 * SASL GSSAPI (RFC 4752), which is Kerberos, by the optional peer dependency `kerberos`: nobody else has to install it.
 *
 * Three parts follow each other: the tokens that set up the security context, by which each side proves itself to the
 * other; the server's offer of layers for what comes after, of which ZooKeeper has none; and a last word of the server,
 * which is empty.
 */

import { catchError, defer, from, map, type Observable, of, switchMap } from 'rxjs';
import { ProtocolError, UsageError } from '../../errors/client-errors.js';
import {
  type SaslExchange,
  type SaslMechanism,
  type SaslServer,
} from '../../session/sasl-mechanism.js';

/** What is used of a client of the package `kerberos`; all texts are base64. */
export interface KerberosClient {
  readonly contextComplete: boolean;
  step(challenge: string): PromiseLike<string | null>;
  unwrap(challenge: string): PromiseLike<string | null>;
  wrap(challenge: string): PromiseLike<string | null>;
}

/** What is used of the package `kerberos`. */
export interface KerberosModule {
  readonly GSS_C_MUTUAL_FLAG: number;
  readonly GSS_MECH_OID_KRB5: number;
  initializeClient(
    service: string,
    options: { principal?: string; gssFlag: number; mechOID: number },
  ): PromiseLike<KerberosClient>;
}

/** How to log in by Kerberos. */
export interface GssapiOptions {
  /** The server's service principal is `service/host`. Default `zookeeper`. */
  readonly service?: string;
  /** The host in it, if it is not what the connect string says. */
  readonly host?: string | ((server: SaslServer) => string);
  /** Who logs in, of those in the credential cache or the keytab. Default: whose the cache is. */
  readonly principal?: string;
  /** Go on without having logged in where the server has no SASL at all. Default false. */
  readonly optional?: boolean;
  /** The package `kerberos`, for those who bundle. Default: it is imported when it is needed first. */
  readonly kerberos?: KerberosModule;
}

// Not a literal, so that no compiler or bundler looks for what may not be there.
const packageName = 'kerberos';
const noLayer = Uint8Array.of(1, 0, 0, 0);

/**
 * The mechanism GSSAPI for the option `sasl`. It needs the package `kerberos` and a ticket: from a credential cache
 * (`kinit`, `KRB5CCNAME`) or a keytab (`KRB5_CLIENT_KTNAME`).
 *
 * @example
 * const zk = zookeeper('zk1,zk2,zk3', { sasl: gssapi() });
 */
export function gssapi(options: GssapiOptions = {}): SaslMechanism {
  const { service = 'zookeeper', host, optional = false } = options;
  return {
    name: 'GSSAPI',
    optional,
    start: (server) => {
      const name = typeof host === 'function' ? host(server) : (host ?? server.host);
      return exchange(kerberosClient(`${service}@${name}`, options));
    },
  };
}

function kerberosClient(name: string, options: GssapiOptions): Observable<KerberosClient> {
  const { principal } = options;
  const module$ = options.kerberos === undefined ? installed() : of(options.kerberos);
  return module$.pipe(
    switchMap((kerberos) =>
      kerberos.initializeClient(name, {
        gssFlag: kerberos.GSS_C_MUTUAL_FLAG,
        mechOID: kerberos.GSS_MECH_OID_KRB5,
        ...(principal === undefined ? {} : { principal }),
      }),
    ),
  );
}

function installed(): Observable<KerberosModule> {
  return defer(() => from(import(packageName))).pipe(
    // What it exports depends on who imports it: itself, or as the default.
    map((found: KerberosModule & { default?: KerberosModule }) => found.default ?? found),
    catchError((cause: unknown) => {
      const what = 'GSSAPI needs the package `kerberos`, which is not installed or does not load';
      throw new UsageError(what, { cause });
    }),
  );
}

function exchange(client$: Observable<KerberosClient>): SaslExchange {
  let client: KerberosClient | undefined;
  let isChosen = false;
  return {
    begin: () =>
      client$.pipe(
        switchMap((made) => {
          client = made;
          return made.step('');
        }),
        map(toBytes),
      ),
    respond: (challenge) => {
      if (client === undefined) throw new ProtocolError('GSSAPI: a token before the first one');
      if (isChosen) return undefined;
      const said = toBase64(challenge ?? new Uint8Array(0));
      if (!client.contextComplete) return from(client.step(said)).pipe(map(toBytes));
      isChosen = true;
      return choose(client, said);
    },
  };
}

/** Chooses no layer, and no other name than that of the ticket. */
function choose(client: KerberosClient, offer: string): Observable<Uint8Array> {
  return from(client.unwrap(offer)).pipe(
    switchMap((offered) => {
      const layers = toBytes(offered)[0] ?? 0;
      if ((layers & 1) === 0) throw new ProtocolError('GSSAPI: the server insists on a layer');
      return client.wrap(toBase64(noLayer));
    }),
    map(toBytes),
  );
}

function toBytes(base64: string | null): Uint8Array {
  return Uint8Array.from(atob(base64 ?? ''), (letter) => letter.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
