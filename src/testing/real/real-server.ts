/**
 * Real Apache ZooKeeper servers for tests: one alone, or an ensemble, each in its own JVM and temporary directory.
 *
 * Everything is on loopback, and nothing is left behind: not after `close()`, and not if the test process dies.
 */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from './free-ports.js';
import { findInstallation, type Installation } from './installation.js';
import { ManagedServer, type RealServer } from './managed-server.js';
import { reaper } from './reaper.js';
import { ServerProcess } from './server-process.js';
import { waitFor } from './wait-until.js';
import { type EnsembleMember, type RealServerOptions, writeServerFiles } from './zoo-config.js';

export { type RealServer } from './managed-server.js';
export { type RealServerOptions } from './zoo-config.js';

const leaderTimeoutMs = 30_000;

/** Real servers that form a quorum. */
export interface RealEnsemble {
  /** `host:port,host:port,…` of all of them. */
  readonly hosts: string;
  readonly version: string;
  readonly servers: readonly RealServer[];
  /** Index of the leader; waits until there is one. */
  leader(): Promise<number>;
  close(): Promise<void>;
}

/** Whether a real ZooKeeper and a java are here. */
export function realServerAvailable(): boolean {
  return !('missing' in findInstallation());
}

/** Starts one server on its own and waits until it serves. */
export async function startRealServer(options: RealServerOptions = {}): Promise<RealServer> {
  const [clientPort = 0] = await freePorts(1);
  const server = createServer({ options, clientPort });
  await startAll([server]);
  return server;
}

/** Starts that many servers as one ensemble and waits until all of them serve. */
export async function startRealEnsemble(
  size: number,
  options: RealServerOptions = {},
): Promise<RealEnsemble> {
  const members = await ensembleMembers(size);
  const servers = members.map(({ id, clientPort }) =>
    createServer({ options, clientPort, ensemble: { id, members } }),
  );
  await startAll(servers);
  return {
    hosts: servers.map(({ hosts }) => hosts).join(','),
    version: servers[0]?.version ?? '',
    servers,
    leader: () => leaderOf(servers),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

interface ServerSpec {
  readonly options: RealServerOptions;
  readonly clientPort: number;
  readonly ensemble?: { readonly id: number; readonly members: readonly EnsembleMember[] };
}

/** A server that has its files but does not run yet. */
function createServer({ options, ...spec }: ServerSpec): RealServer {
  const installation = requireInstallation();
  const directory = mkdtempSync(join(tmpdir(), 'rxzk-server-'));
  reaper.keepDirectory(directory);
  const configFile = writeServerFiles({ ...options, ...spec, directory });
  const { systemProperties } = options;
  return new ManagedServer({
    directory,
    port: spec.clientPort,
    process: new ServerProcess({
      installation,
      directory,
      configFile,
      systemProperties,
    }),
  });
}

function requireInstallation(): Installation {
  const found = findInstallation();
  if ('missing' in found) throw new Error(`a real ZooKeeper is needed: ${found.missing}`);
  return found;
}

/** Starts all; if one does not come up, none is left running. */
async function startAll(servers: readonly RealServer[]): Promise<void> {
  try {
    await Promise.all(servers.map((server) => server.restart()));
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }
}

async function ensembleMembers(size: number): Promise<readonly EnsembleMember[]> {
  const ports = await freePorts(size * 3);
  return Array.from({ length: size }, (_, index) => {
    const [clientPort = 0, quorumPort = 0, electionPort = 0] = ports.slice(
      index * 3,
      index * 3 + 3,
    );
    return { id: index + 1, clientPort, quorumPort, electionPort };
  });
}

function leaderOf(servers: readonly RealServer[]): Promise<number> {
  return waitFor('a leader', {
    probe: async () => {
      const statuses = await Promise.all(servers.map((server) => server.status()));
      const index = statuses.findIndex((status) => status?.mode === 'leader');
      return index === -1 ? undefined : index;
    },
    timeoutMs: leaderTimeoutMs,
  });
}
