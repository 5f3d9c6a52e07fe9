/** Byte lines to a server: over TCP, straight into an embedded one, or through somebody who tampers with what it says. */

import { connect } from 'node:net';
import { type Acceptor } from '../../src/transport/transport.js';
import { FrameSplitter } from '../../src/wire/frames.js';
import { framed } from '../support/raw-client.js';

/** What the owner of a line is told. */
export interface LineHandlers {
  onData(chunk: Uint8Array): void;
  onClose(): void;
}

export interface Line {
  send(bytes: Uint8Array): void;
  cut(): void;
}

/** Opens a line. */
export type Dial = (handlers: LineHandlers) => Line;

export function tcpDial(port: number): Dial {
  return (handlers) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      handlers.onClose();
    };
    socket.on('data', (chunk) => {
      handlers.onData(chunk);
    });
    // A server that closes before it has read everything resets the connection.
    socket.on('error', end);
    socket.on('end', end);
    socket.on('close', end);
    return {
      send: (bytes) => socket.write(bytes),
      cut: () => {
        ended = true;
        socket.destroy();
      },
    };
  };
}

/** What the server says at once is heard a moment later, as over any network. */
export function acceptorDial(acceptor: Acceptor): Dial {
  return (handlers) => {
    let ended = false;
    const flush = (): void => {
      if (!ended) handlers.onData(server.onFlush());
    };
    const server = acceptor(
      {
        wantWrite: () => {
          queueMicrotask(flush);
        },
        close: () => {
          queueMicrotask(() => {
            flush();
            ended = true;
            handlers.onClose();
          });
        },
      },
      { host: '127.0.0.1', port: 40_000 },
    );
    return {
      send: (bytes) => {
        server.onData(bytes);
      },
      cut: () => {
        ended = true;
        server.onClose();
      },
    };
  };
}

/** Gets each chunk's frames without their lengths and gives those that are passed on. */
export type Tamper = (frames: readonly Uint8Array[]) => readonly Uint8Array[];

/** A line whose server's words go through a tamperer, made anew for each line. */
export function tamperedDial(dial: Dial, newTamper: () => Tamper): Dial {
  return (handlers) => {
    const tamper = newTamper();
    return dial({
      onData: (chunk) => {
        const frames: Uint8Array[] = [];
        new FrameSplitter(0x7fff_ffff, (bytes, from, to) => {
          frames.push(bytes.slice(from, to));
          return true;
        }).push(chunk);
        for (const frame of tamper(frames)) handlers.onData(framed(frame));
      },
      onClose: handlers.onClose,
    });
  };
}
