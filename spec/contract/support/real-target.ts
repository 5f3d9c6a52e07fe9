/** Real servers as targets of the contract. */

import { fourLetterWord } from '../../../src/testing/real/four-letter-word.js';
import {
  type ManagedEnsemble,
  type ManagedServer,
  startEnsemble,
  startZooKeeper,
  type StartZooKeeperOptions,
} from '../../../src/testing/index.js';
import { saslUsers } from '../suite/sasl.js';
import { type ContractServer, superDigest, type TargetSettings } from '../suite/target.js';

const tickMs = 500;

const options: StartZooKeeperOptions = {
  tickMs,
  extendedTypes: true,
  superDigest,
  systemProperties: { 'znode.container.checkIntervalMs': 200 },
};

const settings = { tickMs, shortSessionMs: 2000, ttl: true } as const;

/** One real server. */
export const single: TargetSettings = { ...settings, start: () => startOne(options) };

/** One with everything the other way round. */
export const singleOtherwise: TargetSettings = {
  ...settings,
  ttl: false,
  start: () =>
    startOne({
      tickMs,
      enforceQuota: true,
      systemProperties: { 'zookeeper.skipACL': 'yes' },
    }),
};

/** One whose users may log in. */
export const singleSasl: TargetSettings = {
  ...settings,
  start: () => startOne({ ...options, saslUsers }),
};

/** One real server that is spoken to with TLS only, and both sides have certificates. */
export const secure: TargetSettings = {
  ...settings,
  start: () => startOne({ ...options, tls: { clientAuth: 'need' } }),
};

async function startOne(how: StartZooKeeperOptions): Promise<ContractServer> {
  const server = await startZooKeeper(how);
  return {
    ...(how.tls === undefined
      ? { hosts: server.hosts }
      : { hosts: server.secureHosts, tls: server.tls }),
    version: server.version,
    ...counters([server]),
    close: () => server.close(),
  };
}

/** Starts three real servers that form a quorum. */
export function startThree(): Promise<ManagedEnsemble> {
  return startEnsemble(3, options);
}

/** Three real servers that run for longer than this target. */
export function ensembleTarget(running: () => ManagedEnsemble, spread: boolean): TargetSettings {
  return {
    ...settings,
    spread,
    start: () => {
      const { hosts, version, servers } = running();
      return Promise.resolve({
        hosts,
        version,
        ...counters(servers),
        close: () => Promise.resolve(),
      });
    },
  };
}

type Counters = Pick<ContractServer, 'watchCount' | 'ephemeralCount'>;

// Of watches, `wchs` would leave out those of children.
function counters(servers: readonly ManagedServer[]): Counters {
  return {
    watchCount: () => sumOf('zk_watch_count', servers),
    ephemeralCount: () => sumOf('zk_ephemerals_count', servers),
  };
}

/** A figure that `mntr` shows, summed over the servers that answer. */
async function sumOf(figure: string, servers: readonly ManagedServer[]): Promise<number> {
  const answers = await Promise.all(servers.map(({ port }) => fourLetterWord('mntr', { port })));
  const pattern = new RegExp(`^${figure}\\t(\\d+)$`, 'm');
  return answers.reduce((sum, answer) => sum + Number(pattern.exec(answer ?? '')?.[1] ?? 0), 0);
}
