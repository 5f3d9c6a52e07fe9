/** What the flow of requests needs to know, and whom it tells what replies mean for the session. */

import { type SchedulerLike } from 'rxjs';
import { type ZooKeeperError } from '../errors/base.js';
import { errorCodes } from '../errors/codes.js';
import { SessionClosedError } from '../errors/client-errors.js';
import { type AnyCall, type CallContext } from './call.js';
import { type CallEndObserver } from './call-end.js';
import { type Capabilities } from './capabilities.js';
import { type Clock, type Moment } from './lease-clock.js';

/** Makes the error for a call that is refused. */
export type Refusal = (context: CallContext) => ZooKeeperError;

/** Of a session that this client has closed. */
export const closedRefusal: Refusal = (context) => new SessionClosedError(context);

export interface RequestFlowSettings {
  readonly scheduler: SchedulerLike;
  readonly clock: Clock;
  readonly maxPendingRequests: number;
  readonly maxRequestBytes: number;
  readonly capabilities: Capabilities;
  readonly onCallEnd?: CallEndObserver | undefined;
  /** Why there is no connection, as far as that is known. */
  readonly link: { readonly cause: Error | undefined };
}

/** Tells of the watch that a read has left. */
export function noteWatch(call: AnyCall, error: number, observer: ReplyObserver): void {
  // Only reads with a path have this field.
  const request = call.request as { readonly watch?: boolean } | undefined;
  if (request?.watch !== true) return;
  if (error === 0) observer.onWatchLeft(call, false);
  else if (error === errorCodes.NoNode) observer.onWatchLeft(call, true);
}

/** What a reply tells the session besides its answer. */
export interface ReplyObserver {
  /** What was sent at `sentAt` has been answered. */
  onAcknowledged(sentAt: Moment): void;
  /** A read with `watch: true` was answered with success, or `absent` with NoNode. */
  onWatchLeft(call: AnyCall, absent: boolean): void;
  /** What to send for a call. */
  requestOf(call: AnyCall): unknown;
}
