/** A connection to a server that does just what it is told: for the few things that a client would never do. */

import { connect, type Socket } from 'node:net';
import { FrameSplitter } from '../../wire/frames.js';
import { operations } from '../../wire/operations.js';
import { JuteReader } from '../../wire/reader.js';
import {
  type ConnectRequest,
  connectRequestCodec,
  type ConnectResponse,
  connectResponseCodec,
  replyHeaderCodec,
} from '../../wire/records.js';
import { encode } from '../../wire/writer.js';

const maxFrameBytes = 64 * 1024 * 1024;

export interface RawReply {
  readonly error: number;
  readonly body: JuteReader;
}

export class RawConnection {
  private readonly frames: Uint8Array[] = [];
  private waiting: (() => void) | undefined;
  private closed = false;

  /** `socket` is plain or TLS, connected or about to be. */
  constructor(
    private readonly socket: Socket,
    timeoutMs: number,
  ) {
    const splitter = new FrameSplitter(maxFrameBytes, (bytes, from, to) => {
      this.frames.push(bytes.slice(from, to));
      return true;
    });
    socket.on('data', (chunk) => {
      splitter.push(chunk);
      this.waiting?.();
    });
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.waiting?.();
    });
  }

  /** To a port of this machine. */
  static to(port: number, timeoutMs: number): RawConnection {
    return new RawConnection(connect({ host: '127.0.0.1', port, noDelay: true }), timeoutMs);
  }

  /** Sends the handshake; what is not said is that of a new session. */
  shakeHands(request: Partial<ConnectRequest>): void {
    this.sendFrame(
      encode((writer) => {
        connectRequestCodec.write(writer, {
          ...{ protocolVersion: 0, lastZxidSeen: 0n, timeoutMs: 10_000, sessionId: 0n },
          ...{ password: new Uint8Array(16), readOnly: false },
          ...request,
        });
      }),
    );
  }

  /** The answer to the handshake; `undefined` if the connection ended instead. */
  async connected(): Promise<ConnectResponse | undefined> {
    const frame = await this.next();
    return frame === undefined ? undefined : connectResponseCodec.read(new JuteReader(frame));
  }

  closeSession(): void {
    this.sendFrame(
      encode((writer) => {
        writer.int(1);
        writer.int(operations.closeSession.opcode);
      }),
    );
  }

  sasl(token: string): void {
    this.sendFrame(
      encode((writer) => {
        writer.int(0);
        writer.int(operations.sasl.opcode);
        operations.sasl.request.write(writer, { token: new TextEncoder().encode(token) });
      }),
    );
  }

  /** The next reply; `undefined` if the connection ended instead. */
  async reply(): Promise<RawReply | undefined> {
    const frame = await this.next();
    if (frame === undefined) return undefined;
    const body = new JuteReader(frame);
    return { error: replyHeaderCodec.read(body).error, body };
  }

  close(): void {
    this.socket.destroy();
  }

  private async next(): Promise<Uint8Array | undefined> {
    while (this.frames.length === 0 && !this.closed) {
      await new Promise<void>((resolve) => (this.waiting = resolve));
    }
    return this.frames.shift();
  }

  private sendFrame(payload: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeInt32BE(payload.length);
    if (!this.socket.destroyed) this.socket.write(Buffer.concat([length, payload]));
  }
}
