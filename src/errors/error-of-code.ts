/** From the code in a reply to the class that says what may be believed now. */

import { type ErrorContext, type ZooKeeperError } from './base.js';
import { AuthFailedError, ConnectionLossError, SessionExpiredError } from './client-errors.js';
import { errorCodes } from './codes.js';
import {
  BadArgumentsError,
  BadVersionError,
  EphemeralOnLocalSessionError,
  InvalidAclError,
  NewConfigNoQuorumError,
  NoAuthError,
  NoChildrenForEphemeralsError,
  NoNodeError,
  NoWatcherError,
  NodeExistsError,
  NotEmptyError,
  NotReadOnlyError,
  OperationTimeoutError,
  QuotaExceededError,
  ReconfigDisabledError,
  ReconfigInProgressError,
  RequestTimeoutError,
  ServerError,
  SessionClosedRequireSaslAuthError,
  SessionMovedError,
  ThrottledOpError,
  UnimplementedError,
} from './server-error.js';
import {
  ApiError,
  DataInconsistencyError,
  InvalidCallbackError,
  MarshallingError,
  RuntimeInconsistencyError,
  SystemError,
  UnknownSessionError,
} from './server-faults.js';

const classes = new Map<number, new (context?: ErrorContext) => ServerError>([
  [errorCodes.NoNode, NoNodeError],
  [errorCodes.NoAuth, NoAuthError],
  [errorCodes.BadVersion, BadVersionError],
  [errorCodes.NoChildrenForEphemerals, NoChildrenForEphemeralsError],
  [errorCodes.NodeExists, NodeExistsError],
  [errorCodes.NotEmpty, NotEmptyError],
  [errorCodes.InvalidACL, InvalidAclError],
  [errorCodes.NotReadOnly, NotReadOnlyError],
  [errorCodes.Unimplemented, UnimplementedError],
  [errorCodes.BadArguments, BadArgumentsError],
  [errorCodes.NoWatcher, NoWatcherError],
  [errorCodes.QuotaExceeded, QuotaExceededError],
  [errorCodes.ThrottledOp, ThrottledOpError],
  [errorCodes.EphemeralOnLocalSession, EphemeralOnLocalSessionError],
  [errorCodes.SessionMoved, SessionMovedError],
  [errorCodes.RequestTimeout, RequestTimeoutError],
  [errorCodes.OperationTimeout, OperationTimeoutError],
  [errorCodes.ReconfigDisabled, ReconfigDisabledError],
  [errorCodes.ReconfigInProgress, ReconfigInProgressError],
  [errorCodes.NewConfigNoQuorum, NewConfigNoQuorumError],
  [errorCodes.SessionClosedRequireSaslAuth, SessionClosedRequireSaslAuthError],
  [errorCodes.SystemError, SystemError],
  [errorCodes.RuntimeInconsistency, RuntimeInconsistencyError],
  [errorCodes.DataInconsistency, DataInconsistencyError],
  [errorCodes.MarshallingError, MarshallingError],
  [errorCodes.UnknownSession, UnknownSessionError],
  [errorCodes.APIError, ApiError],
  [errorCodes.InvalidCallback, InvalidCallbackError],
]);

/** The error for a code in a reply, or in one of its parts: its own class, or a plain {@link ServerError} for one that is not known. */
export function serverError(code: number, context: ErrorContext): ServerError {
  const known = classes.get(code);
  return known === undefined ? new ServerError(code, context) : new known(context);
}

/**
 * The error for a code in the header of a reply. What the client finds out by itself as well has one class, whoever says it: who
 * looks for a lost connection, an expired session or refused credentials need not look for two.
 */
export function errorOfCode(code: number, context: ErrorContext): ZooKeeperError {
  if (code === errorCodes.ConnectionLoss) return new ConnectionLossError('unknown', context);
  if (code === errorCodes.SessionExpired) return new SessionExpiredError(context);
  if (code === errorCodes.AuthFailed) return new AuthFailedError(undefined, context);
  return serverError(code, context);
}
