/** The files that a real server is started with: `zoo.cfg` and, in an ensemble, `myid`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How real servers are to be started; every part has a default. */
export interface RealServerOptions {
  /** The server's unit of time: session timeouts lie between 2 and 20 ticks. Default 500. */
  readonly tickTimeMs?: number;
  /** Further lines of `zoo.cfg`. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** `-D` properties of the JVM, such as `zookeeper.extendedTypesEnabled`. */
  readonly systemProperties?: Readonly<Record<string, string | number | boolean>>;
}

/** One server of an ensemble. */
export interface EnsembleMember {
  readonly id: number;
  readonly clientPort: number;
  readonly quorumPort: number;
  readonly electionPort: number;
}

export interface ServerFiles extends RealServerOptions {
  readonly directory: string;
  readonly clientPort: number;
  /** All members and which of them this server is; absent for a standalone server. */
  readonly ensemble?: { readonly id: number; readonly members: readonly EnsembleMember[] };
}

/** Writes the files into the directory and returns the path of `zoo.cfg`. */
export function writeServerFiles(files: ServerFiles): string {
  const data = join(files.directory, 'data');
  mkdirSync(data, { recursive: true });
  if (files.ensemble !== undefined) writeFileSync(join(data, 'myid'), String(files.ensemble.id));
  const file = join(files.directory, 'zoo.cfg');
  writeFileSync(file, render(files, data));
  return file;
}

function render(files: ServerFiles, data: string): string {
  const properties = {
    dataDir: data,
    clientPort: files.clientPort,
    clientPortAddress: '127.0.0.1',
    tickTime: files.tickTimeMs ?? 500,
    maxClientCnxns: 0,
    // Preallocating 64 MB for each log is no use to a server that lives for seconds.
    preAllocSize: 1024,
    'admin.enableServer': false,
    '4lw.commands.whitelist': '*',
    ...ensembleProperties(files.ensemble),
    ...files.properties,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join('');
}

function ensembleProperties(ensemble: ServerFiles['ensemble']): Record<string, string | number> {
  if (ensemble === undefined) return {};
  const members = ensemble.members.map(({ id, quorumPort, electionPort }) => [
    `server.${String(id)}`,
    `127.0.0.1:${String(quorumPort)}:${String(electionPort)}`,
  ]);
  // The entries were made of strings three lines above; initLimit and syncLimit count ticks.
  return {
    initLimit: 20,
    syncLimit: 10,
    ...(Object.fromEntries(members) as Record<string, string>),
  };
}
