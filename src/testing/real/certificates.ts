/** Throw-away certificates for tests: an authority and what it signs, right or wrong in any way, made by `openssl`. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvalidOptionError } from '../../errors/client-errors.js';

/** What a certificate is to say. */
export interface CertificateRequest {
  /** Whose it is; in x509 ACLs this is `CN=name`. */
  readonly commonName: string;
  /** Host names and addresses that it is good for. Default: `localhost`, `127.0.0.1`, `::1`. */
  readonly hosts?: readonly string[];
  /** Default: yesterday, or a day before `notAfter` if that is earlier. */
  readonly notBefore?: Date;
  /** Default: in a year. */
  readonly notAfter?: Date;
}

/** A certificate with its key and the authority that signed it, in PEM: what `tls.connect` takes. */
export interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs whatever it is asked to. */
export interface Certificates {
  /** The authority's own certificate, in PEM. */
  readonly ca: string;
  /** A certificate with its key; expired, for another host, as you like. */
  issue(request: CertificateRequest): Promise<Certificate>;
  /** Another authority, that nobody here trusts. */
  stranger(): Promise<Certificates>;
}

const dayMs = 86_400_000;
const localHosts: readonly string[] = ['localhost', '127.0.0.1', '::1'];
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority that keeps its files in a directory of its own below this one. */
export async function createCertificates(parent: string): Promise<Certificates> {
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, 'authority-'));
  writeFileSync(join(directory, 'authority.cnf'), configuration);
  writeFileSync(join(directory, 'index.txt'), '');
  // Two authorities of one name and different keys would be told apart with misleading errors.
  const subject = `/CN=rxzk test authority ${randomBytes(4).toString('hex')}`;
  const files = ['-keyout', 'authority.key', '-out', 'authority.pem'];
  await openssl(directory, ['req', '-x509', ...withConfig, ...newKey, ...files, '-subj', subject]);
  return new Authority(parent, directory);
}

class Authority implements Certificates {
  readonly ca: string;
  private count = 0;
  // The authority's list of what it has signed is a file, and openssl does not lock it.
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parent: string,
    private readonly directory: string,
  ) {
    this.ca = readFileSync(join(directory, 'authority.pem'), 'utf8');
  }

  issue(request: CertificateRequest): Promise<Certificate> {
    const issued = this.last.then(() => this.sign(request));
    this.last = issued.catch(() => undefined);
    return issued;
  }

  stranger(): Promise<Certificates> {
    return createCertificates(this.parent);
  }

  private async sign(request: CertificateRequest): Promise<Certificate> {
    const name = `leaf${String(++this.count)}`;
    const [key, csr, cert] = ['key', 'csr', 'pem'].map((kind) => `${name}.${kind}`);
    const files = ['-keyout', String(key), '-out', String(csr)];
    const subject = ['-utf8', '-subj', `/CN=${escapeName(request.commonName)}`];
    await openssl(this.directory, ['req', '-new', ...withConfig, ...newKey, ...files, ...subject]);
    writeFileSync(join(this.directory, `${name}.ext`), extensions(request.hosts ?? localHosts));
    await openssl(this.directory, [
      ...['ca', '-batch', '-notext', ...withConfig, '-extfile', `${name}.ext`],
      ...['-in', String(csr), '-out', String(cert), ...validity(request)],
    ]);
    const read = (file: string | undefined) =>
      readFileSync(join(this.directory, String(file)), 'utf8');
    return { ca: this.ca, cert: read(cert), key: read(key) };
  }
}

const withConfig: readonly string[] = ['-config', 'authority.cnf'];

// Nothing of the system's own configuration, which may ask or forbid.
const configuration = `
[req]
distinguished_name = name
x509_extensions = authority
prompt = no
string_mask = utf8only
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ca]
default_ca = this
[this]
database = index.txt
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
rand_serial = yes
unique_subject = no
default_md = sha256
policy = anything
[anything]
commonName = supplied
`;

function extensions(hosts: readonly string[]): string {
  const wrong = hosts.find((host) => isIP(host) === 0 && !/^[\w.*-]+$/.test(host));
  if (wrong !== undefined || hosts.length === 0) {
    throw new InvalidOptionError('hosts', `${String(wrong)} is neither a host name nor an address`);
  }
  const names = hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`);
  return `basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = ${names.join(', ')}
`;
}

function validity({
  notAfter = new Date(Date.now() + 365 * dayMs),
  notBefore = new Date(Math.min(Date.now(), notAfter.getTime()) - dayMs),
}: CertificateRequest): readonly string[] {
  return ['-startdate', asn1Time(notBefore), '-enddate', asn1Time(notAfter)];
}

/** `20260131235959Z`. */
function asn1Time(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

/** What would end a name, or begin another, in `-subj`. */
function escapeName(name: string): string {
  return name.replace(/[\\/+]/g, '\\$&');
}

async function openssl(cwd: string, parameters: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', parameters, { cwd, env: process.env }).catch(
    (error: unknown) => {
      // What a program that is not there makes.
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const what = missing ? 'there is no openssl on the PATH' : String(error);
      throw new Error(`certificates for tests need the command openssl: ${what}`, { cause: error });
    },
  );
}
