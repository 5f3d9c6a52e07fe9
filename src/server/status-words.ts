/** The words that tell how a server is: `srvr`, `stat`, `mntr`, `conf`, `envi`, `dirs`, in the formats that tools parse. */

import { formatAddress } from '../transport/transport.js';
import { type AdminView, type ConnectionView } from './admin-view.js';

/** As a real server has it, with a build that says whose it is. */
export function versionLine(view: AdminView): string {
  return `${view.machine.rules.version.text}-rxzk, built on 1970-01-01 00:00 UTC`;
}

export function srvr(view: AdminView): string {
  return `Zookeeper version: ${versionLine(view)}\n${summary(view)}`;
}

export function stat(view: AdminView): string {
  const clients = [...view.connections].map((one) => `${shortLine(one)}\n`).join('');
  return `Zookeeper version: ${versionLine(view)}\nClients:\n${clients}\n${summary(view)}`;
}

/** ` /host:port[interest](queued=…,recved=…,sent=…` of a connection; the words of `cons` go on from there. */
export function connectionHead(connection: ConnectionView): string {
  const { meter, remote, sessionOrNone } = connection;
  const { traffic } = meter;
  // Whoever asks a word is not listened to any more.
  const interest = sessionOrNone === undefined ? 0 : 1;
  const counts = `queued=0,recved=${String(traffic.received)},sent=${String(traffic.sent)}`;
  return ` /${formatAddress(remote)}[${String(interest)}](${counts}`;
}

function shortLine(connection: ConnectionView): string {
  return `${connectionHead(connection)})`;
}

function mode({ readOnly }: AdminView): string {
  return readOnly ? 'read-only' : 'standalone';
}

/** As Java prints a double that was rounded to four places. */
export function decimal(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000;
  return Number.isInteger(rounded) ? `${String(rounded)}.0` : String(rounded);
}

function summary(view: AdminView): string {
  const { traffic, machine } = view;
  const { minLatencyMs, averageLatencyMs, maxLatencyMs } = traffic;
  const latency = `${String(minLatencyMs)}/${decimal(averageLatencyMs)}/${String(maxLatencyMs)}`;
  return lines([
    `Latency min/avg/max: ${latency}`,
    `Received: ${String(traffic.received)}`,
    `Sent: ${String(traffic.sent)}`,
    `Connections: ${String(view.connections.size)}`,
    'Outstanding: 0',
    `Zxid: 0x${machine.lastZxid.toString(16)}`,
    `Mode: ${mode(view)}`,
    `Node count: ${String(nodeCount(view))}`,
  ]);
}

/** Names and values by tabs. What a server in memory does not have is not there. */
export function mntr(view: AdminView): string {
  const { traffic, machine } = view;
  const figures: Readonly<Record<string, string | number>> = {
    version: versionLine(view),
    server_state: mode(view),
    ephemerals_count: machine.tree.ephemeralCount,
    num_alive_connections: view.connections.size,
    avg_latency: decimal(traffic.averageLatencyMs),
    min_latency: traffic.minLatencyMs,
    max_latency: traffic.maxLatencyMs,
    outstanding_requests: 0,
    znode_count: nodeCount(view),
    global_sessions: machine.sessions.size,
    local_sessions: 0,
    packets_sent: traffic.sent,
    packets_received: traffic.received,
    bytes_received_count: traffic.receivedBytes,
    watch_count: machine.watches.size,
    approximate_data_size: approximateBytes(view),
    uptime: view.uptimeMs,
    connection_rejected: view.rejected,
    auth_failed_count: view.authFailures,
    ...quotaFigures(view),
  };
  return lines(Object.entries(figures).map(([name, value]) => `zk_${name}\t${String(value)}`));
}

/** A counter for each tree that has met its limit, as a real server names them. */
function quotaFigures({ machine }: AdminView): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...machine.quotas.refusals].map(([namespace, count]) => [
      `${namespace}_quota_exceeded_error_per_namespace`,
      count,
    ]),
  );
}

export function conf(view: AdminView): string {
  const { tickMs } = view.machine;
  return lines([
    'clientPort=-1',
    'secureClientPort=-1',
    'dataDir=',
    'dataDirSize=0',
    'dataLogDir=',
    'dataLogSize=0',
    `tickTime=${String(tickMs)}`,
    `maxClientCnxns=${String(view.maxClientCnxns)}`,
    `minSessionTimeout=${String(2 * tickMs)}`,
    `maxSessionTimeout=${String(20 * tickMs)}`,
    'clientPortListenBacklog=-1',
    `serverId=${String(view.servers === 1 ? 0 : view.serverId)}`,
  ]);
}

/** There is no directory; the sizes are those of an empty one. */
export function dirs(): string {
  return 'datadir_size: 0\nlogdir_size: 0\n';
}

const unknownProperties = [
  ...['java.version', 'java.vendor', 'java.home', 'java.class.path', 'java.library.path'],
  ...['java.io.tmpdir', 'java.compiler', 'os.name', 'os.arch', 'os.version'],
  ...['user.name', 'user.home', 'user.dir'],
  ...['os.memory.free', 'os.memory.max', 'os.memory.total'],
];

/** What only a Java process has is told in the way in which Java tells what it has not. */
export function envi(view: AdminView): string {
  return lines([
    'Environment:',
    `zookeeper.version=${versionLine(view)}`,
    'host.name=localhost',
    ...unknownProperties.map((name) => `${name}=<NA>`),
  ]);
}

/** A real server has its root under two names, and counts both (measured: 5 on a virgin one). */
function nodeCount(view: AdminView): number {
  return view.machine.tree.size + 1;
}

/** Paths and data, as `DataTree.approximateDataSize` counts. */
function approximateBytes(view: AdminView): number {
  let total = 0;
  for (const { path, data } of view.machine.tree.all()) total += path.length + (data?.length ?? 0);
  return total;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
