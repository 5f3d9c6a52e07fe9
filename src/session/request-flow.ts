/**
 * Requests from `submit` to their answer: those that wait for a connection and those that were sent and wait for a reply.
 *
 * Replies come in the order of the requests, so both are queues. When a connection is lost, reads go back to the front of
 * the waiting ones and are sent again; a write that was sent errs with `outcome: 'unknown'`, because nobody can know
 * whether the server carried it out; what belonged to the connection is dropped.
 */

import { type ZooKeeperError } from '../errors/base.js';
import { errorCodes } from '../errors/codes.js';
import { LimitExceededError, ProtocolError } from '../errors/client-errors.js';
import { type JuteReader } from '../wire/reader.js';
import { type AnyCall } from './call.js';
import { type CallEnd } from './call-end.js';
import { isUnknownOperation, type ServerMemory } from './capabilities.js';
import { type Connection } from './connection.js';
import { ConnectionWaits, waitedInVain } from './connection-waits.js';
import { noteWatch, type Refusal, type ReplyObserver } from './flow-owner.js';
import { type RequestFlowSettings } from './flow-owner.js';
import {
  frameLimitOf,
  lossOf,
  mayGoOn,
  Suspicion,
  timeoutOf,
  tooLargeReply,
} from './lost-calls.js';
import { replyError, unreadableReply } from './reply-error.js';
import { RequestSizes } from './request-size.js';
import { RequestTimeouts } from './request-timeouts.js';
import { Ring } from './ring.js';
import { sentWith, takeDropped, takeDroppedBefore } from './sent-calls.js';

export class RequestFlow {
  /** Zxid of the newest reply. */
  lastZxid = 0n;
  private readonly sent = new Ring<AnyCall>();
  private readonly waiting: ConnectionWaits;
  private readonly timeouts: RequestTimeouts;
  private readonly sizes: RequestSizes;
  private readonly replyTooLarge = new Suspicion();
  private connection: Connection | undefined;
  /** What is known of the server that there is a connection to, or was one last. */
  private server: ServerMemory | undefined;
  private refusal: Refusal | undefined;
  private drained: (() => void) | undefined;

  constructor(
    private readonly settings: RequestFlowSettings,
    private readonly observer: ReplyObserver,
  ) {
    this.sizes = new RequestSizes(settings.maxRequestBytes);
    this.timeouts = new RequestTimeouts(settings.scheduler, settings.clock, {
      forEachCall: (look) => {
        this.sent.forEach(look);
        this.waiting.forEach(look);
      },
      onOverdue: (calls) => {
        this.expire(calls);
      },
    });
    this.waiting = new ConnectionWaits(settings.scheduler, settings.clock, (call) => {
      this.settle(call, waitedInVain(call));
    });
  }

  submit(call: AnyCall): void {
    const refused = this.refusal?.(call.context) ?? this.overLimit(call);
    if (refused !== undefined) {
      this.end(call, refused);
      call.fail(refused);
      return;
    }
    const { connection } = this;
    if (call.timeoutMs !== Infinity) {
      this.timeouts.start(call, (connection?.now() ?? this.settings.clock()).monotonicMs);
    }
    if (connection === undefined) this.waiting.begin(call);
    else this.transmit(call, connection);
  }

  /** Its answer is not wanted any more. */
  cancel(call: AnyCall): void {
    if (call.settled) return;
    this.end(call, 'cancelled');
    this.leave(call);
  }

  /** Ready to send: `first` goes out, then everything that waits, and what is submitted from now on goes out at once. */
  attach(connection: Connection, first: readonly AnyCall[]): void {
    this.connection = connection;
    this.server = this.settings.capabilities.of(connection.address);
    connection.onPong = (sentAt) => {
      this.settleDropped(takeDroppedBefore(this.sent, sentAt));
    };
    this.sizes.clear();
    const waited = this.waiting.takeAll();
    for (const call of first) this.transmit(call, connection);
    for (const call of waited) {
      if (!call.settled) this.transmit(call, connection);
    }
  }

  /** Sends nothing more on this connection; calls back when everything sent is answered, unless it is gone before. */
  drain(done: () => void): void {
    this.connection = undefined;
    if (this.sent.length === 0) done();
    else this.drained = done;
  }

  /** The connection is gone. Returns what must be told to the callers, to be called when all else is in order. */
  detach(cause?: Error): () => void {
    this.connection = undefined;
    this.drained = undefined;
    const tooLarge = frameLimitOf(cause);
    const culprit = this.replyTooLarge.blame(tooLarge && this.sent.peek());
    const later = this.waiting.drain();
    const dead: AnyCall[] = [];
    for (const call of [...this.sent.drain(), ...later]) {
      if (call.settled) continue;
      if (call !== culprit && mayGoOn(call)) {
        call.sentAt = undefined;
        this.waiting.begin(call);
      } else dead.push(call);
    }
    return () => {
      for (const call of dead) {
        this.settle(call, call === culprit ? tooLargeReply(call, tooLarge) : lossOf(call));
      }
    };
  }

  /** A reply came. Throws {@link ProtocolError} if it does not belong to the request whose turn it is. */
  onReply(xid: number, zxid: bigint, error: number, reader: JuteReader): void {
    if (isUnknownOperation(error, zxid)) {
      this.onUnknownOperation(sentWith(this.sent, xid));
      return;
    }
    if (this.sent.peek()?.xid !== xid) this.settleDropped(takeDropped(this.sent, xid));
    const call = this.sent.shift();
    if (call === undefined) return;
    if (call.sentAt !== undefined) this.observer.onAcknowledged(call.sentAt);
    if (zxid > this.lastZxid) this.lastZxid = zxid;
    noteWatch(call, error, this.observer);
    if (error !== 0) this.settle(call, replyError(error, call));
    else if (!call.settled) this.answer(call, zxid, reader);
    if (this.sent.length === 0) this.drained?.();
  }

  /**
   * A server has answered that it is not the session's any more: it did not carry this call out, and will do nothing of what
   * was sent behind it. A read stays first in line for the next connection; anything else errs.
   */
  onMoved(xid: number): void {
    const call = this.sent.peek();
    if (call?.xid !== xid) throw new ProtocolError(`reply with xid ${String(xid)} out of turn`);
    if (call.operation.kind === 'read') return;
    this.sent.shift();
    this.settle(call, replyError(errorCodes.SessionMoved, call));
  }

  /** Sends it on this connection, whatever is refused to others. */
  transmit(call: AnyCall, connection: Connection): void {
    const refused =
      this.server?.refuses(call) ?? connection.send(call, this.observer.requestOf(call));
    if (refused === undefined) this.sent.push(call);
    else this.settle(call, refused);
  }

  /** Stops taking requests: every one from now on fails with the error made by `refusal`. */
  refuse(refusal: Refusal): void {
    this.refusal = refusal;
  }

  /** Fails what has not been sent, or everything. */
  failAll(which: 'waiting' | 'all', reason: Refusal): void {
    const sent = which === 'all' ? this.sent.drain() : [];
    if (which === 'all') this.timeouts.clear();
    for (const call of [...sent, ...this.waiting.takeAll()])
      this.settle(call, reason(call.context));
  }

  /** The server hangs up now. That is not waited for, because what is sent until then would be lost. */
  private onUnknownOperation(call: AnyCall): void {
    const { connection, server } = this;
    if (server === undefined) return;
    if (call.sentAt !== undefined) this.observer.onAcknowledged(call.sentAt);
    const error = server.learn(call);
    const isWanted = !call.settled;
    if (isWanted) this.end(call, error);
    connection?.fail(error);
    if (isWanted) call.fail(error);
  }

  /** A server of before 3.4.6 did not answer these. */
  private settleDropped(dropped: readonly AnyCall[]): void {
    const { server } = this;
    if (server !== undefined) for (const call of dropped) this.settle(call, server.learn(call));
  }

  private answer(call: AnyCall, zxid: bigint, reader: JuteReader): void {
    let response: unknown;
    try {
      response = call.operation.response.read(reader);
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      // The frame was whole, so only this reply is unreadable, not the stream.
      this.settle(call, unreadableReply(call, cause));
      return;
    }
    this.end(call, undefined);
    call.reply(response, zxid);
  }

  private settle(call: AnyCall, error: ZooKeeperError): void {
    if (call.settled) return;
    this.end(call, error);
    this.leave(call);
    call.fail(error);
  }

  /** Settled before its turn, if it waits. What was sent keeps its place: its reply will come. */
  private leave(call: AnyCall): void {
    if (this.connection === undefined && call.sentAt === undefined) this.waiting.leave(call);
  }

  private end(call: AnyCall, end: CallEnd): void {
    call.settled = true;
    this.settings.onCallEnd?.(call, end, this.server?.server);
  }

  /** With a connection the size is looked at when the call is written, which is at once. */
  private overLimit(call: AnyCall): ZooKeeperError | undefined {
    const { maxPendingRequests: limit } = this.settings;
    const actual = this.waiting.size + this.sent.length;
    if (actual >= limit) {
      return new LimitExceededError('pending requests', { limit, actual }, call.context);
    }
    return this.connection === undefined ? this.sizes.problemOf(call) : undefined;
  }

  private expire(calls: readonly AnyCall[]): void {
    const cause = this.connection === undefined ? this.settings.link.cause : undefined;
    for (const call of calls) this.settle(call, timeoutOf(call, cause));
  }
}
