/** Real servers as targets of the contract. */

import { fourLetterWord } from '../../support/four-letter-word.js';
import {
  type RealEnsemble,
  type RealServer,
  type RealServerOptions,
  startRealEnsemble,
  startRealServer,
} from '../../support/real-server.js';
import { type ContractServer } from '../suite/target.js';

export const realTickMs = 500;

const options: RealServerOptions = {
  tickTimeMs: realTickMs,
  systemProperties: {
    'zookeeper.extendedTypesEnabled': true,
    'znode.container.checkIntervalMs': 200,
  },
};

/** One real server. */
export async function startSingle(): Promise<ContractServer & { readonly server: RealServer }> {
  const server = await startRealServer(options);
  return {
    server,
    hosts: server.hosts,
    version: server.version,
    watchCount: () => watchesAt([server]),
    close: () => server.close(),
  };
}

/** Three real servers that form a quorum. */
export async function startThree(): Promise<ContractServer & { readonly ensemble: RealEnsemble }> {
  const ensemble = await startRealEnsemble(3, options);
  return {
    ensemble,
    hosts: ensemble.hosts,
    version: ensemble.version,
    watchCount: () => watchesAt(ensemble.servers),
    close: () => ensemble.close(),
  };
}

/** As many watches as the servers that answer keep together. (`wchs` would leave out those of children.) */
async function watchesAt(servers: readonly RealServer[]): Promise<number> {
  const answers = await Promise.all(servers.map(({ port }) => fourLetterWord('mntr', { port })));
  return answers.reduce(
    (sum, answer) => sum + Number(/^zk_watch_count\t(\d+)/m.exec(answer ?? '')?.[1] ?? 0),
    0,
  );
}
