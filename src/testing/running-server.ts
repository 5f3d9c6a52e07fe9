/** A server that `startServer` has started, and what a test does to it in real time. */

import { type ZooKeeper } from '../client/zookeeper.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { type EmbeddedServer } from '../server/embedded-server.js';
import { type Listener } from '../transport/tcp-listener.js';
import { formatAddress } from '../transport/transport.js';
import { type DataFile } from './data-file.js';

/** Whose session: its id, or the client that has it now. */
export type SessionOwner = bigint | Pick<ZooKeeper, 'session'>;

export interface RestartOptions {
  /** How long nobody is served in between. Default 0. */
  readonly downMs?: number;
}

/** A server that runs. It keeps the process alive until it is stopped. */
export interface RunningServer {
  /** Connect string, with the port that was picked: `127.0.0.1:40123`. */
  readonly hosts: string;
  /** What goes on inside, and what can be done to it. */
  readonly server: EmbeddedServer;
  /**
   * Closes all connections, and serves again on the same port with the znodes and sessions of before: clients come back by
   * themselves, with their sessions and ephemerals. In between the port stays taken and whoever connects is turned away;
   * time stands still, so no session ends, and each has its full timeout afterwards. Resolves when it serves again, or is
   * stopped.
   */
  restart(options?: RestartOptions): Promise<void>;
  /** Ends a session as if its time were up, with its ephemerals; `false` if there is none. */
  expireSession(owner: SessionOwner): boolean;
  /** Closes all connections, or that of one session. The sessions live on, and clients come back at once. */
  dropConnections(owner?: SessionOwner): void;
  /**
   * Answers nobody until `resume()`: connections stay open, what is said waits. Time goes on, so a session that is not heard
   * in time ends.
   */
  pause(): void;
  /** Takes up what has waited since `pause()`. */
  resume(): void;
  /** Closes all connections and the port, writes `dataFile`, and forgets everything. Idempotent. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Parts {
  readonly server: EmbeddedServer;
  readonly listener: Listener;
  readonly data: DataFile | undefined;
}

/** Runs a server whose port is open already. */
export function runServer(parts: Parts): RunningServer {
  return new Running(parts);
}

class Running implements RunningServer {
  readonly hosts: string;
  readonly server: EmbeddedServer;
  private restarting: Promise<void> | undefined;
  private cutShort: () => void = () => undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly parts: Parts) {
    this.server = parts.server;
    this.hosts = formatAddress(parts.listener.address);
    this.server.start();
  }

  restart({ downMs = 0 }: RestartOptions = {}): Promise<void> {
    if (!Number.isFinite(downMs) || downMs < 0) {
      throw new InvalidOptionError('downMs', `must be a time from 0 on, not ${String(downMs)}`);
    }
    // Two at a time would start what the other has just stopped.
    this.restarting = (this.restarting ?? Promise.resolve()).then(() => this.bounce(downMs));
    return this.restarting;
  }

  expireSession(owner: SessionOwner): boolean {
    const id = sessionOf(owner);
    return id !== undefined && this.server.expireSession(id);
  }

  dropConnections(owner?: SessionOwner): void {
    if (owner === undefined) {
      this.server.dropConnections();
      return;
    }
    const id = sessionOf(owner);
    // Without an id it would be all of them.
    if (id !== undefined) this.server.dropConnections(id);
  }

  pause(): void {
    this.parts.listener.pause();
  }

  resume(): void {
    this.parts.listener.resume();
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async bounce(downMs: number): Promise<void> {
    if (this.stopped !== undefined) return;
    this.server.stop();
    this.parts.listener.resume();
    if (downMs > 0) await this.pass(downMs);
    // Does nothing after the end.
    this.server.start();
  }

  /** Lets time pass, unless the server is stopped for good meanwhile. */
  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.cutShort = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async end(): Promise<void> {
    this.server.dispose();
    this.cutShort();
    const { listener, data } = this.parts;
    await Promise.all([listener.close(), data?.close()]);
  }
}

function sessionOf(owner: SessionOwner): bigint | undefined {
  return typeof owner === 'bigint' ? owner : owner.session?.id;
}
