/** Door "rxzk/testing": virtual time with marbles and faults, an embedded ZooKeeper and managed real ones, for tests of those who use rxzk. */

export {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  type SessionSnapshot,
  type ZnodeSnapshot,
} from '../server/embedded-server.js';
export { type SaslUsers } from '../server/digest-md5.js';
export { type WordWhitelist } from '../server/four-letter-words.js';
export { type QuotaWarning } from '../server/quotas.js';
export { createServer } from '../server/server.js';
export { type Direction } from '../transport/memory-faults.js';
export { type ResumeFirst } from './client-time.js';
export { type Scenario, type TestTime, type ZkTestContext } from './context.js';
export { type SubscriptionFrames, type TimelineOptions } from './expectations.js';
export { ZkTestError } from './failure.js';
export { type FaultKind } from './fault-plan.js';
export { type FaultMarblesOptions, type LossMatch, type TestFaults } from './faults.js';
export { type LogEntry } from './journal.js';
export { type MarbleValues } from './marbles.js';
export { type MatcherVerdict, type ZkMatchers, zkMatchers } from './matchers.js';
export { type Znodes } from './operator.js';
export { type TestClientOptions, type ZkTestOptions } from './options.js';
export { completes, ErrorMatcher, errs } from './recording.js';
export {
  type Certificate,
  type CertificateRequest,
  type Certificates,
} from './real/certificates.js';
export { type SessionCredentials, type SessionHolder } from './real/expire-session.js';
export { type ServerStatus } from './real/four-letter-word.js';
export {
  type FindOptions,
  findZooKeeper,
  type Installation,
  type MissingInstallation,
} from './real/installation.js';
export { type ManagedEnsemble, type ManagedServer, type ManagedZooKeeper } from './real/managed.js';
export {
  type ManagedTlsOptions,
  type ReleaseOptions,
  type ServerProperties,
  type StartEnsembleOptions,
  type StartZooKeeperOptions,
} from './real/options.js';
export { type ServerRelay } from './real/relay.js';
export { startEnsemble, startZooKeeper } from './real/start.js';
export { type RequestMatch, type RequestName } from './request-match.js';
export { type ErrorShape, type ExpectedError, sameError } from './same-error.js';
export { type ValueMatcher } from './same-value.js';
export { type RandomFaultsOptions, simulate, type SimulateOptions } from './simulate.js';
export { type RestartOptions, type RunningServer, type SessionOwner } from './running-server.js';
export { startServer, type StartServerOptions } from './start-server.js';
export { type TestServer } from './test-server.js';
export { type Time } from './time.js';
export { type Timeline } from './timeline.js';
export { zkTest } from './zk-test.js';
