/** Errors that the client itself raises: by whose fault, and what may be believed afterwards. */

import { type ErrorContext, ZooKeeperError } from './base.js';
import { errorCodes } from './codes.js';

/** Whether a request that failed may have been carried out: `'unknown'` = it was sent and never answered. */
export type Outcome = 'unknown' | 'not-sent';

/**
 * The connection was lost while the request was under way. `outcome: 'unknown'`: it was sent, and whether the
 * server carried it out cannot be known; `'not-sent'`: it never left this process and can be tried again.
 */
export class ConnectionLossError extends ZooKeeperError {
  /** The number that servers and other clients have for it. */
  readonly code: number = errorCodes.ConnectionLoss;
  readonly outcome: Outcome;

  constructor(outcome: Outcome, context?: ErrorContext) {
    super('ConnectionLoss', context);
    this.name = 'ConnectionLossError';
    this.outcome = outcome;
  }
}

/** The session is over: its ephemerals are gone, its watches too. The client opens a new one by itself. */
export class SessionExpiredError extends ZooKeeperError {
  /** The number that servers and other clients have for it. */
  readonly code: number = errorCodes.SessionExpired;

  constructor(context?: ErrorContext) {
    super('SessionExpired', context);
    this.name = 'SessionExpiredError';
  }
}

/** The client was closed by `close()`; nothing more can be asked of it. */
export class SessionClosedError extends ZooKeeperError {
  constructor(context?: ErrorContext) {
    super('SessionClosed', context);
    this.name = 'SessionClosedError';
  }
}

/** The server refused the credentials. Terminal for this client: everything errs with this from then on. */
export class AuthFailedError extends ZooKeeperError {
  /** The number that servers and other clients have for it. */
  readonly code: number = errorCodes.AuthFailed;
  readonly scheme: string | undefined;

  constructor(scheme?: string, context?: ErrorContext) {
    super(scheme === undefined ? 'AuthFailed' : `AuthFailed (${scheme})`, context);
    this.name = 'AuthFailedError';
    this.scheme = scheme;
  }
}

/** The peer sent what cannot be read: a truncated, oversized or contradictory frame. */
export class ProtocolError extends ZooKeeperError {
  constructor(what: string, context?: ErrorContext) {
    super(`Protocol error: ${what}`, context);
    this.name = 'ProtocolError';
  }
}

/** The call itself is wrong; nothing was sent. */
export class UsageError extends ZooKeeperError {
  constructor(what: string, context?: ErrorContext) {
    super(what, context);
    this.name = 'UsageError';
  }
}

/** A znode path that no server would take. `path` is the path, `reason` what is wrong with it. */
export class InvalidPathError extends UsageError {
  readonly reason: string;

  constructor(path: string, reason: string, context: ErrorContext = {}) {
    super(`InvalidPath (${reason})`, { ...context, path });
    this.name = 'InvalidPathError';
    this.reason = reason;
  }
}

/** An option that cannot be used. `option` names it, `reason` says what is wrong. */
export class InvalidOptionError extends UsageError {
  readonly option: string;
  readonly reason: string;

  constructor(option: string, reason: string, context?: ErrorContext) {
    super(`InvalidOption ${option}: ${reason}`, context);
    this.name = 'InvalidOptionError';
    this.option = option;
    this.reason = reason;
  }
}

/**
 * Something is against the schema of the client or of a view; nothing was sent. `rule` names the rule, `undefined` if there is none
 * for the path and that is refused; `reason` says what is wrong.
 */
export class SchemaViolationError extends UsageError {
  readonly rule: string | undefined;
  readonly reason: string;

  constructor(rule: string | undefined, reason: string, context: ErrorContext) {
    super(
      `SchemaViolation (${rule === undefined ? reason : `rule "${rule}": ${reason}`})`,
      context,
    );
    this.name = 'SchemaViolationError';
    this.rule = rule;
    this.reason = reason;
  }
}

/** A client-side bound was reached (queue length, frame size). Nothing was sent. */
export class LimitExceededError extends UsageError {
  readonly limit: number;
  readonly actual: number;

  constructor(
    what: string,
    { limit, actual }: { limit: number; actual: number },
    context?: ErrorContext,
  ) {
    super(`LimitExceeded (${what}: ${String(actual)}, limit ${String(limit)})`, context);
    this.name = 'LimitExceededError';
    this.limit = limit;
    this.actual = actual;
  }
}

/** The servers cannot be learnt of from where they are said to be: a stream of connect strings. The last ones known stay. */
export class HostsError extends ZooKeeperError {
  constructor(what: string, cause?: unknown) {
    super(`Hosts: ${what}`, { cause });
    this.name = 'HostsError';
  }
}

/** What was held (lock, lease, leadership) is no longer certain to be ours; work under it must stop. */
export class LockLostError extends ZooKeeperError {
  /** Fence of the grant that ended. */
  readonly fence: bigint;

  constructor(fence: bigint, context?: ErrorContext) {
    super(`LockLost (fence ${String(fence)})`, context);
    this.name = 'LockLostError';
    this.fence = fence;
  }
}

/** Not done within the time the caller gave. `outcome` says whether the request may still have been carried out. */
export class TimeoutError extends ZooKeeperError {
  readonly timeoutMs: number;
  readonly outcome: Outcome;

  constructor(timeoutMs: number, outcome: Outcome, context?: ErrorContext) {
    super(`Timeout after ${String(timeoutMs)} ms`, context);
    this.name = 'TimeoutError';
    this.timeoutMs = timeoutMs;
    this.outcome = outcome;
  }
}

/** A znode's bytes could not be turned into a value; `cause` is what the codec said. */
export class DecodeError extends ZooKeeperError {
  constructor(context: ErrorContext) {
    super('Decode', context);
    this.name = 'DecodeError';
  }
}

/**
 * A set of migrations cannot be made. `id` is the set's, `index` the first migration that is in the way (from 0), `reason` what is wrong;
 * `cause` is the refused transaction, if there was one.
 */
export class MigrationError extends ZooKeeperError {
  readonly id: string;
  readonly index: number;
  readonly reason: string;

  constructor(
    { id, index, reason }: { id: string; index: number; reason: string },
    context: ErrorContext,
  ) {
    super(`Migration (set "${id}": ${reason})`, context);
    this.name = 'MigrationError';
    this.id = id;
    this.index = index;
    this.reason = reason;
  }
}
