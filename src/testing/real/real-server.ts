/** One real server: its process, its files, its relays. */

import { type Certificate, type Certificates } from './certificates.js';
import { type DigestLogin } from './digest-login.js';
import { expireSession, type SessionHolder } from './expire-session.js';
import { fourLetterWord, serverStatus, type ServerStatus } from './four-letter-word.js';
import { type ManagedServer } from './managed.js';
import { isListening } from './free-ports.js';
import { type StartZooKeeperOptions } from './options.js';
import { type ServerRelays } from './relays.js';
import { type ServerProcess } from './server-process.js';
import { type TlsKit } from './server-tls.js';
import { removeDirectory } from './temporary-directory.js';
import { waitFor } from './wait-until.js';
import { type ServerPlan, writeServerFiles } from './zoo-config.js';

const startTimeoutMs = 60_000;

export interface RealServerParts {
  readonly plan: ServerPlan;
  readonly process: ServerProcess;
  readonly tls: TlsKit | undefined;
  readonly relays: ServerRelays | undefined;
}

export class RealServer implements ManagedServer {
  readonly id: number;
  readonly port: number;
  readonly observer: boolean;
  readonly hosts: string;
  version = '';
  private closed = false;

  constructor(private readonly parts: RealServerParts) {
    const { self } = parts.plan;
    this.id = self.id;
    this.port = self.clientPort;
    this.observer = self.observer;
    this.hosts = parts.relays?.plain.hosts ?? `127.0.0.1:${String(this.port)}`;
  }

  get secureHosts(): string {
    given(this.parts.tls, 'tls');
    const { plan, relays } = this.parts;
    return relays?.secure?.hosts ?? `127.0.0.1:${String(plan.self.securePort)}`;
  }

  get tls(): Certificate {
    return given(this.parts.tls, 'tls').client;
  }

  get certificates(): Certificates {
    return given(this.parts.tls, 'tls').certificates;
  }

  get relay(): ServerRelays {
    return given(this.parts.relays, 'relay');
  }

  async start(): Promise<void> {
    if (this.closed) throw new Error('this server has been closed');
    if (!this.parts.process.running) this.parts.process.start();
    const { version } = await waitFor('the server to serve', {
      probe: () => this.serves(),
      timeoutMs: this.parts.plan.options.startTimeoutMs ?? startTimeoutMs,
      explain: () => this.log(),
    });
    this.version = version;
  }

  stop(): Promise<void> {
    return this.parts.process.end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.parts.process.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async reset(): Promise<void> {
    await this.stop();
    this.wipe();
    await this.start();
  }

  /** Forgets all data. Not while it runs. */
  wipe(): void {
    writeServerFiles(this.parts.plan);
  }

  pause(): Promise<void> {
    return this.parts.process.pause();
  }

  resume(): void {
    this.parts.process.resume();
  }

  status(): Promise<ServerStatus | undefined> {
    return serverStatus(this.port);
  }

  log(lines = 15): string {
    return this.fullLog().split('\n').slice(-lines).join('\n');
  }

  /** All that it wrote. */
  fullLog(): string {
    return this.parts.process.log();
  }

  dropConnections(): void {
    this.relay.cut();
  }

  expireSession(owner: SessionHolder): Promise<void> {
    return expireSession(owner, { ports: [this.port], login: loginOf(this.parts.plan.options) });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.kill();
    await this.parts.relays?.close();
    removeDirectory(this.parts.plan.directory);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async serves(): Promise<ServerStatus | undefined> {
    if (!this.parts.process.running) throw new Error(`the server has ended\n${this.log()}`);
    const status = await this.status();
    if (status === undefined || !(await this.isOurs())) return undefined;
    // It opens its secure port after the plain one.
    const { tls, plan } = this.parts;
    return tls === undefined || (await isListening(plan.self.securePort)) ? status : undefined;
  }

  /** Somebody else may have been faster on the port, and be a ZooKeeper as well. */
  private async isOurs(): Promise<boolean> {
    const conf = (await fourLetterWord('conf', { port: this.port })) ?? '';
    return !conf.includes('dataDir=') || conf.includes(`dataDir=${this.parts.plan.directory}/`);
  }
}

/** Who can log in, where somebody has to. */
export function loginOf({
  requireSasl,
  saslUsers,
}: StartZooKeeperOptions): DigestLogin | undefined {
  const [first] = Object.entries(saslUsers ?? {});
  if (requireSasl !== true || first === undefined) return undefined;
  return { user: first[0], password: first[1] };
}

function given<T>(part: T | undefined, option: string): T {
  if (part === undefined) throw new Error(`this needs a server started with the option ${option}`);
  return part;
}
