/** What the contract suite runs against: a server of some kind, and clients of it that each test gets afresh. */

import {
  type TlsOptions,
  zookeeper,
  type ZooKeeper,
  type ZooKeeperOptions,
} from '../../../src/index.js';
import { until } from '../support/recording.js';
import { RawSession, type RawSessionOptions } from '../support/raw-session.js';
import { Relay } from '../../../src/testing/real/relay.js';

/** A running server or ensemble. */
export interface ContractServer {
  readonly hosts: string;
  /** What to speak TLS with, if that is how it is spoken to. */
  readonly tls?: TlsOptions;
  /** Its release, such as `3.8.0`. */
  readonly version: string;
  /** Number of watches that it keeps, of all clients. */
  watchCount(): Promise<number>;
  /** Number of ephemeral znodes, of all clients. */
  ephemeralCount(): Promise<number>;
  close(): Promise<void>;
}

/** What is known of the server before it runs. */
export interface TargetSettings {
  readonly start: () => Promise<ContractServer>;
  readonly tickMs: number;
  /** A session timeout for tests that wait for it. */
  readonly shortSessionMs: number;
  /** Whether TTL znodes are switched on. */
  readonly ttl: boolean;
  /**
   * Whether the clients of one test are at different servers, where there are several; a server may then not know yet what
   * another has confirmed. Default: they share one, each test another.
   */
  readonly spread?: boolean;
}

/** Who may do everything on each target: `super:secret`. */
export const superDigest = 'super:lK75jTNcA+U9vtVEw5vB51mj/w4=';

const sessionTimeoutMs = 5_000;

export class ContractTarget {
  private running: ContractServer | undefined;
  /** One for each server. */
  private keepers: readonly ZooKeeper[] = [];
  private tests = 0;
  private readonly clients: ZooKeeper[] = [];
  private readonly relays: Relay[] = [];
  private readonly opened: RawSession[] = [];

  constructor(readonly settings: TargetSettings) {}

  get server(): ContractServer {
    if (this.running === undefined) throw new Error('the server runs only during tests');
    return this.running;
  }

  get hosts(): string {
    return this.server.hosts;
  }

  /** Whether the server is of this release or a later one. */
  isAtLeast(major: number, minor: number, patch = 0): boolean {
    const [a = 0, b = 0, c = 0] = this.server.version.split('.').map(Number);
    return (a - major || b - minor || c - patch) >= 0;
  }

  /** A new client below a chroot of its own, which exists. Closed after the test. */
  async client(options: ZooKeeperOptions = {}): Promise<ZooKeeper> {
    return this.clientAt(await this.newChroot(), options);
  }

  /** A new client below this chroot (or none). Closed after the test. */
  clientAt(chroot: string, options: ZooKeeperOptions = {}, hosts = this.preferred): ZooKeeper {
    const { spread: shuffleHosts = false } = this.settings;
    const how = { sessionTimeoutMs, shuffleHosts, ...this.security, ...options };
    const zk = zookeeper(`${hosts}${chroot}`, how);
    this.clients.push(zk);
    return zk;
  }

  /** Two new clients below one new chroot: one through a relay that can be cut, one straight. */
  async relayed(
    options: ZooKeeperOptions = {},
  ): Promise<{ readonly zk: ZooKeeper; readonly other: ZooKeeper; readonly relay: Relay }> {
    const chroot = await this.newChroot();
    const relay = await Relay.start(this.preferred);
    this.relays.push(relay);
    const zk = this.clientAt(chroot, options, relay.hosts);
    return { zk, other: this.clientAt(chroot), relay };
  }

  /** A new raw session at the preferred server. Ended after the test. */
  async raw(options: RawSessionOptions = {}): Promise<RawSession> {
    const session = await RawSession.open(this.preferred, options);
    this.opened.push(session);
    return session;
  }

  /** That many raw sessions at one server, below one new znode. */
  async raws(count: number): Promise<readonly RawSession[]> {
    const base = await this.newChroot();
    return Promise.all(Array.from({ length: count }, () => this.raw({ base })));
  }

  /** A new znode for a chroot, which every server knows of: its path. */
  async newChroot(): Promise<string> {
    const [first] = this.keepers;
    if (first === undefined) throw new Error('the server runs only during tests');
    const path = await first.create('/contract-', null, { sequential: true });
    await Promise.all(this.keepers.map((keeper) => keeper.sync('/')));
    return path;
  }

  async start(): Promise<void> {
    this.running = await this.settings.start();
    const options = { sessionTimeoutMs, idleGraceMs: Infinity, ...this.security };
    this.keepers = this.hosts.split(',').map((host) => zookeeper(host, options));
    await Promise.all(this.keepers.map((keeper) => keeper.exists('/')));
  }

  private get security(): ZooKeeperOptions {
    const { tls } = this.server;
    return tls === undefined ? {} : { tls };
  }

  /** All servers, another one first in each test. */
  private get preferred(): string {
    const servers = this.hosts.split(',');
    const first = this.tests % servers.length;
    return [...servers.slice(first), ...servers.slice(0, first)].join(',');
  }

  /** Closes what the test opened; nothing of it may be left on the server. */
  async afterTest(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((zk) => zk.close()));
    await Promise.all(this.opened.splice(0).map((session) => session.end()));
    await Promise.all(this.relays.splice(0).map((relay) => relay.close()));
    await until('all watches to be gone', async () => (await this.server.watchCount()) === 0);
    await until('all ephemerals to go', async () => (await this.server.ephemeralCount()) === 0);
    this.tests++;
  }

  async stop(): Promise<void> {
    await Promise.all(this.keepers.map((keeper) => keeper.close()));
    await this.running?.close();
    this.keepers = [];
    this.running = undefined;
  }
}

/** Starts the server before the tests of this describe and stops it after them. */
export function useTarget(settings: TargetSettings): ContractTarget {
  const target = new ContractTarget(settings);
  beforeAll(() => target.start(), 60_000);
  afterEach(() => target.afterTest(), 30_000);
  afterAll(() => target.stop(), 30_000);
  return target;
}
