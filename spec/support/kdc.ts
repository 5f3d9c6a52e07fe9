/** A throw-away Kerberos: a realm in a directory of its own, with its KDC on a free port, and keys for whom a spec names. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../src/testing/real/free-ports.js';
import { reaper } from '../../src/testing/real/reaper.js';
import { type Found } from '../interop/needs.js';
import { waitFor } from '../../src/testing/real/wait-until.js';

/** The name of every realm. */
export const realm = 'RXZK.TEST';

const sbin = '/usr/sbin';

function kerberosModules(): string | undefined {
  const own = join(__dirname, '../../node_modules');
  const kept = join(homedir(), '.cache/rxzk/kerberos/node_modules');
  return [process.env['RXZK_KERBEROS'] ?? kept, own].find((place) =>
    existsSync(join(place, 'kerberos/build/Release/kerberos.node')),
  );
}

/** Where programs find the package `kerberos`, if there is a KDC as well. */
export function findKerberos(): Found<string> {
  const tools = ['krb5kdc', 'kdb5_util', 'kadmin.local'].map((name) => join(sbin, name));
  if (!tools.every((tool) => existsSync(tool))) {
    return { missing: 'no Kerberos (krb5-kdc, krb5-admin-server and krb5-user)' };
  }
  const found = kerberosModules();
  if (found !== undefined) return { found };
  return {
    missing:
      'no package `kerberos` (see .ci/install-packages, or name its folder in RXZK_KERBEROS)',
  };
}

export class Kdc {
  private constructor(
    readonly directory: string,
    private readonly daemon: ChildProcess,
  ) {}

  /** Starts it. What is made of it is gone after `close`. */
  static async start(): Promise<Kdc> {
    const directory = mkdtempSync(join(tmpdir(), 'rxzk-kdc-'));
    const [port = 0] = await freePorts(1);
    writeFiles(directory, port);
    const env = environment(directory);
    execFileSync(join(sbin, 'kdb5_util'), ['create', '-s', '-P', 'master', '-r', realm], {
      env,
      stdio: 'pipe',
    });
    const daemon = spawn(join(sbin, 'krb5kdc'), ['-n'], { env, stdio: 'ignore' });
    if (daemon.pid !== undefined) reaper.keepProcess(daemon.pid);
    const kdc = new Kdc(directory, daemon);
    const probe = async () => ((await answers(port)) ? true : undefined);
    await waitFor('the KDC', { probe, timeoutMs: 30_000 });
    return kdc;
  }

  get config(): string {
    return join(this.directory, 'krb5.conf');
  }

  /** The environment of whoever uses this realm. */
  get env(): Readonly<Record<string, string>> {
    return { KRB5_CONFIG: this.config };
  }

  /** Makes a principal, and gives the keytab with its key. */
  keytab(principal: string): string {
    const file = join(this.directory, `${principal.replace(/\W/g, '-')}.keytab`);
    for (const query of [`addprinc -randkey ${principal}`, `ktadd -k ${file} ${principal}`]) {
      execFileSync(join(sbin, 'kadmin.local'), ['-r', realm, '-q', query], {
        env: environment(this.directory),
        stdio: 'pipe',
      });
    }
    return file;
  }

  /** Logs a principal in, and gives the environment in which its ticket is. */
  ticketOf(principal: string): Readonly<Record<string, string>> {
    const cache = `FILE:${join(this.directory, 'cache')}`;
    const env = { ...this.env, KRB5CCNAME: cache };
    const args = ['-k', '-t', this.keytab(principal), principal];
    execFileSync('kinit', args, { env: { ...process.env, ...env }, stdio: 'pipe' });
    return env;
  }

  async close(): Promise<void> {
    const { pid } = this.daemon;
    const ended = new Promise((resolve) => this.daemon.once('exit', resolve));
    if (this.daemon.exitCode === null) {
      this.daemon.kill('SIGKILL');
      await ended;
    }
    if (pid !== undefined) reaper.releaseProcess(pid);
    rmSync(this.directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function environment(directory: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    KRB5_CONFIG: join(directory, 'krb5.conf'),
    KRB5_KDC_PROFILE: join(directory, 'kdc.conf'),
  };
}

function writeFiles(directory: string, port: number): void {
  mkdirSync(join(directory, 'db'));
  writeFileSync(
    join(directory, 'krb5.conf'),
    `[libdefaults]
  default_realm = ${realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${realm} = {
    kdc = 127.0.0.1:${String(port)}
  }
[domain_realm]
  localhost = ${realm}
[logging]
  kdc = FILE:${directory}/kdc.log
  admin_server = FILE:${directory}/admin.log
`,
  );
  writeFileSync(
    join(directory, 'kdc.conf'),
    `[kdcdefaults]
  kdc_listen = 127.0.0.1:${String(port)}
  kdc_tcp_listen = 127.0.0.1:${String(port)}
[realms]
  ${realm} = {
    database_name = ${directory}/db/principal
    key_stash_file = ${directory}/db/stash
    acl_file = ${directory}/db/acl
  }
`,
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
