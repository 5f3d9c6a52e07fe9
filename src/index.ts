/** The door "rxzk": everything that applications use of the client. Re-exports only. */

// The client.
export { acl, formatAcl, parseAcl, permissions } from './client/acl.js';
export {
  type AncestorMode,
  type CreateMode,
  type CreateOptions,
  type DeleteOptions,
  type EnsurePathOptions,
  type Node,
  type ParentsOptions,
  type Repeatable,
  type StatOptions,
  type VersionOptions,
} from './client/znode.js';
export { type EndedRequest } from './client/ended-request.js';
export { isRetryable, type RetrySafety } from './client/may-retry.js';
export { type RetryOptions, retryWithBackoff } from './client/retry-with-backoff.js';
export { type AuthInfo, type ZooKeeperOptions } from './client/options.js';
export { type GiveUp, type Lease } from './client/lease.js';
export { type NamespaceOptions } from './client/namespace.js';
export { parseSchemas, type ParseSchemasOptions } from './client/parse-schemas.js';
export { type Allowance, type Schema, type SchemaCheck, type SchemaRule } from './client/schema.js';
export { type Request, type RequestOptions } from './client/request.js';
export {
  type DecodedTreeOptions,
  type Tree,
  type TreeChange,
  type TreeOptions,
  type TreeUpdate,
} from './client/tree.js';
export { type EnsembleConfig, type EnsembleServer } from './client/ensemble-config.js';
export {
  type CloseOptions,
  type ConfigStat,
  type FollowConfigOptions,
  type Live,
  type LiveOptions,
  type MetaOptions,
  type ReconfigChange,
  type SessionLeaseOptions,
  type ZooKeeper,
} from './client/zookeeper.js';
export {
  gssapi,
  type GssapiOptions,
  type KerberosClient,
  type KerberosModule,
} from './client/sasl/gssapi.js';
export {
  type DigestMd5Options,
  type SaslOption,
  type SaslOptions,
} from './client/sasl/sasl-options.js';
export { zookeeper } from './client/zookeeper-factory.js';
export {
  type SaslAnswer,
  type SaslExchange,
  type SaslMechanism,
  type SaslServer,
  type SaslToken,
} from './session/sasl-mechanism.js';
export { type SavedSession, type SessionIdentity } from './session/session.js';
export { type SessionState } from './session/state.js';
export { type Acl, type Stat } from './wire/records.js';

// Codecs.
export { type ValueCodec } from './client/codec.js';
export { bytes, json, SchemaError, text } from './client/codecs.js';
export { gzip, type GzipImplementation, type GzipOptions } from './client/gzip.js';
export {
  type StandardSchemaIssue,
  type StandardSchemaProps,
  type StandardSchemaResult,
  type StandardSchemaV1,
} from './client/standard-schema.js';

// Errors.
export { type ErrorContext, ZooKeeperError } from './errors/base.js';
export {
  AuthFailedError,
  ConnectionLossError,
  DecodeError,
  HostsError,
  InvalidOptionError,
  InvalidPathError,
  LimitExceededError,
  LockLostError,
  MigrationError,
  type Outcome,
  ProtocolError,
  SchemaViolationError,
  SessionClosedError,
  SessionExpiredError,
  TimeoutError,
  UsageError,
} from './errors/client-errors.js';
export {
  ConnectError,
  type ConnectFailure,
  type ConnectProblem,
  TlsError,
  type TlsFailure,
} from './errors/connect-error.js';
export { type ErrorCodeName, errorCodes } from './errors/codes.js';
export {
  FourLetterWordError,
  type FourLetterWordFailure,
  type FourLetterWordProblem,
} from './errors/four-letter-word-error.js';
export {
  BadArgumentsError,
  BadVersionError,
  EphemeralOnLocalSessionError,
  InvalidAclError,
  NewConfigNoQuorumError,
  NoAuthError,
  NoChildrenForEphemeralsError,
  NodeExistsError,
  NoNodeError,
  NotEmptyError,
  NotReadOnlyError,
  NoWatcherError,
  OperationTimeoutError,
  QuotaExceededError,
  ReconfigDisabledError,
  ReconfigInProgressError,
  RequestTimeoutError,
  ServerError,
  SessionClosedRequireSaslAuthError,
  SessionMovedError,
  ThrottledOpError,
  UnimplementedError,
} from './errors/server-error.js';
export {
  ApiError,
  DataInconsistencyError,
  InvalidCallbackError,
  MarshallingError,
  RuntimeInconsistencyError,
  SystemError,
  UnknownSessionError,
} from './errors/server-faults.js';
export { TransactionError } from './errors/transaction-error.js';

// Paths.
export { baseName, joinPath, parentPath } from './path.js';

// Recipes.
export { consume$ } from './recipes/queue/consume.js';
export {
  allocateIds,
  type AllocateOptions,
  type IdAllocator,
  type IdEncoding,
} from './recipes/values/allocate-ids.js';
export {
  barrier$,
  createBarrier,
  type CreateBarrierOptions,
  removeBarrier,
} from './recipes/barriers/barrier.js';
export {
  childrenData$,
  type ChildrenDataOptions,
  type DecodedChildrenOptions,
} from './recipes/lists/children-data.js';
export { type ValueChange } from './recipes/values/compare-and-set.js';
export { type Contender, contenders$, type ContendersOptions } from './recipes/locks/contenders.js';
export { dequeue$ } from './recipes/queue/dequeue.js';
export {
  counter$,
  type CounterStreamOptions,
  increment,
  type IncrementOptions,
} from './recipes/values/counter.js';
export { type CounterOptions } from './recipes/values/counter-options.js';
export {
  doubleBarrier$,
  type DoubleBarrierOptions,
  withDoubleBarrier,
} from './recipes/barriers/double-barrier.js';
export {
  type ElectionOptions,
  leaderElection$,
  type Leadership,
  whileLeader,
} from './recipes/locks/election.js';
export { enqueue, enqueueAll } from './recipes/queue/enqueue.js';
export { ephemeral$, type EphemeralOptions } from './recipes/membership/ephemeral.js';
export { type HeldLease } from './recipes/held/held-lease.js';
export { type EphemeralState } from './recipes/membership/keep-node.js';
export { instances$, type InstancesOptions, services$ } from './recipes/services/instances.js';
export { leader$, type LeaderOptions } from './recipes/locks/leader.js';
export { lease$, type LeaseOptions } from './recipes/locks/lease.js';
export { lock$, withLock } from './recipes/locks/lock.js';
export { migrate } from './recipes/migrations/migrate.js';
export {
  type MigrateOptions,
  type Migration,
  type MigrationSet,
} from './recipes/migrations/migration-set.js';
export { type MultiLease } from './recipes/held/multi-lease.js';
export { multiLock$, type MultiLockOptions } from './recipes/locks/multi-lock.js';
export { type CounterEncoding, type CounterValue } from './recipes/values/number-encodings.js';
export { type OneShotOptions } from './recipes/core/one-shot-options.js';
export { type NodeData } from './recipes/membership/named-own.js';
export {
  type ContendOptions,
  type Layout,
  type LayoutOptions,
  type LockOptions,
  type RecipeOptions,
  type WaitOptions,
} from './recipes/core/options.js';
export { partition$, type PartitionOptions } from './recipes/membership/partition.js';
export { type Partition, type PartitionView } from './recipes/membership/partition-state.js';
export {
  join$,
  type JoinOptions,
  members$,
  type MembersOptions,
  type PartyLayout,
  type PartyMember,
} from './recipes/membership/party.js';
export {
  persistentTtl$,
  type PersistentTtlOptions,
  type TtlNode,
} from './recipes/membership/persistent-ttl.js';
export { pick, type Picker, type PickOptions, type PickStrategy } from './recipes/services/pick.js';
export {
  readLock$,
  withReadLock,
  withWriteLock,
  writeLock$,
} from './recipes/locks/read-write-lock.js';
export { register$, type RegistrationState } from './recipes/services/register.js';
export { type ServiceRegistration } from './recipes/services/registration.js';
export { requestRevocation } from './recipes/locks/revocation.js';
export {
  type LeaseHolder,
  leaseHolders$,
  type LeaseHoldersOptions,
  semaphore$,
  type SemaphoreOptions,
  withSemaphore,
} from './recipes/locks/semaphore.js';
export { type Passage } from './recipes/barriers/passage.js';
export { type QueueProject } from './recipes/queue/process-entry.js';
export { type EntryLayout } from './recipes/queue/queue-layout.js';
export { queueLength$ } from './recipes/queue/queue-length.js';
export {
  type ConsumeOptions,
  type DequeueOptions,
  type EnqueueOptions,
  type MarkOptions,
  type QueueEntry,
  type QueueOptions,
} from './recipes/queue/queue-options.js';
export {
  sharedValue$,
  type SharedValueOptions,
  type SharedValueStreamOptions,
  type UpdateOptions,
  updateShared,
  type Versioned,
} from './recipes/values/shared-value.js';
export { type ServiceInstance, type ServiceType } from './recipes/services/service-instance.js';
export { retryLost } from './recipes/held/retry-lost.js';
export { settledChildren$ } from './recipes/lists/settled-children.js';
export { type TimedLease } from './recipes/locks/timed-lease.js';
export {
  buildUri,
  parseUriSpec,
  type UriFields,
  type UriPart,
  type UriSpec,
} from './recipes/services/uri-spec.js';
export { whileHeld } from './recipes/held/while-held.js';

// Questions to one server.
export { type Figures, type ServerStatus, type ServerVersion } from './tools/answers.js';
export { conf, isReadOnly, mntr, ruok, serverVersion, srvr } from './tools/ask-server.js';
export { fourLetterWord } from './tools/four-letter-word.js';
export { type FourLetterWordOptions } from './tools/word-options.js';

// Transactions and reads of several.
export {
  type CheckOperation,
  type ChildrenOperation,
  type CreateOperation,
  type GetOperation,
  type ReadOperation,
  type ReadResult,
  type ReadResults,
  type RemoveOperation,
  type SetOperation,
  type TransactionOperation,
  type TransactionResult,
  type TransactionResults,
} from './client/transaction.js';
export { check, create, read, remove, set } from './client/transaction-builders.js';

// Transports.
export { type DialOptions } from './transport/socket-dialler.js';
export { type TcpOptions, tcpTransport } from './transport/tcp.js';
export { srvHosts$, type SrvHostsOptions, type SrvRecord } from './transport/srv-hosts.js';
export { tlsTransport } from './transport/tls.js';
export {
  type Pem,
  type ServerCertificate,
  type TlsOptions,
  type TlsOptionsFactory,
} from './transport/tls-options.js';
export {
  type Address,
  type Pipe,
  type PipeHandlers,
  TlsPipeError,
  type Transport,
} from './transport/transport.js';
