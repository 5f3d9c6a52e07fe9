/** One server's side towards its clients: takes connections while it runs, and knows those it has. */

import { type Address, type Pipe, type PipeHandlers } from '../transport/transport.js';
import { type OperationName } from '../wire/operations.js';
import { type JuteReader } from '../wire/reader.js';
import { Connection, type ConnectionHost } from './connection.js';
import { type Machine } from './machine.js';
import { type WriterPool } from './writer-pool.js';

/** What the fronts of one ensemble share. */
export interface FrontHost {
  readonly machine: Machine;
  readonly maxFrameBytes: number;
  readonly writers: WriterPool;
  readonly reader: JuteReader;
  readonly requestCounts: Map<OperationName, number>;
}

const noBytes = new Uint8Array(0);
const deaf: Omit<PipeHandlers, 'onOpen'> = {
  onData: () => undefined,
  onFlush: () => noBytes,
  onClose: () => undefined,
};

export class Front implements ConnectionHost {
  readonly machine: Machine;
  readonly maxFrameBytes: number;
  readonly writers: WriterPool;
  readonly reader: JuteReader;
  private readonly requestCounts: Map<OperationName, number>;
  private readonly connections = new Set<Connection>();
  private running = true;

  constructor(host: FrontHost) {
    this.machine = host.machine;
    this.maxFrameBytes = host.maxFrameBytes;
    this.writers = host.writers;
    this.reader = host.reader;
    this.requestCounts = host.requestCounts;
  }

  get isRunning(): boolean {
    return this.running;
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  accept(pipe: Pipe, remote: Address): Omit<PipeHandlers, 'onOpen'> {
    if (!this.running) {
      pipe.close();
      return deaf;
    }
    const connection = new Connection(this, pipe, remote);
    this.connections.add(connection);
    return connection;
  }

  closeConnections(): void {
    for (const connection of [...this.connections]) connection.close();
  }

  stop(): void {
    this.running = false;
    this.closeConnections();
  }

  start(): void {
    this.running = true;
  }

  count(operation: OperationName): void {
    this.requestCounts.set(operation, (this.requestCounts.get(operation) ?? 0) + 1);
  }

  forget(connection: Connection): void {
    this.connections.delete(connection);
  }
}
