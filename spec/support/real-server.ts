/** The old names of `startZooKeeper` and `startEnsemble`, for specs that still use them. */

import { type ManagedServer } from '../../src/testing/real/managed.js';
import { startEnsemble, startZooKeeper } from '../../src/testing/real/start.js';

export interface RealServerOptions {
  readonly tickTimeMs?: number;
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  readonly systemProperties?: Readonly<Record<string, string | number | boolean>>;
}

export type RealServer = ManagedServer;

export interface RealEnsemble {
  readonly hosts: string;
  readonly version: string;
  readonly servers: readonly RealServer[];
  /** Index of the leader. */
  leader(): Promise<number>;
  close(): Promise<void>;
}

export function startRealServer({
  tickTimeMs,
  ...rest
}: RealServerOptions = {}): Promise<RealServer> {
  return startZooKeeper({ tickMs: tickTimeMs ?? 500, ...rest });
}

export async function startRealEnsemble(
  size: number,
  { tickTimeMs, ...rest }: RealServerOptions = {},
): Promise<RealEnsemble> {
  const ensemble = await startEnsemble(size, { tickMs: tickTimeMs ?? 500, ...rest });
  const { hosts, version, servers } = ensemble;
  return {
    hosts,
    version,
    servers,
    leader: async () => servers.indexOf(await ensemble.leader()),
    close: () => ensemble.close(),
  };
}
