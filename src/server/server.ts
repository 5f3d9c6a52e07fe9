/** The embedded server: a state machine, its reaper, and one front for each server of the ensemble, put together. */

import { InvalidOptionError } from '../errors/client-errors.js';
import { type Acceptor } from '../transport/transport.js';
import { type OperationName } from '../wire/operations.js';
import { type EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.js';
import { Front } from './front.js';
import { ephemeralPaths, sessionSnapshots, treeSnapshot } from './inspect.js';
import { type Machine } from './machine.js';
import { Reaper } from './reaper.js';
import { createMachine, ensembleHost, settleOptions } from './settled-options.js';
import { prepareRestore } from './snapshot.js';
import { snapshotParts, takeSnapshot } from './snapshot-parts.js';

export { type EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.js';

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
    const settled = settleOptions(options);
    const { scheduler, reapIntervalMs, servers, containerMaxUnusedMs: maxUnusedMs } = settled;
    this.machine = createMachine(settled, () => {
      this.reaper.review();
    });
    this.reaper = new Reaper(this.machine, { scheduler, intervalMs: reapIntervalMs, maxUnusedMs });
    const host = ensembleHost(this.machine, settled, this.counts);
    this.fronts = Array.from(
      { length: servers },
      (_, i) => new Front(host, { ...settled, serverId: settled.serverId + i }),
    );
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

  snapshot(): Uint8Array {
    return takeSnapshot(this.machine);
  }

  snapshotParts(): Generator<Uint8Array, void> {
    return snapshotParts(this.machine);
  }

  restore(snapshot: Uint8Array): void {
    const load = prepareRestore(this.machine, snapshot);
    this.dropConnections();
    load();
    if (this.isWritable) this.reaper.start();
  }

  stop(index?: number): void {
    this.change(index, (front) => {
      front.stop();
    });
  }

  start(index?: number): void {
    if (this.disposed) return;
    this.change(index, (front) => {
      front.start();
    });
  }

  setReadOnly(readOnly: boolean, index?: number): void {
    this.change(index, (front) => {
      front.setReadOnly(readOnly);
    });
  }

  dispose(): void {
    this.disposed = true;
    this.stop();
  }

  private get isWritable(): boolean {
    return this.fronts.some((front) => front.isWritable);
  }

  /** Without a server that takes writes no session ends, and nothing is reaped. */
  private change(index: number | undefined, act: (front: Front) => void): void {
    const before = this.isWritable;
    for (const front of this.chosen(index)) act(front);
    const after = this.isWritable;
    if (before && !after) {
      this.machine.sessions.stopClock();
      this.reaper.stop();
    } else if (after && !before) {
      this.machine.sessions.startClock();
      this.reaper.start();
    }
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
