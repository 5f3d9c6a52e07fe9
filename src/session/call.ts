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
 * One request. Created by the client, owned by the session from `submit` until it is settled. A plain mutable class
 * because there is one for every request: the fields below the constructor's are the session's.
 */
export class Call<Request, Response> {
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
    readonly context: CallContext,
    readonly answer: Answer<Response>,
    /** From `submit` to the answer; `Infinity` waits for ever. */
    readonly timeoutMs: number,
  ) {}
}

/** A call of any operation, where only its fate matters. */
// `any` because Call is invariant in its request and response, and a queue holds calls of all kinds.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyCall = Call<any, any>;
