/** What becomes of calls when the connection is lost. */

import { ConnectionLossError, LimitExceededError, TimeoutError } from '../errors/client-errors.js';
import { type AnyCall } from './call.js';

/** Whether a call can wait for the next connection: it changes nothing, or was never sent. */
export function mayGoOn({ operation, sentAt }: AnyCall): boolean {
  return operation.kind === 'read' || (operation.kind === 'write' && sentAt === undefined);
}

export function lossOf({ sentAt, context }: AnyCall): ConnectionLossError {
  return new ConnectionLossError(sentAt === undefined ? 'not-sent' : 'unknown', context);
}

/** The error for one whose time is up; `cause`: why there is no connection, if there is none. */
export function timeoutOf(
  { sentAt, timeoutMs, context }: AnyCall,
  cause: Error | undefined,
): TimeoutError {
  const outcome = sentAt === undefined ? 'not-sent' : 'unknown';
  return new TimeoutError(timeoutMs, outcome, { ...context, cause });
}

/** The limit that a frame was over, if that is why the connection was given up. */
export function frameLimitOf(cause: Error | undefined): LimitExceededError | undefined {
  for (let error: unknown = cause; error instanceof Error; error = error.cause) {
    if (error instanceof LimitExceededError) return error;
  }
  return undefined;
}

/**
 * Whose reply was over the limit: it is that of the call whose turn it was, unless what came was garbage. So a call is blamed
 * when it happens to it twice.
 */
export class Suspicion {
  private suspect: AnyCall | undefined;

  /** The call, if it was the suspect already. */
  blame(call: AnyCall | undefined): AnyCall | undefined {
    const isGuilty = call !== undefined && call === this.suspect;
    this.suspect = call;
    return isGuilty ? call : undefined;
  }
}

/** A read whose reply is too large would fail in the same way again; of a write nothing is known but that it was sent. */
export function tooLargeReply(
  call: AnyCall,
  tooLarge: LimitExceededError | undefined,
): LimitExceededError | ConnectionLossError {
  if (tooLarge === undefined || call.operation.kind !== 'read') {
    return new ConnectionLossError('unknown', { ...call.context, cause: tooLarge });
  }
  const { limit, actual } = tooLarge;
  return new LimitExceededError('reply bytes (maxReplyBytes)', { limit, actual }, call.context);
}
