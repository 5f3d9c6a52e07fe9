/**
 * One-shot requests: what is the same for all of them.
 *
 * `OneShot` is the cold Observable of one request of a `RequestKind`, `Attempt` one subscription to it. All three are on the path of every
 * request, so there is no operator chain, and no closure for each request: one function subscribes all one-shots, and the
 * attempt itself is the answer of its call, the teardown of its subscription and the listener of its signal.
 */

import { type Observable, type Subscriber, type TeardownLogic, type Unsubscribable } from 'rxjs';
import { ZooKeeperError } from '../errors/base.js';
import { SessionClosedError, UsageError } from '../errors/client-errors.js';
import { type Answer, Call } from '../session/call.js';
import { type Session } from '../session/session.js';
import { Awaitable } from './awaitable.js';
import { type Answered, type RequestKind, type Shot } from './request-kind.js';
import { checkRequestOptions } from './request-options.js';

/** A request of one kind, not sent before it is subscribed to or awaited. */
export class OneShot<Input, Request, Response, Value> extends Awaitable<Value> {
  constructor(
    readonly kind: RequestKind<Input, Request, Response, Value>,
    readonly shot: Shot<Input>,
  ) {
    super(sendOneShot);
  }
}

function sendOneShot<Value>(this: Observable<Value>, subscriber: Subscriber<Value>): TeardownLogic {
  // Only one-shots are made with this function.
  const { kind, shot } = this as unknown as OneShot<unknown, unknown, unknown, Value>;
  const attempt = new Attempt(kind, shot, subscriber);
  return attempt.start() ? attempt : undefined;
}

/** One subscription to a one-shot. */
class Attempt<Input, Request, Response, Value>
  implements Answer<Response>, Answered<Input>, Unsubscribable
{
  zxid = 0n;
  private session: Session | undefined;
  private call: Call<Request, Response> | undefined;

  constructor(
    private readonly kind: RequestKind<Input, Request, Response, Value>,
    readonly shot: Shot<Input>,
    private readonly subscriber: Subscriber<Value>,
  ) {}

  /** Sends the request. `false` = there was nothing to send, and the subscriber has been told why. */
  start(): boolean {
    const { kind, shot } = this;
    const context = { operation: kind.name, path: shot.path };
    let request: Request;
    try {
      if (shot.options !== undefined) checkRequestOptions(kind, shot);
      request = kind.encode(shot);
    } catch (error) {
      this.subscriber.error(inContext(error, context));
      return false;
    }
    const signal = shot.options?.signal;
    if (signal?.aborted === true) {
      this.subscriber.error(signal.reason);
      return false;
    }
    const session = shot.host.retain();
    if (session === undefined) {
      this.subscriber.error(new SessionClosedError(context));
      return false;
    }
    signal?.addEventListener('abort', this);
    const timeoutMs = shot.options?.timeoutMs ?? shot.host.requestTimeoutMs;
    this.session = session;
    this.call = new Call(kind.operation, request, context, this, timeoutMs);
    session.submit(this.call);
    return true;
  }

  reply(response: Response, zxid: bigint): void {
    this.zxid = zxid;
    let value: Value;
    try {
      value = this.kind.decode(response, this);
    } catch (error) {
      this.subscriber.error(error);
      return;
    }
    this.subscriber.next(value);
    this.subscriber.complete();
  }

  fail(error: ZooKeeperError): void {
    if (this.kind.recover === undefined) {
      this.subscriber.error(error);
      return;
    }
    let value: Value;
    try {
      value = this.kind.recover(error);
    } catch (unrecovered) {
      this.subscriber.error(unrecovered);
      return;
    }
    this.subscriber.next(value);
    this.subscriber.complete();
  }

  /** The end of the subscription, however it came to end. */
  unsubscribe(): void {
    const { session, call } = this;
    if (session === undefined || call === undefined) return;
    this.session = undefined;
    if (!call.settled) session.cancel(call);
    this.shot.options?.signal?.removeEventListener('abort', this);
    this.shot.host.release();
  }

  /** The signal was aborted. */
  handleEvent(): void {
    this.subscriber.error(this.shot.options?.signal?.reason);
  }
}

/** The errors of checks know what is wrong, and this where; anything else thrown by a check is a misuse, too. */
function inContext(
  error: unknown,
  context: { operation: string; path: string | undefined },
): Error {
  if (error instanceof ZooKeeperError) return error;
  return new UsageError(`Unusable arguments (${String(error)})`, { ...context, cause: error });
}
