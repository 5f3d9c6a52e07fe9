/** A bare socket to a real server that sends and receives whole frames, and knows nothing else of the protocol. */

import { connect, type Socket } from 'node:net';

import { defaultMaxFrameBytes, FrameSplitter } from '../../src/wire/frames.js';

const answerTimeoutMs = 10_000;

export class RawConnection {
  private readonly arrived: Uint8Array[] = [];
  private waiting: ((frame: Uint8Array | undefined) => void) | undefined;
  private ended = false;

  private constructor(private readonly socket: Socket) {
    const splitter = new FrameSplitter(defaultMaxFrameBytes, (bytes, from, to) => {
      this.arrived.push(new Uint8Array(bytes.subarray(from, to)));
      return true;
    });
    socket.on('data', (chunk: Buffer) => {
      splitter.push(chunk);
      this.deliver();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      this.deliver();
    });
  }

  static open({
    host,
    port,
  }: {
    readonly host: string;
    readonly port: number;
  }): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port });
      socket.once('error', reject);
      socket.once('connect', () => {
        resolve(new RawConnection(socket));
      });
    });
  }

  send(payload: Uint8Array): void {
    const frame = Buffer.alloc(4 + payload.length);
    frame.writeInt32BE(payload.length);
    frame.set(payload, 4);
    this.socket.write(frame);
  }

  /** The payload of the next frame, or `undefined` if the server has closed the connection. */
  next(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error('the server does not answer'));
      }, answerTimeoutMs);
      this.waiting = (frame) => {
        clearTimeout(timer);
        resolve(frame);
      };
      this.deliver();
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private deliver(): void {
    const { waiting } = this;
    if (waiting === undefined || (this.arrived.length === 0 && !this.ended)) return;
    this.waiting = undefined;
    waiting(this.arrived.shift());
  }
}
