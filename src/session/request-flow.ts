/**
 * Requests from `submit` to their answer: those that wait for a connection and those that were sent and wait for a reply.
 *
 * Replies come in the order of the requests, so both are queues. When a connection is lost, reads go back to the front of
 * the waiting ones and are sent again; a write that was sent errs with `outcome: 'unknown'`, because nobody can know
 * whether the server carried it out; what belonged to the connection is dropped.
 */

import { type ZooKeeperError } from '../errors/base.js';
import { errorCodes } from '../errors/codes.js';
import {
  ConnectionLossError,
  LimitExceededError,
  ProtocolError,
  TimeoutError,
} from '../errors/client-errors.js';
import { serverError } from '../errors/server-error.js';
import { Alarm } from '../rx/alarm.js';
import { type JuteReader } from '../wire/reader.js';
import { type AnyCall } from './call.js';
import { type Connection } from './connection.js';
import { ConnectionWaits, waitedInVain } from './connection-waits.js';
import { type Refusal, type ReplyObserver, type RequestFlowSettings } from './flow-owner.js';
import { Ring } from './ring.js';

export class RequestFlow {
  /** Zxid of the newest reply. */
  lastZxid = 0n;
  private readonly waiting = new Ring<AnyCall>();
  private readonly sent = new Ring<AnyCall>();
  private readonly waits: ConnectionWaits;
  private readonly timeouts: Alarm;
  private timeoutsAtMs = Infinity;
  private connection: Connection | undefined;
  private refusal: Refusal | undefined;
  private drained: (() => void) | undefined;

  constructor(
    private readonly settings: RequestFlowSettings,
    private readonly observer: ReplyObserver,
  ) {
    this.timeouts = new Alarm(settings.scheduler, () => {
      this.expireOverdue();
    });
    this.waits = new ConnectionWaits(settings.scheduler, settings.clock, (call) => {
      this.settle(call, waitedInVain(call));
    });
  }

  submit(call: AnyCall): void {
    if (this.refusal !== undefined) {
      this.settle(call, this.refusal(call.context));
      return;
    }
    if (!this.hasRoom()) {
      const bound = {
        limit: this.settings.maxPendingRequests,
        actual: this.waiting.length + this.sent.length,
      };
      this.settle(call, new LimitExceededError('pending requests', bound, call.context));
      return;
    }
    if (call.timeoutMs !== Infinity) this.startTimeout(call);
    if (this.connection === undefined) this.wait(call);
    else this.transmit(call, this.connection);
  }

  /** Ready to send: `first` goes out, then everything that waits, and what is submitted from now on goes out at once. */
  attach(connection: Connection, first: readonly AnyCall[]): void {
    this.connection = connection;
    this.waits.endAll();
    for (const call of first) this.transmit(call, connection);
    for (const call of this.waiting.drain()) {
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
  detach(): () => void {
    this.connection = undefined;
    this.drained = undefined;
    const later = this.waiting.drain();
    const dead: AnyCall[] = [];
    for (const call of [...this.sent.drain(), ...later]) {
      if (call.settled) continue;
      const keep =
        call.operation.kind === 'read' ||
        (call.operation.kind === 'write' && call.sentAt === undefined);
      if (keep) {
        call.sentAt = undefined;
        this.wait(call);
      } else dead.push(call);
    }
    return () => {
      for (const call of dead) {
        const outcome = call.sentAt === undefined ? 'not-sent' : 'unknown';
        this.settle(call, new ConnectionLossError(outcome, call.context));
      }
    };
  }

  /** A reply came. Throws {@link ProtocolError} if it does not belong to the request whose turn it is. */
  onReply(xid: number, zxid: bigint, error: number, reader: JuteReader): void {
    const call = this.expect(xid);
    this.sent.shift();
    if (call.sentAt !== undefined) this.observer.onAcknowledged(call.sentAt);
    if (zxid > this.lastZxid) this.lastZxid = zxid;
    this.noteWatch(call, error);
    if (error !== 0) this.settle(call, serverError(error, call.context));
    else if (!call.settled) this.answer(call, zxid, reader);
    if (this.sent.length === 0) this.drained?.();
  }

  /**
   * A server has answered that it is not the session's any more: it did not carry this call out, and will do nothing of what
   * was sent behind it. A read stays first in line for the next connection; anything else errs.
   */
  onMoved(xid: number): void {
    const call = this.expect(xid);
    if (call.operation.kind === 'read') return;
    this.sent.shift();
    this.settle(call, serverError(errorCodes.SessionMoved, call.context));
  }

  /** Stops taking requests: every one from now on fails with the error made by `refusal`. */
  refuse(refusal: Refusal): void {
    this.refusal = refusal;
  }

  /** Sends a last call on this connection, whatever is refused. */
  sendLast(call: AnyCall, connection: Connection): void {
    this.transmit(call, connection);
  }

  /** Fails what has not been sent, or everything. */
  failAll(which: 'waiting' | 'all', reason: Refusal): void {
    const calls =
      which === 'all' ? [...this.sent.drain(), ...this.waiting.drain()] : this.waiting.drain();
    if (which === 'all') this.timeouts.clear();
    this.waits.endAll();
    for (const call of calls) this.settle(call, reason(call.context));
  }

  private expect(xid: number): AnyCall {
    const call = this.sent.peek();
    if (call === undefined) throw new ProtocolError(`reply with xid ${String(xid)} to no request`);
    if (call.xid === xid) return call;
    throw new ProtocolError(`reply with xid ${String(xid)} where ${String(call.xid)} is due`);
  }

  private wait(call: AnyCall): void {
    this.waiting.push(call);
    this.waits.begin(call);
  }

  private transmit(call: AnyCall, connection: Connection): void {
    const refused = connection.send(call, this.observer.requestOf(call));
    if (refused === undefined) this.sent.push(call);
    else this.settle(call, refused);
  }

  private answer(call: AnyCall, zxid: bigint, reader: JuteReader): void {
    let response: unknown;
    try {
      response = call.operation.response.read(reader);
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      // The frame was whole, so only this reply is unreadable, not the stream.
      this.settle(
        call,
        new ProtocolError(`unreadable reply, ${cause.message}`, { ...call.context, cause }),
      );
      return;
    }
    call.settled = true;
    call.reply(response, zxid);
  }

  private settle(call: AnyCall, error: ZooKeeperError): void {
    if (call.settled) return;
    call.settled = true;
    call.fail(error);
  }

  private noteWatch(call: AnyCall, error: number): void {
    // Only reads with a path have this field.
    const request = call.request as { readonly watch?: boolean } | undefined;
    if (request?.watch !== true) return;
    if (error === 0) this.observer.onWatchLeft(call, false);
    else if (error === errorCodes.NoNode) this.observer.onWatchLeft(call, true);
  }

  private hasRoom(): boolean {
    const { maxPendingRequests } = this.settings;
    if (this.waiting.length + this.sent.length < maxPendingRequests) return true;
    // Calls that were cancelled or timed out while they waited still take up room.
    for (const call of this.waiting.drain()) if (!call.settled) this.waiting.push(call);
    return this.waiting.length + this.sent.length < maxPendingRequests;
  }

  private startTimeout(call: AnyCall): void {
    const now = (this.connection?.now() ?? this.settings.clock()).monotonicMs;
    call.deadlineMs = now + call.timeoutMs;
    if (this.timeouts.isSet && this.timeoutsAtMs <= call.deadlineMs) return;
    this.timeoutsAtMs = call.deadlineMs;
    this.timeouts.set(call.timeoutMs);
  }

  /** Errs what is overdue and sets the alarm for what is due next: one timer for all, one look at each in its lifetime. */
  private expireOverdue(): void {
    const now = this.settings.clock().monotonicMs;
    const overdue: AnyCall[] = [];
    let next = Infinity;
    const look = (call: AnyCall): void => {
      if (call.settled) return;
      if (call.deadlineMs <= now) overdue.push(call);
      else next = Math.min(next, call.deadlineMs);
    };
    this.sent.forEach(look);
    this.waiting.forEach(look);
    this.timeoutsAtMs = next;
    this.timeouts.set(next - now);
    const cause = this.connection === undefined ? this.settings.link.cause : undefined;
    for (const call of overdue) {
      const outcome = call.sentAt === undefined ? 'not-sent' : 'unknown';
      this.settle(call, new TimeoutError(call.timeoutMs, outcome, { ...call.context, cause }));
    }
  }
}
