/** The embedded server: a state machine, its reaper, and one front for each server of the ensemble, put together. */

import { InvalidOptionError } from '../errors/client-errors.js';
import { type Acceptor } from '../transport/transport.js';
import { defaultMaxFrameBytes } from '../wire/frames.js';
import { type OperationName } from '../wire/operations.js';
import { JuteReader } from '../wire/reader.js';
import { AccessControl } from './acl.js';
import { digestProvider } from './digest-provider.js';
import { type EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.js';
import { Front } from './front.js';
import { ephemeralPaths, sessionSnapshots, treeSnapshot } from './inspect.js';
import { ipProvider } from './ip-provider.js';
import { Machine } from './machine.js';
import { Reaper } from './reaper.js';
import { serverVersion } from './server-version.js';
import { WriterPool } from './writer-pool.js';

export { type EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.js';

const defaults = {
  tickMs: 2000,
  maxFrameBytes: defaultMaxFrameBytes,
  reapIntervalMs: 1000,
  version: '3.9.3',
  extendedTypes: true,
  servers: 1,
  serverId: 1,
};

/** Makes an embedded server; it takes connections as soon as its acceptor is given to a listener. */
export function createServer(options: EmbeddedServerOptions): EmbeddedServer {
  return new Ensemble(options);
}

class Ensemble implements EmbeddedServer {
  readonly acceptor: Acceptor;
  readonly acceptors: readonly Acceptor[];
  private readonly machine: Machine;
  private readonly reaper: Reaper;
  private readonly fronts: readonly Front[];
  private readonly counts = new Map<OperationName, number>();
  private disposed = false;

  constructor(options: EmbeddedServerOptions) {
    const settled = { ...defaults, ...options };
    checkOptions(settled);
    const { scheduler, maxFrameBytes, reapIntervalMs, servers } = settled;
    this.machine = createMachine(settled, () => {
      this.reaper.review();
    });
    this.reaper = new Reaper(this.machine, { scheduler, intervalMs: reapIntervalMs });
    const host = {
      machine: this.machine,
      maxFrameBytes,
      writers: new WriterPool(),
      reader: new JuteReader(),
      requestCounts: this.counts,
    };
    this.fronts = Array.from({ length: servers }, () => new Front(host));
    this.acceptors = this.fronts.map((front) => (pipe, remote) => front.accept(pipe, remote));
    this.acceptor = (pipe, remote) => this.front(0).accept(pipe, remote);
  }

  get lastZxid(): bigint {
    return this.machine.lastZxid;
  }

  sessions() {
    return sessionSnapshots(this.machine);
  }

  tree() {
    return treeSnapshot(this.machine);
  }

  watchCount(): number {
    return this.machine.watches.size;
  }

  ephemerals(sessionId?: bigint): readonly string[] {
    return ephemeralPaths(this.machine, sessionId);
  }

  connectionCount(): number {
    return this.fronts.reduce((sum, front) => sum + front.connectionCount, 0);
  }

  requestCounts(): Readonly<Partial<Record<OperationName, number>>> {
    return Object.fromEntries(this.counts);
  }

  expireSession(sessionId: bigint): boolean {
    const session = this.machine.sessions.get(sessionId);
    if (session === undefined) return false;
    this.machine.expire(session);
    return true;
  }

  dropConnections(sessionId?: bigint): void {
    if (sessionId !== undefined) this.machine.sessions.get(sessionId)?.connection?.close();
    else for (const front of this.fronts) front.closeConnections();
  }

  reap(): readonly string[] {
    return this.reaper.reap(this.machine.now);
  }

  stop(index?: number): void {
    for (const front of this.chosen(index)) front.stop();
    if (this.fronts.some((front) => front.isRunning)) return;
    this.machine.sessions.stopClock();
    this.reaper.stop();
  }

  start(index?: number): void {
    if (this.disposed) return;
    const stoodStill = this.fronts.every((front) => !front.isRunning);
    for (const front of this.chosen(index)) front.start();
    if (!stoodStill) return;
    this.machine.sessions.startClock();
    this.reaper.start();
  }

  dispose(): void {
    this.disposed = true;
    this.stop();
  }

  private chosen(index: number | undefined): readonly Front[] {
    return index === undefined ? this.fronts : [this.front(index)];
  }

  private front(index: number): Front {
    const front = this.fronts[index];
    if (front !== undefined) return front;
    throw new InvalidOptionError('index', `must be below ${String(this.fronts.length)}`);
  }
}

type SettledOptions = EmbeddedServerOptions & typeof defaults;

function createMachine(options: SettledOptions, onChange: () => void): Machine {
  const providers = new Map(
    [digestProvider(options.superDigest), ipProvider].map((one) => [one.scheme, one]),
  );
  const { scheduler, tickMs, serverId, extendedTypes } = options;
  const rules = {
    access: new AccessControl(providers),
    version: serverVersion(options.version),
    extendedTypes,
  };
  return new Machine({ scheduler, tickMs, serverId, rules, onChange });
}

function checkOptions(options: SettledOptions): void {
  checkWhole('tickMs', options.tickMs, { from: 1, to: 0x7fff_ffff });
  checkWhole('maxFrameBytes', options.maxFrameBytes, { from: 64, to: 0x7fff_ffff });
  checkWhole('reapIntervalMs', options.reapIntervalMs, { from: 1, to: 0x7fff_ffff });
  checkWhole('servers', options.servers, { from: 1, to: 255 });
  checkWhole('serverId', options.serverId, { from: 1, to: 254 });
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
