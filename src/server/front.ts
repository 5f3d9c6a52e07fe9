/** One server's side towards its clients: takes connections while it runs, and knows those it has. */

import { type SchedulerLike } from 'rxjs';
import { type Address, type Pipe, type PipeHandlers } from '../transport/transport.js';
import { type AdminView } from './admin-view.js';
import { Alarm } from './alarm.js';
import { Connection } from './connection.js';
import { type ConnectionHost, type EnsembleHost } from './connection-host.js';
import { type Machine } from './machine.js';
import { ReadOnlyMode } from './read-only-mode.js';
import { Traffic } from './traffic.js';

/** What one server is like. */
export interface FrontOptions {
  /** Connections that one host may have at a time; 0 = any number. */
  readonly maxClientCnxns: number;
  /** How long a connection may take to say who it is. */
  readonly handshakeTimeoutMs: number;
  readonly serverId: number;
  readonly servers: number;
  readonly scheduler: SchedulerLike;
}

const noBytes = new Uint8Array(0);
const deaf: Omit<PipeHandlers, 'onOpen'> = {
  onData: () => undefined,
  onFlush: () => noBytes,
  onClose: () => undefined,
};

export class Front implements AdminView {
  readonly machine: Machine;
  readonly traffic = new Traffic();
  readonly maxClientCnxns: number;
  readonly serverId: number;
  readonly servers: number;
  readonly connections = new Set<Connection>();
  rejected = 0;
  authFailures = 0;
  traceMask = 306n;
  private readonly host: ConnectionHost<Connection>;
  private readonly byHost = new Map<string, number>();
  /** Who has not said who it is, oldest first. */
  private readonly ungreeted = new Set<Connection>();
  private readonly alarm: Alarm;
  private readonly startedAtMs: number;
  private running = true;
  private readOnlyMode: ReadOnlyMode | undefined;

  constructor(
    host: EnsembleHost,
    private readonly options: FrontOptions,
  ) {
    this.machine = host.machine;
    this.maxClientCnxns = options.maxClientCnxns;
    this.serverId = options.serverId;
    this.servers = options.servers;
    this.startedAtMs = host.machine.now;
    this.alarm = new Alarm(options.scheduler, () => {
      this.closeUngreeted();
    });
    const mode = (): ReadOnlyMode | undefined => this.readOnlyMode;
    this.host = {
      ...host,
      get readOnlyMode() {
        return mode();
      },
      count: (operation) => {
        host.count(operation);
      },
      admin: this,
      greeted: (connection) => {
        this.settle(connection);
      },
      forget: (connection) => {
        this.forget(connection);
      },
      authFailed: () => {
        this.authFailures += 1;
      },
    };
  }

  get readOnly(): boolean {
    return this.readOnlyMode !== undefined;
  }

  /** Whether it takes writes. */
  get isWritable(): boolean {
    return this.running && !this.readOnly;
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  get uptimeMs(): number {
    return this.machine.now - this.startedAtMs;
  }

  resetFigures(): void {
    this.traffic.reset();
    this.machine.quotas.resetRefusals();
    this.rejected = 0;
  }

  setTraceMask(mask: bigint): void {
    this.traceMask = mask;
  }

  accept(pipe: Pipe, remote: Address): Omit<PipeHandlers, 'onOpen'> {
    const known = this.byHost.get(remote.host) ?? 0;
    const tooMany = this.maxClientCnxns > 0 && known >= this.maxClientCnxns;
    if (tooMany) this.rejected += 1;
    if (!this.running || tooMany) {
      pipe.close();
      return deaf;
    }
    const connection = new Connection(this.host, pipe, remote);
    this.connections.add(connection);
    this.byHost.set(remote.host, known + 1);
    this.ungreeted.add(connection);
    this.alarm.setNoLater(connection.openedAtMs + this.options.handshakeTimeoutMs);
    return connection;
  }

  closeConnections(): void {
    for (const connection of [...this.connections]) connection.close();
  }

  stop(): void {
    this.running = false;
    this.closeConnections();
    this.readOnlyMode?.endAll();
  }

  /** Becomes read-only, or is it no longer; whoever is connected has to come again. */
  setReadOnly(readOnly: boolean): void {
    if (readOnly === this.readOnly) return;
    this.closeConnections();
    this.readOnlyMode?.endAll();
    this.readOnlyMode = readOnly ? new ReadOnlyMode(this.machine, this.options) : undefined;
  }

  start(): void {
    this.running = true;
  }

  private forget(connection: Connection): void {
    if (!this.connections.delete(connection)) return;
    this.settle(connection);
    const { host } = connection.remote;
    const left = (this.byHost.get(host) ?? 1) - 1;
    if (left === 0) this.byHost.delete(host);
    else this.byHost.set(host, left);
  }

  private settle(connection: Connection): void {
    this.ungreeted.delete(connection);
    // An alarm that has nobody to wait for would keep a virtual clock running.
    if (this.ungreeted.size === 0) this.alarm.set(undefined);
  }

  private closeUngreeted(): void {
    const { handshakeTimeoutMs } = this.options;
    for (const connection of [...this.ungreeted]) {
      const dueMs = connection.openedAtMs + handshakeTimeoutMs;
      if (dueMs > this.machine.now) {
        this.alarm.set(dueMs);
        return;
      }
      connection.close();
    }
  }
}
