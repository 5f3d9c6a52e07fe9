/**
 * One connection: frames in, replies and events out, in the order in which they came about.
 *
 * Everything is done at once when a frame arrives, so replies are in request order by themselves, and an event is
 * written before any reply that reflects its change. Output is collected in one writer until the pipe asks for it.
 */

import { FrameSplitter } from '../wire/frames.js';
import { ProtocolError } from '../errors/client-errors.js';
import { type Address, type Pipe, type PipeHandlers } from '../transport/transport.js';
import { type OperationName, operationName } from '../wire/operations.js';
import { type JuteReader } from '../wire/reader.js';
import { type Acl, connectRequestCodec, connectResponseCodec, xids } from '../wire/records.js';
import { type JuteWriter } from '../wire/writer.js';
import { perms } from './acl.js';
import { type Id } from './auth-provider.js';
import { type Peer } from './exchange.js';
import { type AnyHandler, handlers } from './handlers.js';
import { shakeHands } from './handshake.js';
import { type Machine } from './machine.js';
import { type Outcome, Refusal, refusals } from './refusal.js';
import { type ServerSession, type SessionConnection } from './sessions.js';
import { type WatchNotice } from './watch-table.js';
import { type WriterPool } from './writer-pool.js';

/** What a connection shares with the others of its server. */
export interface ConnectionHost {
  readonly machine: Machine;
  readonly maxFrameBytes: number;
  readonly writers: WriterPool;
  /** One for all: a frame is dealt with before the next is looked at, and a reader holds on to its last chunk. */
  readonly reader: JuteReader;
  /** Called for each request that is read. */
  count(operation: OperationName): void;
  /** The connection is closed; called once. */
  forget(connection: Connection): void;
}

const headerBytes = 8;
const syncConnected = 3;
const noBytes = new Uint8Array(0);

export class Connection implements Peer, SessionConnection, Omit<PipeHandlers, 'onOpen'> {
  identities: readonly Id[];
  readonly remoteHost: string;
  private readonly frames: FrameSplitter;
  private writer: JuteWriter | undefined;
  private current: ServerSession | undefined;
  private closed = false;

  constructor(
    private readonly host: ConnectionHost,
    private readonly pipe: Pipe,
    remote: Address,
  ) {
    // A socket that speaks both IP versions shows an IPv4 peer in this form.
    this.remoteHost = remote.host.replace(/^::ffff:(?=\d+\.)/i, '');
    this.identities = [{ scheme: 'ip', id: this.remoteHost }];
    this.frames = new FrameSplitter(host.maxFrameBytes, (bytes, from, to) => {
      this.takeFrame(bytes, from, to);
      return !this.closed;
    });
  }

  get session(): ServerSession {
    if (this.current === undefined) throw new ProtocolError('a request before the handshake');
    return this.current;
  }

  get sessionId(): bigint {
    return this.session.id;
  }

  addIdentities(added: readonly Id[]): void {
    const isNew = (one: Id): boolean =>
      !this.identities.some(({ scheme, id }) => scheme === one.scheme && id === one.id);
    this.identities = [...this.identities, ...added.filter(isNew)];
  }

  mayRead(acl: readonly Acl[]): boolean {
    return this.host.machine.rules.access.permits(acl, perms.read, this.identities);
  }

  notify({ type, path, zxid }: WatchNotice): void {
    const writer = this.output();
    const mark = writer.beginFrame();
    writer.int(xids.notification);
    writer.long(this.host.machine.rules.version.noticesCarryZxid ? zxid : -1n);
    writer.int(0);
    writer.int(type);
    writer.int(syncConnected);
    writer.string(path);
    writer.endFrame(mark);
  }

  onData(chunk: Uint8Array): void {
    if (this.closed) return;
    try {
      this.frames.push(chunk);
    } catch (error) {
      // What cannot be read as a frame, or as a header, ends the connection without a word.
      if (!(error instanceof ProtocolError)) throw error;
      this.close();
    }
  }

  onFlush(): Uint8Array {
    const { writer } = this;
    if (writer === undefined) return noBytes;
    this.writer = undefined;
    const bytes = writer.take();
    this.host.writers.giveBack(writer);
    return bytes;
  }

  onClose(): void {
    this.letGo();
  }

  close(): void {
    if (this.closed) return;
    this.letGo();
    this.pipe.close();
  }

  private letGo(): void {
    if (this.closed) return;
    this.closed = true;
    this.host.machine.watches.drop(this);
    if (this.current?.connection === this) this.current.connection = undefined;
    this.host.forget(this);
  }

  private takeFrame(bytes: Uint8Array, from: number, to: number): void {
    this.host.reader.reset(bytes, from, to);
    if (this.current === undefined) this.shakeHands();
    else if (to - from < headerBytes) this.close();
    else this.takeRequest(this.current);
  }

  private shakeHands(): void {
    const request = connectRequestCodec.read(this.host.reader);
    const handshake = shakeHands(this.host.machine, request, { connection: this });
    if (handshake !== undefined) {
      const writer = this.output();
      const mark = writer.beginFrame();
      connectResponseCodec.write(writer, handshake.response);
      writer.endFrame(mark);
      this.current = handshake.session;
    }
    if (this.current === undefined) this.close();
  }

  private takeRequest(session: ServerSession): void {
    const { machine } = this.host;
    machine.sessions.touch(session);
    const xid = this.host.reader.int();
    const opcode = this.host.reader.int();
    const name = operationName(opcode);
    if (name !== undefined) this.host.count(name);
    const handler = handlers.get(opcode);
    if (handler === undefined || !machine.rules.version.atLeast(handler.operation.since)) {
      this.writeReply(xid, -1n, refusals.unknownOpcode);
      this.close();
      return;
    }
    const outcome = this.run(handler);
    const zxid = handler.style.outOfBand === true ? 0n : machine.lastZxid;
    this.writeReply(handler.style.xid ?? xid, zxid, outcome, handler);
    if (handler.style.closes === true || (outcome instanceof Refusal && outcome.closes))
      this.close();
  }

  private run({ operation, run, style }: AnyHandler): Outcome<unknown> {
    const { machine } = this.host;
    let request: unknown;
    try {
      request = operation.request.read(this.host.reader);
    } catch (error) {
      if (!(error instanceof ProtocolError) || style.outOfBand === true) throw error;
      // A write that cannot be read is an attempt to write all the same (measured).
      if (operation.kind === 'write') machine.burnZxid();
      return refusals.marshalling;
    }
    return run({ machine, peer: this }, request);
  }

  private writeReply(
    xid: number,
    zxid: bigint,
    outcome: Outcome<unknown>,
    handler?: AnyHandler,
  ): void {
    const writer = this.output();
    const mark = writer.beginFrame();
    writer.int(xid);
    writer.long(zxid);
    writer.int(outcome instanceof Refusal ? outcome.code : 0);
    if (!(outcome instanceof Refusal)) handler?.operation.response.write(writer, outcome);
    writer.endFrame(mark);
  }

  private output(): JuteWriter {
    if (this.writer === undefined) {
      this.writer = this.host.writers.borrow();
      this.pipe.wantWrite();
    }
    return this.writer;
  }
}
