/** A request on its way: what to send, whom to answer, and how far it has come. */

import { type ZooKeeperError } from '../errors/base.js';
import { type Operation } from '../wire/operations.js';
import { type Moment } from './lease-clock.js';

/** Gets the end of a call: exactly one of the two, once, unless the call is cancelled before. */
export interface Answer<Response> {
  /** `zxid` is the server's last transaction when it answered. */
  reply(response: Response, zxid: bigint): void;
  fail(error: ZooKeeperError): void;
}

/** How a call is described in errors. */
export interface CallContext {
  /** The user's word for it: `get`, `data$`, … */
  readonly operation: string;
  /** The user's path, below the chroot. */
  readonly path: string | undefined;
}

/**
 * One request. Created by the client, owned by the session from `submit` until it is settled. An abstract class with plain
 * fields because there is one for every request and most of its cost is its size: whoever asks extends it, so that the call
 * is its own answer, and says where it belongs only when an error must be made.
 */
export abstract class Call<Request, Response> implements Answer<Response> {
  /** Set when it was answered, failed or cancelled; a reply that still comes is skipped. */
  settled = false;
  xid = 0;
  /** When it was last put on the wire; `undefined` while it waits for a connection. */
  sentAt: Moment | undefined;
  /** On the monotonic clock; `Infinity` for none. */
  deadlineMs = Infinity;

  constructor(
    readonly operation: Operation<Request, Response>,
    readonly request: Request,
    /** From `submit` to the answer; `Infinity` waits for ever. */
    readonly timeoutMs: number,
  ) {}

  abstract get context(): CallContext;
  abstract reply(response: Response, zxid: bigint): void;
  abstract fail(error: ZooKeeperError): void;
}

/** A call whose answer goes to somebody else. It waits for ever. */
export class ForwardedCall<Request, Response> extends Call<Request, Response> {
  constructor(
    operation: Operation<Request, Response>,
    request: Request,
    private readonly to: { readonly context: CallContext; readonly answer: Answer<Response> },
  ) {
    super(operation, request, Infinity);
  }

  override get context(): CallContext {
    return this.to.context;
  }

  override reply(response: Response, zxid: bigint): void {
    this.to.answer.reply(response, zxid);
  }

  override fail(error: ZooKeeperError): void {
    this.to.answer.fail(error);
  }
}

/** A call of any operation, where only its fate matters. */
// `any` because Call is invariant in its request and response, and a queue holds calls of all kinds.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyCall = Call<any, any>;
