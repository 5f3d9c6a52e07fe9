/** The options of an embedded server with their defaults, checked, and the parts that are made from them. */

import { InvalidOptionError } from '../errors/client-errors.js';
import { defaultMaxFrameBytes } from '../wire/frames.js';
import { type OperationName } from '../wire/operations.js';
import { JuteReader } from '../wire/reader.js';
import { AccessControl } from './acl.js';
import { type AuthProvider } from './auth-provider.js';
import { type EnsembleHost } from './connection-host.js';
import { digestProvider } from './digest-provider.js';
import { type EmbeddedServerOptions } from './embedded-server.js';
import { ipProvider, ipV4Provider } from './ip-provider.js';
import { Machine } from './machine.js';
import { nonceSource } from './nonce.js';
import { ensembleProvider, saslProvider } from './sasl.js';
import { serverVersion } from './server-version.js';
import { WriterPool } from './writer-pool.js';

const defaults = {
  tickMs: 2000,
  maxFrameBytes: defaultMaxFrameBytes,
  reapIntervalMs: 1000,
  version: '3.9.3',
  extendedTypes: true,
  servers: 1,
  serverId: 1,
  maxClientCnxns: 0,
  words: 'all',
  requireSasl: false,
  skipAcl: false,
  enforceQuota: false,
  containerMaxUnusedMs: 0,
} as const;

/** The options with their defaults. */
export type SettledOptions = EmbeddedServerOptions &
  Required<Pick<EmbeddedServerOptions, keyof typeof defaults | 'handshakeTimeoutMs'>>;

/** Fills in the defaults and checks the rest. */
export function settleOptions(options: EmbeddedServerOptions): SettledOptions {
  const tickMs = options.tickMs ?? defaults.tickMs;
  const settled = { ...defaults, handshakeTimeoutMs: 20 * tickMs, ...options };
  const most = 0x7fff_ffff;
  checkWhole('tickMs', settled.tickMs, { from: 1, to: most });
  checkWhole('maxFrameBytes', settled.maxFrameBytes, { from: 64, to: most });
  checkWhole('reapIntervalMs', settled.reapIntervalMs, { from: 1, to: most });
  checkWhole('servers', settled.servers, { from: 1, to: 255 });
  checkWhole('serverId', settled.serverId, { from: 1, to: 254 });
  checkWhole('maxClientCnxns', settled.maxClientCnxns, { from: 0, to: most });
  checkWhole('handshakeTimeoutMs', settled.handshakeTimeoutMs, { from: 1, to: most * 20 });
  checkWhole('containerMaxUnusedMs', settled.containerMaxUnusedMs, { from: 0, to: most });
  if (settled.requireSasl && settled.saslUsers === undefined) {
    throw new InvalidOptionError('requireSasl', 'needs saslUsers, or nobody could log in', {
      operation: 'createServer',
    });
  }
  return settled;
}

/** The state machine that the options ask for. */
export function createMachine(options: SettledOptions, onChange: () => void): Machine {
  const { scheduler, tickMs, serverId, extendedTypes, enforceQuota } = options;
  const version = serverVersion(options.version);
  const { counterWraps } = version;
  const access = new AccessControl(providers(options), options.skipAcl);
  const rules = { access, version, extendedTypes };
  const onWarning = options.onQuotaWarning ?? (() => undefined);
  const quota = { enforce: enforceQuota, onWarning };
  const reapUnused = options.containerMaxUnusedMs > 0;
  const kind = { reapUnused, counterWraps };
  return new Machine({ scheduler, tickMs, serverId, rules, quota, ...kind, onChange });
}

/** What all connections share. */
export function ensembleHost(
  machine: Machine,
  options: SettledOptions,
  counts: Map<OperationName, number>,
): EnsembleHost {
  const { maxFrameBytes, saslUsers, requireSasl, words, random } = options;
  return {
    machine,
    maxFrameBytes,
    saslUsers,
    requireSasl,
    words,
    writers: new WriterPool(),
    reader: new JuteReader(),
    nonce: nonceSource(random),
    count: (operation) => {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
    },
  };
}

function providers(options: SettledOptions): Map<string, AuthProvider> {
  const { superDigest, saslUsers, version } = options;
  const ip = serverVersion(version).takesIpV6Acls ? ipProvider : ipV4Provider;
  const all = [digestProvider(superDigest), ip, ensembleProvider];
  if (saslUsers !== undefined) all.push(saslProvider);
  return new Map(all.map((one) => [one.scheme, one]));
}

function checkWhole(
  option: string,
  value: number,
  { from, to }: { from: number; to: number },
): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new InvalidOptionError(
    option,
    `must be a whole number from ${String(from)} to ${String(to)}, not ${String(value)}`,
    { operation: 'createServer' },
  );
}
