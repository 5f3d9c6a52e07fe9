/** The files that a real server is started with: `zoo.cfg`, `myid` and the like, all in a directory of its own. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestJaas } from './jaas.js';
import { type ServerProperties, type StartZooKeeperOptions } from './options.js';
import { type ServerTls, tlsProperties, writeTlsFiles } from './server-tls.js';

/** One server of an ensemble. */
export interface EnsembleMember {
  readonly id: number;
  readonly clientPort: number;
  readonly securePort: number;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly observer: boolean;
}

/** All that a server's files are made of. */
export interface ServerPlan {
  readonly options: StartZooKeeperOptions;
  readonly directory: string;
  readonly self: EnsembleMember;
  /** All members; a single one that is not an ensemble has none. */
  readonly members: readonly EnsembleMember[];
  readonly tls?: ServerTls | undefined;
}

const authProviders = 'org.apache.zookeeper.server.auth';

const localSessions = { localSessionsEnabled: true, localSessionsUpgradingEnabled: true };

// Warnings only, whatever the logger is that a release comes with; without a configuration Logback writes everything.
const loggerFiles: Readonly<Record<string, string>> = {
  'logback.xml': `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>[%thread] %level %logger - %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="out"/></root>
</configuration>
`,
  'log4j.properties': `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%t] %p %c - %m%n
`,
};

/** Path of the configuration that the server is called with. */
export function configFile(plan: ServerPlan): string {
  return join(plan.directory, 'zoo.cfg');
}

/** Writes all files and an empty data directory; what was there is gone. */
export function writeServerFiles(plan: ServerPlan): void {
  const data = join(plan.directory, 'data');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  if (plan.members.length > 0) writeFileSync(join(data, 'myid'), String(plan.self.id));
  writeFileSync(configFile(plan), render(plan, data));
  for (const [name, text] of Object.entries(loggerFiles)) {
    writeFileSync(join(plan.directory, name), text);
  }
  if (plan.tls !== undefined) writeTlsFiles(plan.tls, plan.directory);
  const jaas = jaasText(plan.options);
  if (jaas !== undefined) writeFileSync(join(plan.directory, 'jaas.conf'), jaas, { mode: 0o600 });
}

/** The `-D` properties of the JVM. */
export function javaProperties({ options, directory }: ServerPlan): ServerProperties {
  const { superDigest } = options;
  const login = join(directory, 'jaas.conf');
  return {
    'zookeeper.jmx.log4j.disable': true,
    'org.slf4j.simpleLogger.defaultLogLevel': 'warn',
    'logback.configurationFile': join(directory, 'logback.xml'),
    'log4j.configuration': `file:${join(directory, 'log4j.properties')}`,
    ...(jaasText(options) === undefined ? {} : { 'java.security.auth.login.config': login }),
    ...(superDigest === undefined
      ? {}
      : { 'zookeeper.DigestAuthenticationProvider.superDigest': superDigest }),
    ...(options.requireSasl === true ? { 'zookeeper.sessionRequireClientSASLAuth': true } : {}),
    ...(options.readOnlyMode === true ? { 'readonlymode.enabled': true } : {}),
    ...(options.extendedTypes === true ? { 'zookeeper.extendedTypesEnabled': true } : {}),
    ...(options.enforceQuota === true ? { 'zookeeper.enforceQuota': true } : {}),
    ...options.systemProperties,
  };
}

function jaasText({ jaas, saslUsers }: StartZooKeeperOptions): string | undefined {
  return jaas ?? (saslUsers === undefined ? undefined : digestJaas(saslUsers));
}

function render(plan: ServerPlan, data: string): string {
  const { options, self } = plan;
  const sasl = { 'authProvider.sasl': `${authProviders}.SASLAuthenticationProvider` };
  const properties = {
    dataDir: data,
    clientPort: self.clientPort,
    clientPortAddress: '127.0.0.1',
    tickTime: options.tickMs ?? 500,
    maxClientCnxns: 0,
    // Preallocating 64 MB for each log is no use to a server that lives for seconds.
    preAllocSize: 1024,
    'admin.enableServer': false,
    '4lw.commands.whitelist': '*',
    ...(jaasText(options) === undefined ? {} : sasl),
    // Without a quorum only sessions are served that no quorum has to know of.
    ...(options.readOnlyMode === true ? localSessions : {}),
    ...(plan.tls === undefined
      ? {}
      : tlsProperties(plan.tls, { securePort: self.securePort, directory: plan.directory })),
    ...ensembleProperties(plan),
    ...options.properties,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join('');
}

function ensembleProperties({ self, members }: ServerPlan): ServerProperties {
  if (members.length === 0) return {};
  // With the client's port in it, the ensemble's own configuration tells clients where the servers are.
  const lines = members.map(({ id, quorumPort, electionPort, observer, clientPort }) => [
    `server.${String(id)}`,
    `127.0.0.1:${String(quorumPort)}:${String(electionPort)}:${observer ? 'observer' : 'participant'}` +
      `;127.0.0.1:${String(clientPort)}`,
  ]);
  return {
    // These two count ticks.
    initLimit: 20,
    syncLimit: 10,
    // Else an ensemble of one would be no ensemble.
    standaloneEnabled: false,
    ...(self.observer ? { peerType: 'observer' } : {}),
    // The entries were made of strings a few lines above.
    ...(Object.fromEntries(lines) as Record<string, string>),
  };
}
