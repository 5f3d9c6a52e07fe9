/**
 * One connection to one server, from opening the pipe to its end: handshake, frames out and in, pings, silence.
 *
 * It knows the protocol's framing and nothing of what requests mean: replies go to the owner with a reader that stands
 * behind the header. Frames are handled strictly in the order of the wire. Output is encoded into one buffer as it is
 * asked for, and leaves once at the end of the turn.
 */

import { type ZooKeeperError } from '../errors/base.js';
import { ProtocolError } from '../errors/client-errors.js';
import { type Address, type Pipe, type PipeHandlers } from '../transport/transport.js';
import { FrameSplitter } from '../wire/frames.js';
import { operations } from '../wire/operations.js';
import { JuteReader } from '../wire/reader.js';
import { type Codec, connectRequestCodec, watchEventCodec, xids } from '../wire/records.js';
import { JuteWriter } from '../wire/writer.js';
import { type AnyCall } from './call.js';
import { type ConnectionOwner, type ConnectionSettings } from './connection-owner.js';
import { readHandshake } from './handshake-answer.js';
import { Heartbeat } from './heartbeat.js';
import { type Moment } from './lease-clock.js';
import { writeRequest } from './request-size.js';

export class Connection implements PipeHandlers {
  /** Whether the connect request is on its way: from then on the server may have made a session. */
  greeted = false;
  /** Told when each answered ping was sent. */
  onPong: ((sentAt: Moment) => void) | undefined;
  private readonly pipe: Pipe;
  private readonly writer = new JuteWriter();
  private readonly reader = new JuteReader();
  private readonly splitter: FrameSplitter;
  private readonly heartbeat: Heartbeat;
  private readonly pings: Moment[] = [];
  private connected = false;
  private closed = false;
  private lastXid = 0;
  private turn: Moment | undefined;
  private greetedAt: Moment;

  constructor(
    readonly address: Address,
    private readonly owner: ConnectionOwner,
    private readonly settings: ConnectionSettings,
  ) {
    this.greetedAt = settings.clock();
    this.splitter = new FrameSplitter(settings.maxReplyBytes, (bytes, from, to) =>
      this.onFrame(bytes, from, to),
    );
    this.heartbeat = new Heartbeat({
      scheduler: settings.scheduler,
      clock: settings.clock,
      ping: () => {
        this.ping();
      },
      giveUp: (reason) => {
        this.fail(reason);
      },
    });
    this.pipe = settings.transport.connect(address, this);
  }

  /** Now, as of this turn: read once for everything that is sent together. */
  now(): Moment {
    if (this.turn === undefined) {
      this.turn = this.settings.clock();
      // The flush ends the turn, even if there should be nothing to send.
      this.pipe.wantWrite();
    }
    return this.turn;
  }

  /** Encodes a call, with this request. Returns what is wrong with it if it cannot be sent; nothing is sent then. */
  send(call: AnyCall, request: unknown): ZooKeeperError | undefined {
    call.xid = this.lastXid === 0x7fff_ffff ? 1 : this.lastXid + 1;
    const refused = this.encode(call, request);
    if (refused !== undefined) return refused;
    this.lastXid = call.xid;
    call.sentAt = this.now();
    return undefined;
  }

  sendAuth(scheme: string, credential: Uint8Array): void {
    const { opcode, request } = operations.auth;
    this.frame(xids.auth, opcode, request, { type: 0, scheme, credential });
  }

  /** Holds pings back, for whom the server may not hear from yet. */
  keepQuiet(quiet: boolean): void {
    this.heartbeat.keepQuiet(quiet);
  }

  /** Closes without telling the owner. What was sent before still goes out. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.heartbeat.stop();
    this.pipe.close();
  }

  onOpen(): void {
    if (this.closed) return;
    this.greeted = true;
    this.greetedAt = this.now();
    const mark = this.writer.beginFrame();
    connectRequestCodec.write(this.writer, this.owner.connectRequest());
    this.writer.endFrame(mark);
    this.pipe.wantWrite();
  }

  onFlush(): Uint8Array {
    const bytes = this.writer.take();
    if (bytes.length > 0) this.heartbeat.lastSent = this.turn ?? this.settings.clock();
    this.turn = undefined;
    return bytes;
  }

  onData(chunk: Uint8Array): void {
    if (this.closed) return;
    this.heartbeat.lastHeard = this.settings.clock();
    this.owner.onBytes(chunk);
    try {
      // onBytes may have closed the connection: a process that slept too long believes nothing that came meanwhile.
      if (this.isOpen()) this.splitter.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.fail(error);
    } finally {
      this.owner.onBytesDone();
    }
  }

  onClose(error?: Error): void {
    if (this.closed) return;
    this.closed = true;
    this.heartbeat.stop();
    this.owner.onDown(error);
  }

  fail(reason: Error): void {
    if (this.closed) return;
    this.close();
    this.owner.onDown(reason);
  }

  private onFrame(bytes: Uint8Array, from: number, to: number): boolean {
    this.reader.reset(bytes, from, to);
    if (this.connected) this.dispatch();
    else this.finishHandshake();
    return this.isOpen();
  }

  // Behind a method: to the compiler the field would be unchanged over calls that change it.
  private isOpen(): boolean {
    return !this.closed;
  }

  private finishHandshake(): void {
    const response = readHandshake(this.reader);
    this.connected = true;
    if (response.timeoutMs > 0) this.heartbeat.start(response.timeoutMs);
    this.owner.onHandshake(response, this.greetedAt);
  }

  private dispatch(): void {
    const { reader } = this;
    const xid = reader.int();
    const zxid = reader.long();
    const error = reader.int();
    if (xid === xids.ping) {
      const sentAt = this.pings.shift();
      if (error !== 0) this.owner.onPingRefused(error);
      else if (sentAt !== undefined) {
        this.owner.onAcknowledged(sentAt);
        this.onPong?.(sentAt);
      }
    } else if (xid === xids.notification) this.owner.onNotification(watchEventCodec.read(reader));
    else if (xid === xids.auth) this.owner.onAuthReply(error);
    else this.owner.onReply(xid, zxid, error, reader);
  }

  private ping(): void {
    this.pings.push(this.now());
    this.frame(xids.ping, operations.ping.opcode, operations.ping.request, undefined);
  }

  private frame<T>(xid: number, opcode: number, codec: Codec<T>, body: T): void {
    const mark = this.writer.beginFrame();
    this.writer.int(xid);
    this.writer.int(opcode);
    codec.write(this.writer, body);
    this.writer.endFrame(mark);
    this.pipe.wantWrite();
  }

  private encode(call: AnyCall, request: unknown): ZooKeeperError | undefined {
    const { maxRequestBytes } = this.settings;
    const refused = writeRequest(this.writer, call, { request, maxRequestBytes });
    if (refused === undefined) this.pipe.wantWrite();
    return refused;
  }
}
