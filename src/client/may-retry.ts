/** Which errors a request may be sent again after, and what is known of its fate then. */

import { ZooKeeperError } from '../errors/base.js';
import {
  AuthFailedError,
  ConnectionLossError,
  SessionClosedError,
  SessionExpiredError,
  TimeoutError,
  UsageError,
} from '../errors/client-errors.js';
import { errorCodes } from '../errors/codes.js';
import { FourLetterWordError } from '../errors/four-letter-word-error.js';
import { ServerError } from '../errors/server-error.js';

/** What is known of the work besides its error. */
export interface RetrySafety {
  /**
   * Whether doing the work twice does no harm. Then it is also tried again when it may have been done: after a write whose
   * answer was lost. Default false.
   */
  readonly idempotent?: boolean;
  /** Whether it makes sense in a new session, without the ephemerals and locks of the one that is over. Default false. */
  readonly sessionExpired?: boolean;
}

/** Refusals that say "not now", of something that was not done. */
const notDone: ReadonlySet<number> = new Set([
  errorCodes.SessionMoved,
  errorCodes.NotReadOnly,
  errorCodes.ReconfigInProgress,
  errorCodes.NewConfigNoQuorum,
  errorCodes.ThrottledOp,
]);

/** Refusals that leave open whether it will be done. */
const perhapsDone: ReadonlySet<number> = new Set([
  errorCodes.ConnectionLoss,
  errorCodes.OperationTimeout,
  errorCodes.RequestTimeout,
]);

/** Why a server does not answer a four-letter word the next time either. */
const finalReasons: ReadonlySet<string> = new Set([
  ...['not-allowed', 'too-large', 'unreadable', 'options'],
]);

// Asking twice changes nothing. The words that errors have for them.
const reads: ReadonlySet<string> = new Set([
  ...['get', 'exists', 'children', 'getAcl', 'sync', 'multiRead', 'ephemerals'],
  ...['countDescendants', 'whoAmI', 'getConfig'],
]);

/** Errors that will be the same next time, whatever is said of the work. */
export function isFinal(error: unknown): boolean {
  return (
    error instanceof UsageError ||
    error instanceof AuthFailedError ||
    error instanceof SessionClosedError
  );
}

/**
 * Whether work that failed with this error can be tried again without harm: it was not done (never sent, throttled, the
 * session is at another server), or it was a read, or `safety` says that it may be done twice. Never for errors of another
 * kind, nor for misuse, refused credentials and a closed client.
 */
export function isRetryable(error: unknown, safety: RetrySafety = {}): boolean {
  if (!(error instanceof ZooKeeperError) || isFinal(error)) return false;
  if (error instanceof FourLetterWordError) return !finalReasons.has(error.reason);
  if (isExpiry(error)) return safety.sessionExpired === true;
  if (error instanceof ServerError && notDone.has(error.code)) return true;
  if (!isPassing(error)) return false;
  return outcomeOf(error) === 'not-sent' || safety.idempotent === true || isRead(error);
}

function isExpiry(error: ZooKeeperError): boolean {
  if (error instanceof SessionExpiredError) return true;
  return error instanceof ServerError && error.code === errorCodes.SessionExpired;
}

/** Whether it is about the connection or the time, and not about what was asked for. */
function isPassing(error: ZooKeeperError): boolean {
  if (error instanceof ConnectionLossError || error instanceof TimeoutError) return true;
  return error instanceof ServerError && perhapsDone.has(error.code);
}

function outcomeOf(error: ZooKeeperError): 'unknown' | 'not-sent' {
  const tells = error instanceof ConnectionLossError || error instanceof TimeoutError;
  return tells ? error.outcome : 'unknown';
}

function isRead({ operation }: ZooKeeperError): boolean {
  return operation !== undefined && reads.has(operation);
}
