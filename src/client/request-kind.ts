/**
 * What differs between one-shots: one `RequestKind` is one row, which says how what the user gave becomes a request of the
 * wire, and how the response becomes what the user gets.
 */

import { type ZooKeeperError } from '../errors/base.js';
import { type Operation } from '../wire/operations.js';
import { type RequestHost } from './request-host.js';
import { type RequestOptions } from './request.js';

/** What the user gave: everything that a subscription needs. */
export interface Shot<Input> {
  readonly host: RequestHost;
  /** The user's path, below the chroot; `undefined` for requests without one. */
  readonly path: string | undefined;
  /** What the kind takes besides path and options. */
  readonly input: Input;
  readonly options: RequestOptions | undefined;
}

/** A shot and the zxid that its answer came with. */
export interface Answered<Input> {
  readonly shot: Shot<Input>;
  readonly zxid: bigint;
}

/** One kind of one-shot. `encode` may throw a `UsageError`, `decode` any error; both err the subscription. */
export interface RequestKind<Input, Request, Response, Value> {
  /** The user's word for it. */
  readonly name: string;
  readonly operation: Operation<Request, Response>;
  /** Names of the options besides those of every request. */
  readonly optionNames: ReadonlySet<string>;
  encode(shot: Shot<Input>): Request;
  decode(response: Response, answered: Answered<Input>): Value;
  /** Of a request that is made of several: the path of the largest, for the error if it is too large. */
  largestPath?(input: Input): string | undefined;
  /** What an error of the server means, if it is an answer. Throws the error if it is not. */
  recover?(error: ZooKeeperError): Value;
}

/** A kind of any input, where only its name and options matter. */
export type AnyKind = Pick<RequestKind<never, unknown, unknown, unknown>, 'name' | 'optionNames'>;
