/**
 * The accepting side of TCP, for a server inside this process.
 *
 * A peer that reads too slowly is held back and then dropped: while more than a little is waiting to go out nothing more
 * is read from it, and over `maxOutgoingBytes` (what is sent without being asked for, such as events, still adds up) its
 * connection is closed.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { SocketPipe, type WhenBlocked } from './socket-pipe.js';
import { type Acceptor, type Address } from './transport.js';

const MAX_OUTGOING_BYTES = 64 * 1024 * 1024;
const PAUSE_OVER_BYTES = 1024 * 1024;
const CLOSE_GRACE_MS = 1_000;

export interface ListenOptions {
  /** The interface to listen on. Default: `127.0.0.1`, this machine only. */
  readonly host?: string;
  /** Default: 0, a free one is picked. */
  readonly port?: number;
  /** Bytes that may wait for a slow reader before its connection is closed. Default: 64 MiB. */
  readonly maxOutgoingBytes?: number;
  /** How long a peer may take to close its side after `close()`, before the socket is destroyed. Default: 1000. */
  readonly closeGraceMs?: number;
}

export interface Listener {
  /** Where it listens, with the port that was picked. */
  readonly address: Address;
  /** Neither reads from its connections nor writes to them, those that are still to come included, until `resume()`. */
  pause(): void;
  resume(): void;
  /** Accepts no more and destroys all connections; resolves when the port is free. */
  close(): Promise<void>;
}

/** Listens, and gives each connection to the acceptor. Rejects if the port cannot be had. */
export async function listenTcp(options: ListenOptions, acceptor: Acceptor): Promise<Listener> {
  const pipes = new Map<Socket, SocketPipe>();
  let paused = false;
  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true });
  server.on('connection', (socket) => {
    const pipe = accept(socket, { ...options, acceptor });
    pipes.set(socket, pipe);
    socket.on('close', () => pipes.delete(socket));
    if (paused) pipe.pause();
  });
  const host = options.host ?? '127.0.0.1';
  const port = await bound(server, { host, port: options.port ?? 0 });
  return {
    address: { host, port },
    pause: () => {
      paused = true;
      for (const pipe of pipes.values()) pipe.pause();
    },
    resume: () => {
      paused = false;
      for (const pipe of pipes.values()) pipe.resume();
    },
    close: () =>
      new Promise((resolve) => {
        // Its error says only that it was closed before.
        server.close(() => {
          resolve();
        });
        for (const socket of pipes.keys()) socket.destroy();
      }),
  };
}

function bound(server: Server, wanted: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : wanted.port);
    });
  });
}

function accept(
  socket: Socket,
  options: ListenOptions & { readonly acceptor: Acceptor },
): SocketPipe {
  const pipe = new SocketPipe(socket, {
    closeGraceMs: options.closeGraceMs ?? CLOSE_GRACE_MS,
    whenBlocked: holdBack(options.maxOutgoingBytes ?? MAX_OUTGOING_BYTES),
    whenDrained: () => {
      if (!pipe.isPaused) socket.resume();
    },
  });
  const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
  pipe.attach(options.acceptor(pipe, remote));
  socket.on('data', (chunk: Uint8Array) => {
    pipe.received(chunk);
  });
  return pipe;
}

function holdBack(maxOutgoingBytes: number): WhenBlocked {
  return (socket) => {
    const waiting = socket.writableLength;
    if (waiting > maxOutgoingBytes) {
      const amount = `${String(waiting)} bytes are waiting, over maxOutgoingBytes = ${String(maxOutgoingBytes)}`;
      socket.destroy(new Error(`the peer reads too slowly: ${amount}`));
    } else if (waiting > PAUSE_OVER_BYTES) socket.pause();
    return 'pull';
  };
}
