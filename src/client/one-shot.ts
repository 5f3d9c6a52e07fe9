/**
 * One-shot requests: what is the same for all of them.
 *
 * `OneShot` is the cold Observable of one request of a `RequestKind`, `Attempt` one subscription to it. Both are on the path
 * of every request, and what a request costs is mostly how many bytes wait for its answer. So there is no operator chain
 * and no closure: the attempt is the subscription, the session's call, and the listener of its signal in one object.
 * A plain observer is told by the attempt itself; an operator's subscriber is a subscriber as any other (`super.subscribe`).
 */

import { type Observer, Subscriber, Subscription, type TeardownLogic } from 'rxjs';
import { ZooKeeperError } from '../errors/base.js';
import { SessionClosedError, UsageError } from '../errors/client-errors.js';
import { reportError } from '../rx/report-error.js';
import { type Call, type CallContext } from '../session/call.js';
import { type Moment } from '../session/lease-clock.js';
import { type Session } from '../session/session.js';
import { type Operation } from '../wire/operations.js';
import { Awaitable } from './awaitable.js';
import { type Answered, type RequestKind, type Shot } from './request-kind.js';
import { checkRequestOptions } from './request-options.js';

/** A request of one kind, not sent before it is subscribed to or awaited. */
export class OneShot<Input, Request, Response, Value> extends Awaitable<Value> {
  // What was given may hold the digest of a password (in an ACL): whoever inspects a request must not see it.
  readonly #shot: Shot<Input>;

  constructor(
    readonly kind: RequestKind<Input, Request, Response, Value>,
    shot: Shot<Input>,
  ) {
    super(sendForSubscriber);
    this.#shot = shot;
  }

  get shot(): Shot<Input> {
    return this.#shot;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<Value>> | ((value: Value) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    return send(this, observerOf(observerOrNext, error, complete));
  }
}

type AnyOneShot<Value> = OneShot<unknown, unknown, unknown, Value>;

function sendForSubscriber<Value>(this: unknown, subscriber: Subscriber<Value>): TeardownLogic {
  // Only one-shots are made with this function.
  return send(this as AnyOneShot<Value>, subscriber);
}

function observerOf<Value>(
  observerOrNext: Partial<Observer<Value>> | ((value: Value) => void) | null | undefined,
  error: ((error: unknown) => void) | null | undefined,
  complete: (() => void) | null | undefined,
): Partial<Observer<Value>> {
  if (typeof observerOrNext === 'object' && observerOrNext !== null) return observerOrNext;
  return {
    ...(observerOrNext ? { next: observerOrNext } : {}),
    ...(error ? { error } : {}),
    ...(complete ? { complete } : {}),
  };
}

/** Sends the request. If there was nothing to send, the observer has been told why. */
function send<Input, Request, Response, Value>(
  oneShot: OneShot<Input, Request, Response, Value>,
  observer: Partial<Observer<Value>>,
): Subscription {
  const { kind, shot } = oneShot;
  const attempt = new Attempt(oneShot, observer);
  const { host, options } = shot;
  try {
    if (options !== undefined) checkRequestOptions(kind, shot);
    attempt.request = kind.encode(shot);
  } catch (error) {
    attempt.deliverError(inContext(error, attempt.context));
    return attempt;
  }
  if (options?.signal?.aborted === true) {
    attempt.deliverError(options.signal.reason);
    return attempt;
  }
  const session = host.retain();
  if (session === undefined) {
    attempt.deliverError(new SessionClosedError(attempt.context));
    return attempt;
  }
  attempt.session = session;
  options?.signal?.addEventListener('abort', attempt);
  session.submit(attempt);
  return attempt;
}

/** One subscription to a one-shot. */
class Attempt<Input, Request, Response, Value>
  extends Subscription
  implements Call<Request, Response>, Answered<Input>
{
  readonly operation: Operation<Request, Response>;
  readonly timeoutMs: number;
  settled = false;
  xid = 0;
  sentAt: Moment | undefined = undefined;
  deadlineMs = Infinity;
  zxid = 0n;
  /** Held until the subscription ends. */
  session: Session | undefined = undefined;
  readonly #shot: Shot<Input>;
  // Set right after the constructor, before anybody else sees the attempt.
  #request = undefined as Request;
  private readonly kind: RequestKind<Input, Request, Response, Value>;

  constructor(
    { kind, shot }: OneShot<Input, Request, Response, Value>,
    private readonly observer: Partial<Observer<Value>>,
  ) {
    super();
    this.kind = kind;
    this.#shot = shot;
    this.operation = kind.operation;
    this.timeoutMs = shot.options?.timeoutMs ?? shot.host.requestTimeoutMs;
  }

  get shot(): Shot<Input> {
    return this.#shot;
  }

  get request(): Request {
    return this.#request;
  }

  set request(request: Request) {
    this.#request = request;
  }

  get waitForConnectionMs(): number {
    const { host, options } = this.#shot;
    return options?.timeoutMs === Infinity ? Infinity : host.waitForConnectionMs;
  }

  get context(): CallContext {
    return { operation: this.kind.name, path: this.shot.path };
  }

  get largestPath(): string | undefined {
    return this.kind.largestPath?.(this.shot.input);
  }

  reply(response: Response, zxid: bigint): void {
    this.zxid = zxid;
    let value: Value;
    try {
      value = this.kind.decode(response, this);
    } catch (error) {
      this.deliverError(error);
      return;
    }
    this.deliver(value);
  }

  fail(error: ZooKeeperError): void {
    if (this.kind.recover === undefined) {
      this.deliverError(error);
      return;
    }
    let value: Value;
    try {
      value = this.kind.recover(error);
    } catch (unrecovered) {
      this.deliverError(unrecovered);
      return;
    }
    this.deliver(value);
  }

  deliverError(error: unknown): void {
    if (this.closed) return;
    if (typeof this.observer.error === 'function') this.tell('error', error);
    else reportError(error, this.shot.host.scheduler);
    this.unsubscribe();
  }

  /** The end of the subscription, however it came to end. */
  override unsubscribe(): void {
    if (this.closed) return;
    const { session, shot } = this;
    if (session !== undefined) {
      this.session = undefined;
      if (!this.settled) session.cancel(this);
      shot.options?.signal?.removeEventListener('abort', this);
      shot.host.release();
    }
    super.unsubscribe();
  }

  /** The signal was aborted. */
  handleEvent(): void {
    this.deliverError(this.shot.options?.signal?.reason);
  }

  private deliver(value: Value): void {
    this.tell('next', value);
    // Whoever unsubscribes on the value is not told of the end.
    if (!this.closed) this.tell('complete', undefined);
    this.unsubscribe();
  }

  /** What an observer throws is its own affair: it must not reach the connection, nor stop what comes after. */
  private tell(what: 'next' | 'error' | 'complete', value: unknown): void {
    const { observer } = this;
    try {
      if (what === 'complete') observer.complete?.();
      else if (what === 'error') observer.error?.(value);
      // Only `deliver` says `next`, with a value of the right type.
      else observer.next?.(value as Value);
    } catch (thrown) {
      reportError(thrown, this.shot.host.scheduler);
    }
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
