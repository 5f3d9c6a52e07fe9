/**
 * One connection: frames in, replies and events out, in the order in which they came about.
 *
 * Everything is done at once when a frame arrives, so replies are in request order by themselves, and an event is
 * written before any reply that reflects its change. Output is collected in one writer until the pipe asks for it; once
 * there is more than a little of it, further requests wait.
 */

import { FrameSplitter } from '../wire/frames.js';
import { ProtocolError } from '../errors/client-errors.js';
import { type Address, type Pipe, type PipeHandlers } from '../transport/transport.js';
import { operationName } from '../wire/operations.js';
import { type Acl, connectRequestCodec } from '../wire/records.js';
import { perms } from './acl.js';
import { type Id } from './auth-provider.js';
import { type ConnectionView } from './admin-view.js';
import { type ConnectionHost } from './connection-host.js';
import { type Peer } from './exchange.js';
import { answerWord } from './four-letter-words.js';
import { GreetingReader } from './greeting.js';
import { type AnyHandler, handlers } from './handlers.js';
import { shakeHands } from './handshake.js';
import { HeldFrames } from './held-frames.js';
import { Meter } from './meter.js';
import { Outbox } from './outbox.js';
import { type Outcome, Refusal, refusals } from './refusal.js';
import { type ReplyHead, writeNotice, writeReply, writeWelcome } from './replies.js';
import { isLoggedIn, noSasl, SaslDialogue, type SaslStep } from './sasl.js';
import { type ServerSession, type SessionConnection } from './sessions.js';
import { type WatchNotice } from './watch-table.js';

const headerBytes = 8;
const encoder = new TextEncoder();

export class Connection
  implements Peer, SessionConnection, ConnectionView, Omit<PipeHandlers, 'onOpen'>
{
  identities: readonly Id[];
  readonly remoteHost: string;
  readonly openedAtMs: number;
  readonly meter: Meter;
  private readonly frames: FrameSplitter;
  private readonly outbox: Outbox;
  private current: ServerSession | undefined;
  private closed = false;
  /** There until four bytes have come. */
  private greeting: GreetingReader | undefined = new GreetingReader();
  private sasl: Pick<SaslDialogue, 'step'> | undefined;
  private readonly held = new HeldFrames(this);

  constructor(
    private readonly host: ConnectionHost<Connection>,
    private readonly pipe: Pipe,
    readonly remote: Address,
  ) {
    this.openedAtMs = host.machine.now;
    this.outbox = new Outbox(host.writers, pipe);
    this.meter = new Meter(host.admin.traffic, this.openedAtMs);
    // A socket that speaks both IP versions shows an IPv4 peer in this form.
    this.remoteHost = remote.host.replace(/^::ffff:(?=\d+\.)/i, '');
    this.identities = [{ scheme: 'ip', id: this.remoteHost }];
    this.frames = new FrameSplitter(host.maxFrameBytes, (bytes, from, to) => {
      this.held.take(bytes, from, to);
      return !this.closed;
    });
  }

  get session(): ServerSession {
    if (this.current === undefined) throw new ProtocolError('a request before the handshake');
    return this.current;
  }

  get sessionOrNone(): ServerSession | undefined {
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

  endSession(): void {
    const { machine, readOnlyMode } = this.host;
    (readOnlyMode ?? machine).endSession(this.session);
  }

  saslStep(token: Uint8Array | null): Outcome<SaslStep> {
    const { saslUsers, nonce } = this.host;
    this.sasl ??= saslUsers === undefined ? noSasl : new SaslDialogue(saslUsers, nonce());
    const step = this.sasl.step(token);
    if (!(step instanceof Refusal) && step.proven !== undefined) this.addIdentities([step.proven]);
    return step;
  }

  mayRead(acl: readonly Acl[]): boolean {
    return this.host.machine.rules.access.permits(acl, perms.read, this.identities);
  }

  notify(notice: WatchNotice): void {
    const { noticesCarryZxid } = this.host.machine.rules.version;
    writeNotice(this.outbox.open(), noticesCarryZxid ? notice : { ...notice, zxid: -1n });
    this.meter.noticed();
  }

  onData(chunk: Uint8Array): void {
    if (this.closed) return;
    this.meter.arrived(chunk.length, this.host.machine.now);
    this.guard(() => {
      if (this.greeting === undefined) this.frames.push(chunk);
      else this.greet(chunk, this.greeting);
    });
  }

  onFlush(): Uint8Array {
    const bytes = this.outbox.take();
    if (bytes.length > 0) this.meter.left(this.host.machine.now);
    this.guard(this.held.goOn);
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

  private greet(chunk: Uint8Array, reader: GreetingReader): void {
    const greeting = reader.take(chunk);
    if (greeting === undefined) return;
    this.greeting = undefined;
    if (greeting.kind === 'frames') {
      this.frames.push(greeting.bytes);
      return;
    }
    const { admin, words: whitelist } = this.host;
    this.meter.received();
    const answer = answerWord(admin, greeting.word, { argument: greeting.argument, whitelist });
    this.outbox.open().raw(encoder.encode(answer));
    this.meter.answered();
    this.close();
  }

  /** What cannot be read as a frame, or as a header, ends the connection without a word. */
  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close();
    }
  }

  saysEnough(): boolean {
    return this.closed || this.outbox.isFull;
  }

  answer(bytes: Uint8Array, from: number, to: number): void {
    this.host.reader.reset(bytes, from, to);
    this.meter.received();
    if (this.current === undefined) this.shakeHands();
    else if (to - from < headerBytes) this.close();
    else this.takeRequest(this.current);
  }

  private shakeHands(): void {
    const request = connectRequestCodec.read(this.host.reader);
    const { machine, readOnlyMode } = this.host;
    const handshake =
      readOnlyMode === undefined
        ? shakeHands(machine, request, { connection: this })
        : readOnlyMode.shakeHands(request, this);
    if (handshake !== undefined) {
      writeWelcome(this.outbox.open(), handshake.response);
      this.meter.answered();
      this.current = handshake.session;
      this.host.greeted(this);
    }
    if (this.current === undefined) this.close();
  }

  private takeRequest(session: ServerSession): void {
    const { machine, readOnlyMode } = this.host;
    (readOnlyMode ?? machine.sessions).touch(session);
    const xid = this.host.reader.int();
    const opcode = this.host.reader.int();
    const name = operationName(opcode);
    if (name !== undefined) this.host.count(name);
    const handler = handlers.get(opcode);
    if (handler === undefined || !machine.rules.version.atLeast(handler.operation.since)) {
      if (machine.rules.version.dropsUnknown) return;
      this.reply({ xid, zxid: -1n, handler: undefined }, refusals.unknownOpcode);
      this.close();
      return;
    }
    if (this.host.requireSasl && handler.style.outOfBand !== true && !isLoggedIn(this.identities)) {
      this.reply({ xid, zxid: 0n, handler: undefined }, refusals.requiresSasl);
      this.close();
      return;
    }
    const refusal = readOnlyMode?.refusal(handler, session);
    if (refusal !== undefined) {
      this.reply({ xid, zxid: machine.lastZxid, handler: undefined }, refusal);
      return;
    }
    const outcome = this.run(handler);
    const zxid = handler.style.outOfBand === true ? 0n : machine.lastZxid;
    this.meter.remember(opcode, xid, zxid);
    if (outcome === refusals.authFailed) this.host.authFailed();
    this.reply({ xid: handler.style.xid ?? xid, zxid, handler }, outcome);
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
      if (operation.kind === 'write' && style.readFirst !== true) machine.burnZxid();
      return refusals.marshalling;
    }
    return run({ machine, peer: this }, request);
  }

  private reply(head: ReplyHead, outcome: Outcome<unknown>): void {
    writeReply(this.outbox.open(), head, outcome);
    this.meter.answered();
  }
}
