/**
 * A client that is all bytes and no duties, for specs of the server: it says what it is told to, and keeps what it hears.
 *
 * It sits on the server's acceptor directly, so everything happens at once: what a request brings about has arrived
 * when `send` returns. Whatever is heard is decoded by the wire's own table.
 */

import { errorCodeName } from '../../src/errors/codes.js';
import { type Acceptor, type Address, type PipeHandlers } from '../../src/transport/transport.js';
import { FrameSplitter } from '../../src/wire/frames.js';
import { type Operation, type OperationName, operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import {
  type ConnectRequest,
  connectRequestCodec,
  type ConnectResponse,
  connectResponseCodec,
  replyHeaderCodec,
  type WatchEvent,
  watchEventCodec,
  xids,
} from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';

type Table = typeof operations;
export type RequestOf<N extends OperationName> =
  Table[N] extends Operation<infer R, unknown> ? R : never;
export type ResponseOf<N extends OperationName> =
  Table[N] extends Operation<infer _R, infer S> ? S : never;

/** One reply; `body` is missing when the server refused. */
export interface RawReply<T> {
  readonly xid: number;
  readonly zxid: bigint;
  readonly error: number;
  readonly body: T | undefined;
}

/** One notification. */
export interface RawEvent extends WatchEvent {
  readonly zxid: bigint;
}

/** What arrived, in the order of the wire. */
export type RawFrame =
  | { readonly kind: 'reply'; readonly xid: number; readonly error: number }
  | { readonly kind: 'event'; readonly type: number; readonly path: string };

/** How to connect; everything has a default. */
export interface RawConnectOptions extends Partial<ConnectRequest> {
  readonly remote?: Address;
  /** Do not shake hands. */
  readonly silent?: boolean;
}

export class RawClient {
  /** The answer to the handshake; `undefined` if there was none. */
  connected: ConnectResponse | undefined;
  /** Bytes of the answer to the handshake, without its length. */
  connectedBytes: Uint8Array | undefined;
  /** Everything since the handshake. */
  readonly log: RawFrame[] = [];
  private readonly handlers: Omit<PipeHandlers, 'onOpen'>;
  private readonly frames: FrameSplitter;
  private readonly replies: RawReply<Uint8Array>[] = [];
  private readonly notices: RawEvent[] = [];
  private pending = false;
  private gone = false;
  private xid = 0;

  constructor(acceptor: Acceptor, options: RawConnectOptions = {}) {
    this.frames = new FrameSplitter(0x7fff_ffff, (bytes, from, to) => {
      this.take(bytes.slice(from, to));
      return true;
    });
    const pipe = {
      wantWrite: () => {
        this.pending = true;
      },
      close: () => {
        this.drain();
        this.gone = true;
      },
    };
    this.handlers = acceptor(pipe, options.remote ?? { host: '10.0.0.1', port: 40_000 });
    // A server that is stopped has closed already.
    if (options.silent !== true && !this.closed) this.shakeHands(options);
  }

  /** Whether the server has closed the connection. */
  get closed(): boolean {
    this.drain();
    return this.gone;
  }

  /** The id of the session; 0 if there is none. */
  get sessionId(): bigint {
    return this.connected?.sessionId ?? 0n;
  }

  shakeHands(options: Partial<ConnectRequest>): void {
    const request = {
      protocolVersion: 0,
      lastZxidSeen: 0n,
      timeoutMs: 10_000,
      sessionId: 0n,
      password: new Uint8Array(16),
      readOnly: false,
      ...options,
    };
    this.sendFrame(
      encode((writer) => {
        connectRequestCodec.write(writer, request);
      }),
    );
  }

  /** Bytes of a whole frame: length, header, body. */
  frame<N extends OperationName>(name: N, request: RequestOf<N>, xid: number): Uint8Array {
    // The row of a name reads and writes what belongs to that name; TypeScript cannot follow through a union.
    const operation = operations[name] as unknown as Operation<RequestOf<N>, ResponseOf<N>>;
    return framed(
      encode((writer) => {
        writer.int(xid);
        writer.int(operation.opcode);
        operation.request.write(writer, request);
      }),
    );
  }

  /** Sends a request; the reply is left to be looked at. Returns the xid. */
  send<N extends OperationName>(name: N, request: RequestOf<N>, xid = ++this.xid): number {
    this.sendBytes(this.frame(name, request, xid));
    return xid;
  }

  /** Sends a request and takes the reply that belongs to it. */
  call<N extends OperationName>(
    name: N,
    request: RequestOf<N>,
    xid = ++this.xid,
  ): RawReply<ResponseOf<N>> {
    this.send(name, request, xid);
    return this.takeAnswer(name);
  }

  /** The oldest reply not taken yet, decoded as the answer to such a request. */
  takeAnswer<N extends OperationName>(name: N): RawReply<ResponseOf<N>> {
    const raw = this.takeReply();
    // As above.
    const operation = operations[name] as unknown as Operation<RequestOf<N>, ResponseOf<N>>;
    const body =
      raw.error === 0 && raw.body !== undefined
        ? operation.response.read(new JuteReader(raw.body))
        : undefined;
    return { ...raw, body };
  }

  /** The oldest reply not taken yet, with its body undecoded. */
  takeReply(): RawReply<Uint8Array> {
    this.drain();
    const reply = this.replies.shift();
    if (reply === undefined) throw new Error('no reply has come');
    return reply;
  }

  /** How many replies have not been taken yet. */
  get replyCount(): number {
    this.drain();
    return this.replies.length;
  }

  /** The events since the last call, as `created /a`. */
  events(): readonly string[] {
    return this.rawEvents().map(({ type, path }) => `${eventNames[type] ?? String(type)} ${path}`);
  }

  /** The events since the last call. */
  rawEvents(): readonly RawEvent[] {
    this.drain();
    return this.notices.splice(0);
  }

  /** Sends a frame with this payload. */
  sendFrame(payload: Uint8Array): void {
    this.sendBytes(framed(payload));
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    if (this.gone) throw new Error('the server has closed the connection');
    this.handlers.onData(bytes);
    this.drain();
  }

  /** Cuts the connection from this side. */
  cut(): void {
    this.gone = true;
    this.handlers.onClose();
  }

  private drain(): void {
    if (!this.pending) return;
    this.pending = false;
    this.frames.push(this.handlers.onFlush());
  }

  private take(payload: Uint8Array): void {
    const reader = new JuteReader(payload);
    if (this.connectedBytes === undefined) {
      this.connectedBytes = payload;
      this.connected = connectResponseCodec.read(reader);
      return;
    }
    const header = replyHeaderCodec.read(reader);
    if (header.xid === xids.notification) {
      const event = watchEventCodec.read(reader);
      this.notices.push({ ...event, zxid: header.zxid });
      this.log.push({ kind: 'event', type: event.type, path: event.path });
      return;
    }
    const body =
      header.error === 0 ? payload.subarray(payload.length - reader.remaining) : undefined;
    this.replies.push({ ...header, body });
    this.log.push({ kind: 'reply', xid: header.xid, error: header.error });
  }
}

const eventNames: Readonly<Record<number, string>> = {
  1: 'created',
  2: 'deleted',
  3: 'dataChanged',
  4: 'childrenChanged',
};

/** The name of the error, or the path that was answered, or `ok`. */
export function said({ error, body }: { error: number; body: unknown }): string {
  if (error !== 0) return errorCodeName(error);
  return typeof body === 'string' ? body : 'ok';
}

/** A payload with its length in front. */
export function framed(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + payload.length);
  new DataView(bytes.buffer).setInt32(0, payload.length);
  bytes.set(payload, 4);
  return bytes;
}
