/** Real servers as one ensemble. */

import { type Certificate, type Certificates } from './certificates.js';
import { expireSession, type SessionHolder } from './expire-session.js';
import { type ManagedEnsemble, type ManagedServer } from './managed.js';
import { loginOf, type RealServer } from './real-server.js';
import { type StartZooKeeperOptions } from './options.js';
import { waitFor } from './wait-until.js';

const leaderTimeoutMs = 60_000;

export class RealEnsemble implements ManagedEnsemble {
  readonly hosts: string;

  constructor(
    readonly servers: readonly RealServer[],
    private readonly options: StartZooKeeperOptions,
  ) {
    this.hosts = servers.map(({ hosts }) => hosts).join(',');
  }

  get version(): string {
    return this.first.version;
  }

  get secureHosts(): string {
    return this.servers.map(({ secureHosts }) => secureHosts).join(',');
  }

  // One authority has signed for all.
  get tls(): Certificate {
    return this.first.tls;
  }

  get certificates(): Certificates {
    return this.first.certificates;
  }

  async start(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async reset(): Promise<void> {
    await this.stop();
    for (const server of this.servers) server.wipe();
    await this.start();
  }

  dropConnections(): void {
    for (const server of this.servers) server.dropConnections();
  }

  async expireSession(owner: SessionHolder): Promise<void> {
    const statuses = await Promise.all(this.servers.map((server) => server.status()));
    const ports = this.servers
      .filter((_server, index) => statuses[index] !== undefined)
      .map(({ port }) => port);
    if (ports.length === 0) throw new Error('no server of the ensemble serves');
    await expireSession(owner, { ports, login: loginOf(this.options) });
  }

  leader(): Promise<ManagedServer> {
    return waitFor('a leader', {
      probe: async () => {
        const statuses = await Promise.all(this.servers.map((server) => server.status()));
        return this.servers[statuses.findIndex((status) => status?.mode === 'leader')];
      },
      timeoutMs: leaderTimeoutMs,
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private get first(): RealServer {
    // An ensemble has at least one server: `startEnsemble` sees to it.
    return this.servers[0] as RealServer;
  }
}
