/** An embedded ZooKeeper on a TCP port of this machine, in real time: for tests of programs that want a server. */

import { asyncScheduler } from 'rxjs';
import { type EmbeddedServer, type EmbeddedServerOptions } from '../server/embedded-server.js';
import { createServer } from '../server/server.js';
import { listenTcp } from '../transport/tcp-listener.js';
import { formatAddress } from '../transport/transport.js';

/** How to start a server. All else is as for an {@link EmbeddedServer}; there is one server and it runs in real time. */
export interface StartServerOptions extends Omit<EmbeddedServerOptions, 'scheduler' | 'servers'> {
  /** Default: 0, a free one is picked. */
  readonly port?: number;
  /** The interface to listen on. Default: `127.0.0.1`, this machine only. */
  readonly host?: string;
}

/** A server that runs. It keeps the process alive until it is stopped. */
export interface RunningServer {
  /** Connect string, with the port that was picked: `127.0.0.1:40123`. */
  readonly hosts: string;
  /** What goes on inside, and what can be done to it. */
  readonly server: EmbeddedServer;
  /** Closes all connections and the port, and forgets everything. Idempotent. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an embedded ZooKeeper that any client can talk to over TCP.
 *
 * Its data is in memory and goes with it.
 *
 * @example
 * await using running = await startServer();
 * const zk = zookeeper(running.hosts);
 */
export async function startServer(options: StartServerOptions = {}): Promise<RunningServer> {
  const { port = 0, host = '127.0.0.1', ...rest } = options;
  const server = createServer({ ...rest, scheduler: asyncScheduler });
  const listener = await listenTcp({ host, port }, server.acceptor);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    if (stopped === undefined) {
      server.dispose();
      stopped = listener.close();
    }
    return stopped;
  };
  return { hosts: formatAddress(listener.address), server, stop, [Symbol.asyncDispose]: stop };
}
