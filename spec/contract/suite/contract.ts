/** The whole contract: what every server and every way to run one must let the client do. */

import { describeAclHelpers } from './acl-helpers.js';
import { describeAclMatrix } from './acl-matrix.js';
import { describeAuth } from './auth.js';
import { describeBadInput } from './bad-input.js';
import { describeBadServers } from './bad-servers.js';
import { describeCheckOrder } from './check-order.js';
import { describeChroots } from './chroots.js';
import { describeCompression } from './compression.js';
import { describeConnections } from './connections.js';
import { describeCounters } from './counters.js';
import { describeCreating } from './creating.js';
import { describeElections } from './elections.js';
import { describeIdentities } from './identities.js';
import { describeLimits } from './limits.js';
import { describeLiveReads } from './live-reads.js';
import { describeLocks } from './locks.js';
import { describeMembers, describeShares } from './members.js';
import { describeMigrations } from './migrations.js';
import { describeRawPaths } from './raw-paths.js';
import { describeNamespaces } from './namespaces.js';
import { describeQueues } from './queues.js';
import { describeReading } from './reading.js';
import { describeSchemas } from './schemas.js';
import { describeSessions } from './sessions.js';
import { describeServiceDiscovery } from './service-discovery.js';
import { describeSharedLocks } from './shared-locks.js';
import { type ContractTarget } from './target.js';
import { describeTransactions } from './transactions.js';
import { describeTrees } from './trees.js';
import { describeWatchMatrix } from './watch-matrix.js';
import { describeWatchModes } from './watch-modes.js';
import { describeWatchOrder } from './watch-order.js';
import { describeWatchRemoval } from './watch-removal.js';
import { describeWatchRestoring } from './watch-restoring.js';
import { describeWatches } from './watches.js';
import { describeWriting } from './writing.js';

/** Everything. */
export function describeContract(target: ContractTarget): void {
  describeClientContract(target);
  describeServerContract(target);
}

/** What the client must be able to do. */
function describeClientContract(target: ContractTarget): void {
  describeSessions(target);
  describeConnections(target);
  describeCreating(target);
  describeReading(target);
  describeWriting(target);
  describeTransactions(target);
  describeLiveReads(target);
  describeCompression(target);
  describeTrees(target);
  describeWatches(target);
  describeAuth(target);
  describeAclHelpers(target);
  describeChroots(target);
  describeNamespaces(target);
  describeSchemas(target);
  describeLocks(target);
  describeElections(target);
  describeQueues(target);
  describeSharedLocks(target);
  describeCounters(target);
  describeMembers(target);
  describeShares(target);
  describeMigrations(target);
  describeServiceDiscovery(target);
  describeBadInput(target);
  describeLimits(target);
  describeBadServers(target);
}

/** What a server must say to raw bytes, whatever client they come from. */
function describeServerContract(target: ContractTarget): void {
  describeCheckOrder(target);
  describeRawPaths(target);
  describeAclMatrix(target);
  describeIdentities(target);
  describeWatchMatrix(target);
  describeWatchOrder(target);
  describeWatchRemoval(target);
  describeWatchRestoring(target);
  describeWatchModes(target);
}

/** What may come out differently where several servers answer. */
export function describeEnsembleContract(target: ContractTarget): void {
  describeSessions(target);
  describeConnections(target);
  describeTransactions(target);
  describeLiveReads(target);
  describeWatches(target);
}

/** What must come out the same wherever the clients are. */
export function describeSpreadContract(target: ContractTarget): void {
  describeLocks(target);
  describeElections(target);
  describeQueues(target);
  describeSharedLocks(target);
  describeCounters(target);
  describeMembers(target);
  describeShares(target);
  describeTrees(target);
  describeMigrations(target);
  describeServiceDiscovery(target);
}
