/** One real server as tests handle it: stop, kill, freeze, restart, and everything removed at the end. */

import { rmSync } from 'node:fs';

import { serverStatus, type ServerStatus } from './four-letter-word.js';
import { reaper } from './reaper.js';
import { type ServerProcess } from './server-process.js';
import { waitFor } from './wait-until.js';

const startTimeoutMs = 30_000;

/** One real server. All that changes its state resolves when the change is complete. */
export interface RealServer {
  /** `host:port` of the client port. */
  readonly hosts: string;
  readonly port: number;
  /** Its release, such as `3.8.0`. */
  readonly version: string;
  /** Shuts it down in good order (SIGTERM). */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would (SIGKILL). */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP): connections stay open, nothing is answered. */
  pause(): void;
  /** Lets a frozen one go on (SIGCONT). */
  resume(): void;
  /** Stops it if it is running, starts it with its data on its port, waits until it serves. */
  restart(): Promise<void>;
  /** What it says about itself; `undefined` while it does not serve. */
  status(): Promise<ServerStatus | undefined>;
  /** The last lines of its log. */
  logTail(lines?: number): string;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

export class ManagedServer implements RealServer {
  readonly port: number;
  readonly hosts: string;
  version = '';
  private readonly directory: string;
  private readonly process: ServerProcess;

  constructor(parts: { directory: string; port: number; process: ServerProcess }) {
    this.directory = parts.directory;
    this.port = parts.port;
    this.process = parts.process;
    this.hosts = `127.0.0.1:${String(parts.port)}`;
  }

  stop = (): Promise<void> => this.process.end('SIGTERM');

  kill = (): Promise<void> => this.process.end('SIGKILL');

  pause = (): void => {
    this.process.signal('SIGSTOP');
  };

  resume = (): void => {
    this.process.signal('SIGCONT');
  };

  restart = async (): Promise<void> => {
    await this.stop();
    this.process.start();
    const { version } = await waitFor('the server to serve', {
      probe: async () => {
        if (!this.process.running) throw new Error(`the server has ended\n${this.logTail()}`);
        return this.status();
      },
      timeoutMs: startTimeoutMs,
      explain: this.logTail,
    });
    this.version = version;
  };

  status = (): Promise<ServerStatus | undefined> => serverStatus(this.port);

  logTail = (lines?: number): string => this.process.logTail(lines);

  close = async (): Promise<void> => {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
    reaper.releaseDirectory(this.directory);
  };
}
