/**
 * One-shot requests: what is the same for all of them.
 *
 * `OneShot` is the cold Observable of one request of a `RequestKind`, `Attempt` one subscription to it. All three are on the path of every
 * request, so there is no operator chain, and no closure for each request: one function subscribes all one-shots, and the
 * attempt is the session's call, the teardown of its subscription and the listener of its signal in one object.
 */

import { type Observable, type Subscriber, type TeardownLogic, type Unsubscribable } from 'rxjs';
import { ZooKeeperError } from '../errors/base.js';
import { SessionClosedError, UsageError } from '../errors/client-errors.js';
import { Call, type CallContext } from '../session/call.js';
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
  return start(kind, shot, subscriber);
}

/** Sends a request. `undefined` = there was nothing to send, and the subscriber has been told why. */
function start<Input, Request, Response, Value>(
  kind: RequestKind<Input, Request, Response, Value>,
  shot: Shot<Input>,
  subscriber: Subscriber<Value>,
): TeardownLogic {
  const { host, options } = shot;
  let request: Request;
  try {
    if (options !== undefined) checkRequestOptions(kind, shot);
    request = kind.encode(shot);
  } catch (error) {
    subscriber.error(inContext(error, { operation: kind.name, path: shot.path }));
    return undefined;
  }
  if (options?.signal?.aborted === true) {
    subscriber.error(options.signal.reason);
    return undefined;
  }
  const session = host.retain();
  if (session === undefined) {
    subscriber.error(new SessionClosedError({ operation: kind.name, path: shot.path }));
    return undefined;
  }
  const attempt = new Attempt(request, { kind, shot, subscriber, session });
  options?.signal?.addEventListener('abort', attempt);
  session.submit(attempt);
  return attempt;
}

/** What an attempt needs besides its request. */
interface Started<Input, Request, Response, Value> {
  readonly kind: RequestKind<Input, Request, Response, Value>;
  readonly shot: Shot<Input>;
  readonly subscriber: Subscriber<Value>;
  readonly session: Session;
}

/** One subscription to a one-shot. */
class Attempt<Input, Request, Response, Value>
  extends Call<Request, Response>
  implements Answered<Input>, Unsubscribable
{
  zxid = 0n;
  readonly shot: Shot<Input>;
  private readonly kind: RequestKind<Input, Request, Response, Value>;
  private readonly subscriber: Subscriber<Value>;
  /** Held until the subscription ends. */
  private session: Session | undefined;

  constructor(request: Request, started: Started<Input, Request, Response, Value>) {
    const { kind, shot } = started;
    super(kind.operation, request, shot.options?.timeoutMs ?? shot.host.requestTimeoutMs);
    this.kind = kind;
    this.shot = shot;
    this.subscriber = started.subscriber;
    this.session = started.session;
  }

  override get context(): CallContext {
    return { operation: this.kind.name, path: this.shot.path };
  }

  override reply(response: Response, zxid: bigint): void {
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

  override fail(error: ZooKeeperError): void {
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
    const { session, shot } = this;
    if (session === undefined) return;
    this.session = undefined;
    if (!this.settled) session.cancel(this);
    shot.options?.signal?.removeEventListener('abort', this);
    shot.host.release();
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
