/**
 * Starts real Apache ZooKeeper servers for tests: one alone, or an ensemble, each in its own JVM and temporary directory.
 *
 * Everything is on loopback, and nothing is left behind: not after `close()`, and not if the test process dies.
 */

import { join } from 'node:path';
import { InvalidOptionError } from '../../errors/client-errors.js';
import { freePorts } from './free-ports.js';
import { type Installation } from './installation.js';
import { type ManagedEnsemble, type ManagedServer } from './managed.js';
import { type StartEnsembleOptions, type StartZooKeeperOptions } from './options.js';
import { RealEnsemble } from './real-ensemble.js';
import { RealServer } from './real-server.js';
import { ServerRelays } from './relays.js';
import { requireInstallation } from './require-installation.js';
import { ServerProcess } from './server-process.js';
import { createTlsKit, type TlsKit } from './server-tls.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';
import {
  configFile,
  type EnsembleMember,
  javaProperties,
  type ServerPlan,
  writeServerFiles,
} from './zoo-config.js';

const maxServers = 15;
const maxAttempts = 5;

/**
 * Starts a real ZooKeeper server and waits until it serves.
 *
 * It is found (`ZOOKEEPER_HOME`, Debian's libzookeeper-java, the cache), or fetched if that is allowed; it takes a java and
 * a second or two. It ends with this process at the latest, however that ends. For Linux and macOS.
 *
 * @example
 * await using server = await startZooKeeper();
 * const zk = zookeeper(server.hosts);
 */
export async function startZooKeeper(options: StartZooKeeperOptions = {}): Promise<ManagedServer> {
  const [server] = await launch(options, { members: async () => [await aloneOn(freePorts)] });
  // One member makes one server.
  return server as RealServer;
}

/**
 * Starts that many real servers as one ensemble, with observers if there shall be some, and waits until all serve.
 *
 * @example
 * await using ensemble = await startEnsemble(3, { observers: 1 });
 * const zk = zookeeper(ensemble.hosts);
 * await (await ensemble.leader()).kill();
 */
export async function startEnsemble(
  size: number,
  options: StartEnsembleOptions = {},
): Promise<ManagedEnsemble> {
  const { observers = 0 } = options;
  checkCount('size', size, 1);
  checkCount('observers', observers, 0);
  const servers = await launch(options, {
    members: () => membersOn(freePorts, { size, observers }),
    ensemble: true,
  });
  return new RealEnsemble(servers, options);
}

export type PickPorts = (count: number) => Promise<readonly number[]>;

export interface Crew {
  /** Who they are, on ports that are free now. Asked again if one was taken in the meantime. */
  readonly members: () => Promise<readonly EnsembleMember[]>;
  readonly ensemble?: boolean;
}

/** Servers that serve; or none, with everything removed. */
export async function launch(
  options: StartZooKeeperOptions,
  { members, ensemble = false }: Crew,
): Promise<readonly RealServer[]> {
  const installation = await requireInstallation(options);
  for (let attempt = 1; ; attempt++) {
    const servers = await createServers({
      options,
      installation,
      members: await members(),
      ensemble,
    });
    try {
      await Promise.all(servers.map((server) => server.start()));
      return servers;
    } catch (error) {
      const clash = servers.some((server) => /BindException|already in use/.test(server.fullLog()));
      await Promise.all(servers.map((server) => server.close()));
      if (!clash || attempt === maxAttempts) throw error;
    }
  }
}

/** A server that is no ensemble. */
export async function aloneOn(pickPorts: PickPorts): Promise<EnsembleMember> {
  const [clientPort = 0, securePort = 0] = await pickPorts(2);
  return { id: 1, clientPort, securePort, quorumPort: 0, electionPort: 0, observer: false };
}

async function membersOn(
  pickPorts: PickPorts,
  { size, observers }: { size: number; observers: number },
): Promise<readonly EnsembleMember[]> {
  const ports = await pickPorts((size + observers) * 4);
  return Array.from({ length: size + observers }, (_, index) => {
    const own = ports.slice(index * 4, index * 4 + 4);
    const [clientPort = 0, securePort = 0, quorumPort = 0, electionPort = 0] = own;
    const observer = index >= size;
    return { id: index + 1, clientPort, securePort, quorumPort, electionPort, observer };
  });
}

interface Blueprint {
  readonly options: StartZooKeeperOptions;
  readonly installation: Installation;
  readonly members: readonly EnsembleMember[];
  readonly ensemble: boolean;
}

/** Servers that have their files but do not run yet. */
async function createServers({ members, ...rest }: Blueprint): Promise<readonly RealServer[]> {
  const { options, installation, ensemble } = rest;
  const directories = members.map(() => temporaryDirectory());
  try {
    const kit = await tlsKit(options, join(directories[0] ?? '', 'tls'));
    const servers = members.map((self, index) => {
      const directory = directories[index] ?? '';
      const plan = { options, directory, self, members: ensemble ? members : [], tls: kit?.server };
      return createServer(plan, { kit, installation });
    });
    return await Promise.all(servers);
  } catch (error) {
    for (const directory of directories) removeDirectory(directory);
    throw error;
  }
}

async function tlsKit(
  { tls = false }: StartZooKeeperOptions,
  directory: string,
): Promise<TlsKit | undefined> {
  return tls === false ? undefined : createTlsKit(tls === true ? {} : tls, directory);
}

async function createServer(
  plan: ServerPlan,
  { kit, installation }: { kit: TlsKit | undefined; installation: Installation },
): Promise<RealServer> {
  const { options, directory, self } = plan;
  writeServerFiles(plan);
  const process = new ServerProcess({
    installation,
    directory,
    configFile: configFile(plan),
    systemProperties: javaProperties(plan),
    jvmFlags: options.jvmFlags ?? [],
    env: options.env ?? {},
  });
  const securePort = kit === undefined ? undefined : self.securePort;
  const relays =
    options.relay === true ? await ServerRelays.start(self.clientPort, securePort) : undefined;
  return new RealServer({ plan, process, tls: kit, relays });
}

function checkCount(option: string, count: number, least: number): void {
  if (!Number.isInteger(count) || count < least || count > maxServers) {
    const range = `${String(least)} to ${String(maxServers)}`;
    throw new InvalidOptionError(option, `${String(count)} is not a whole number from ${range}`);
  }
}
