/** Listens at the server's door: what each client asks for, in which order, and which sessions are whose. */

import { ProtocolError } from '../errors/client-errors.js';
import { type Acceptor, type PipeHandlers } from '../transport/transport.js';
import { defaultMaxFrameBytes, FrameSplitter } from '../wire/frames.js';
import { JuteReader } from '../wire/reader.js';
import { readRequest, type SeenRequest } from './request-match.js';

/** What a tap tells of. */
export interface TapListener {
  /** A handshake has arrived, for a new session or one that there was. */
  connecting(kind: 'connect' | 'resume'): void;
  /** A request has arrived, before it is carried out. */
  request(request: SeenRequest): void;
  /** The server has agreed to a session. */
  session(id: bigint): void;
  /** Bytes leave the server. */
  answered(bytes: Uint8Array): void;
}

/** Where a session id lies: in the request of a handshake without its length, and in the answer with it. */
const place = { request: 16, response: 12 };

/** The acceptor, listened to. */
export function tapped(acceptor: Acceptor, listener: TapListener): Acceptor {
  return (pipe, remote) => new Tap(acceptor(pipe, remote), listener);
}

class Tap implements Omit<PipeHandlers, 'onOpen'> {
  private readonly reader = new JuteReader();
  private readonly frames: FrameSplitter;
  private isGreeted = false;
  private isAnswered = false;
  private isDeaf = false;

  constructor(
    private readonly inner: Omit<PipeHandlers, 'onOpen'>,
    private readonly listener: TapListener,
  ) {
    this.frames = new FrameSplitter(defaultMaxFrameBytes, (bytes, from, to) => {
      this.reader.reset(bytes, from, to);
      if (this.isGreeted) this.takeRequest();
      else this.takeHandshake(to - from);
      return true;
    });
  }

  onData(chunk: Uint8Array): void {
    if (!this.isDeaf) this.listen(chunk);
    this.inner.onData(chunk);
  }

  onFlush(): Uint8Array {
    const bytes = this.inner.onFlush();
    if (!this.isAnswered && bytes.length >= place.response + 8) {
      this.isAnswered = true;
      const id = viewOf(bytes).getBigInt64(place.response);
      if (id !== 0n) this.listener.session(id);
    }
    if (bytes.length > 0) this.listener.answered(bytes);
    return bytes;
  }

  onClose(error?: Error): void {
    this.inner.onClose(error);
  }

  /** The server ends the connection over what cannot be read; here it only ends the listening. */
  private listen(chunk: Uint8Array): void {
    try {
      this.frames.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.isDeaf = true;
    }
  }

  private takeHandshake(length: number): void {
    this.isGreeted = true;
    if (length < place.request + 8) return;
    const { reader } = this;
    reader.int();
    reader.long();
    reader.int();
    this.listener.connecting(reader.long() === 0n ? 'connect' : 'resume');
  }

  private takeRequest(): void {
    const request = readRequest(this.reader);
    if (request !== undefined) this.listener.request(request);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
