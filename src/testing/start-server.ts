/** An embedded ZooKeeper on a TCP port of this machine, in real time: for tests of programs that want a server. */

import { asyncScheduler } from 'rxjs';
import { type EmbeddedServer, type EmbeddedServerOptions } from '../server/embedded-server.js';
import { createServer } from '../server/server.js';
import { realPlatform } from '../platform.js';
import { listenTcp } from '../transport/tcp-listener.js';
import { type DataFile, keepDataFile } from './data-file.js';
import { runServer, type RunningServer } from './running-server.js';

/** How to start a server. All else is as for an {@link EmbeddedServer}; there is one server and it runs in real time. */
export interface StartServerOptions extends Omit<EmbeddedServerOptions, 'scheduler' | 'servers'> {
  /** Default: 0, a free one is picked. */
  readonly port?: number;
  /** The interface to listen on. Default: `127.0.0.1`, this machine only. */
  readonly host?: string;
  /** Keeps znodes and sessions in this file, so that they survive. Default: they are in memory only. */
  readonly dataFile?: string;
  /** How long after a change `dataFile` is written; longer where it is large. Default 1,000. */
  readonly saveIntervalMs?: number;
  /** Told when `dataFile` could not be written; it is tried again. Default: nothing. */
  readonly onSaveError?: (error: Error) => void;
}

/**
 * Starts an embedded ZooKeeper that any client can talk to over TCP.
 *
 * Its data is in memory and goes with it, unless there is a `dataFile`. One host may have 60 connections at a time.
 *
 * @example
 * await using running = await startServer();
 * const zk = zookeeper(running.hosts);
 */
export async function startServer(options: StartServerOptions = {}): Promise<RunningServer> {
  const { port = 0, host = '127.0.0.1', ...rest } = options;
  const overNetwork = { maxClientCnxns: 60, random: () => realPlatform.random() };
  const server = createServer({ ...overNetwork, ...rest, scheduler: asyncScheduler });
  // The port comes first, so that of two processes only the one that has it touches the file.
  server.stop();
  const listener = await listenTcp({ host, port }, server.acceptor);
  const data = await dataFileOf(server, options).catch(async (error: unknown) => {
    await listener.close();
    throw error;
  });
  return runServer({ server, listener, data });
}

async function dataFileOf(
  server: EmbeddedServer,
  { dataFile: path, saveIntervalMs = 1000, onSaveError: onError = ignore }: StartServerOptions,
): Promise<DataFile | undefined> {
  return path === undefined ? undefined : keepDataFile(server, { path, saveIntervalMs, onError });
}

function ignore(): void {
  // Nobody wants to know.
}
