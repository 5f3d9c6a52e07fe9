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
 * One request. Made by the client, owned by the session from `submit` until it is settled; the fields that can be written are
 * the session's. There is one for every request and most of its cost is its size, so whoever asks implements this itself:
 * the call is its own answer, and says where it belongs only when an error must be made.
 */
export interface Call<Request, Response> extends Answer<Response> {
  readonly operation: Operation<Request, Response>;
  readonly request: Request;
  /** From `submit` to the answer; `Infinity` waits for ever. */
  readonly timeoutMs: number;
  /** How long it may wait for a connection. Left out: as long as it takes. */
  readonly waitForConnectionMs?: number;
  readonly context: CallContext;
  /** Of a request that is made of several: the path of the largest, as the user gave it. Asked for errors only. */
  readonly largestPath?: string | undefined;
  /** Set when it was answered, failed or cancelled; a reply that still comes is skipped. */
  settled: boolean;
  xid: number;
  /** When it was last put on the wire; `undefined` while it waits for a connection. */
  sentAt: Moment | undefined;
  /** On the monotonic clock; `Infinity` for none. */
  deadlineMs: number;
}

/** A call whose answer goes to somebody else. It waits for ever. */
export class ForwardedCall<Request, Response> implements Call<Request, Response> {
  readonly timeoutMs: number = Infinity;
  settled = false;
  xid = 0;
  sentAt: Moment | undefined;
  deadlineMs = Infinity;

  constructor(
    readonly operation: Operation<Request, Response>,
    readonly request: Request,
    private readonly to: { readonly context: CallContext; readonly answer: Answer<Response> },
  ) {}

  get context(): CallContext {
    return this.to.context;
  }

  reply(response: Response, zxid: bigint): void {
    this.to.answer.reply(response, zxid);
  }

  fail(error: ZooKeeperError): void {
    this.to.answer.fail(error);
  }
}

/** A call of any operation, where only its fate matters. */
// `any` because Call is invariant in its request and response, and a queue holds calls of all kinds.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyCall = Call<any, any>;
