/** Errors the server answered with: one class for each code. What is rather a fault of the server is in `server-faults.ts`. */

import { type ErrorContext, ZooKeeperError } from './base.js';
import { errorCodeName, errorCodes } from './codes.js';

/**
 * The server refused the request. `code` is the server's number and `codeName` its name; a number that is not
 * known (from a newer server) arrives here too, and the connection lives on.
 */
export class ServerError extends ZooKeeperError {
  readonly code: number;
  readonly codeName: string;

  constructor(code: number, context: ErrorContext = {}, detail?: string) {
    super(errorCodeName(code) + (detail === undefined ? '' : ` (${detail})`), context);
    this.name = 'ServerError';
    this.code = code;
    this.codeName = errorCodeName(code);
  }
}

/** The znode does not exist (or, for `create`, its parent does not). */
export class NoNodeError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NoNode, context);
    this.name = 'NoNodeError';
  }
}

/** The znode's ACL does not allow this to any identity of this connection. */
export class NoAuthError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NoAuth, context);
    this.name = 'NoAuthError';
  }
}

/** The version given is not the znode's current one. */
export class BadVersionError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.BadVersion, context);
    this.name = 'BadVersionError';
  }
}

/** Ephemeral znodes cannot have children. */
export class NoChildrenForEphemeralsError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NoChildrenForEphemerals, context);
    this.name = 'NoChildrenForEphemeralsError';
  }
}

/** A znode with this path exists already. */
export class NodeExistsError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NodeExists, context);
    this.name = 'NodeExistsError';
  }
}

/** The znode has children and cannot be deleted. */
export class NotEmptyError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NotEmpty, context);
    this.name = 'NotEmptyError';
  }
}

/** The ACL is empty, or names a scheme or id that the server does not accept. */
export class InvalidAclError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.InvalidACL, context);
    this.name = 'InvalidAclError';
  }
}

/** A write was sent to a server in read-only mode. */
export class NotReadOnlyError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NotReadOnly, context);
    this.name = 'NotReadOnlyError';
  }
}

/** What is known of something that a server does not do. */
export interface Unimplemented {
  /** For the message: what is missing, and where. */
  readonly detail: string;
  /** The first release that has the operation. */
  readonly since?: string;
}

/**
 * The server does not know the operation, or has it switched off (TTL znodes are off by default). What it does not know is not
 * tried again there.
 */
export class UnimplementedError extends ServerError {
  /** The first release of ZooKeeper that has the operation; `undefined` if the server knows it. */
  readonly since: string | undefined;

  constructor(context?: ErrorContext, { detail, since }: Partial<Unimplemented> = {}) {
    super(errorCodes.Unimplemented, context, detail);
    this.name = 'UnimplementedError';
    this.since = since;
  }
}

/** The arguments make no sense to the server: a bad path, unknown flags, a TTL out of range. */
export class BadArgumentsError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.BadArguments, context);
    this.name = 'BadArgumentsError';
  }
}

/** There is no such watch on the server. */
export class NoWatcherError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NoWatcher, context);
    this.name = 'NoWatcherError';
  }
}

/** A hard quota would be exceeded (3.7+ with `enforceQuota`). */
export class QuotaExceededError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.QuotaExceeded, context);
    this.name = 'QuotaExceededError';
  }
}

/** The server is overloaded and threw the request away without executing it (3.7+). */
export class ThrottledOpError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.ThrottledOp, context);
    this.name = 'ThrottledOpError';
  }
}

/** A local session (`localSessionsEnabled` without upgrading) cannot own an ephemeral znode. */
export class EphemeralOnLocalSessionError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.EphemeralOnLocalSession, context);
    this.name = 'EphemeralOnLocalSessionError';
  }
}

/** The session is at another server by now; the request was not carried out. It can be sent again after reconnecting. */
export class SessionMovedError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.SessionMoved, context);
    this.name = 'SessionMovedError';
  }
}

/** The server gave up on the request within its own time limit; whether it is still carried out is not known. */
export class RequestTimeoutError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.RequestTimeout, context);
    this.name = 'RequestTimeoutError';
  }
}

/** The ensemble did not come to an end of the request in time; whether it is still carried out is not known. */
export class OperationTimeoutError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.OperationTimeout, context);
    this.name = 'OperationTimeoutError';
  }
}

/** `reconfig` is switched off in the server (`reconfigEnabled`). */
export class ReconfigDisabledError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.ReconfigDisabled, context);
    this.name = 'ReconfigDisabledError';
  }
}

/** Another `reconfig` is under way: try again when it is done. */
export class ReconfigInProgressError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.ReconfigInProgress, context);
    this.name = 'ReconfigInProgressError';
  }
}

/** No quorum of the new configuration is connected and up to date, so it was not taken. */
export class NewConfigNoQuorumError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.NewConfigNoQuorum, context);
    this.name = 'NewConfigNoQuorumError';
  }
}

/** The server demands SASL and this session has not authenticated that way; the server closes the session. */
export class SessionClosedRequireSaslAuthError extends ServerError {
  constructor(context?: ErrorContext) {
    super(errorCodes.SessionClosedRequireSaslAuth, context);
    this.name = 'SessionClosedRequireSaslAuthError';
  }
}
