/** A real server's side of TLS: its certificate, in the file that it reads, and the lines of `zoo.cfg` about it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, type Certificates, createCertificates } from './certificates.js';
import { type ManagedTlsOptions, type ServerProperties } from './options.js';

const keyFile = 'server.pem';
const caFile = 'ca.pem';

/** One authority, with what it has signed for the servers and for the client. */
export interface TlsKit {
  readonly certificates: Certificates;
  readonly client: Certificate;
  readonly server: ServerTls;
}

/** What a server has to know. */
export interface ServerTls {
  readonly clientAuth: 'none' | 'want' | 'need';
  readonly certificate: Certificate;
}

/** Makes it all, with its files in this directory. */
export async function createTlsKit(
  { clientAuth = 'need', certificate: wishes }: ManagedTlsOptions,
  directory: string,
): Promise<TlsKit> {
  const certificates = await createCertificates(directory);
  const certificate = await certificates.issue({ commonName: 'localhost', ...wishes });
  const client = await certificates.issue({ commonName: 'client' });
  return { certificates, client, server: { clientAuth, certificate } };
}

/** Writes the server's key and certificates where `tlsProperties` says that they are. */
export function writeTlsFiles({ certificate }: ServerTls, directory: string): void {
  const { ca, cert, key } = certificate;
  writeFileSync(join(directory, keyFile), key + cert, { mode: 0o600 });
  writeFileSync(join(directory, caFile), ca);
}

/** Lines of `zoo.cfg`. */
export function tlsProperties(
  { clientAuth }: ServerTls,
  { securePort, directory }: { readonly securePort: number; readonly directory: string },
): ServerProperties {
  return {
    secureClientPort: securePort,
    secureClientPortAddress: '127.0.0.1',
    serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
    'ssl.keyStore.location': join(directory, keyFile),
    'ssl.keyStore.type': 'PEM',
    'ssl.trustStore.location': join(directory, caFile),
    'ssl.trustStore.type': 'PEM',
    'ssl.clientAuth': clientAuth,
    // Who shows a certificate is known by it: for ACLs of the scheme x509, and a server insists on having this.
    'authProvider.x509': 'org.apache.zookeeper.server.auth.X509AuthenticationProvider',
  };
}
