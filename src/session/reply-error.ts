/** Errors of replies: the code in a reply's header, as the class that says what may be believed now. */

import { type ZooKeeperError } from '../errors/base.js';
import {
  AuthFailedError,
  ConnectionLossError,
  SessionExpiredError,
} from '../errors/client-errors.js';
import { errorCodes } from '../errors/codes.js';
import { serverError } from '../errors/server-error.js';
import { type AnyCall } from './call.js';
import { switchedOff } from './capabilities.js';

/** The error for a code that a server answered a call with. */
export function replyError(code: number, { operation, context }: AnyCall): ZooKeeperError {
  switch (code) {
    // What the client says itself, too: whoever looks for it shall not have to look for two classes.
    case errorCodes.ConnectionLoss:
      return new ConnectionLossError('unknown', context);
    case errorCodes.SessionExpired:
      return new SessionExpiredError(context);
    case errorCodes.AuthFailed:
      return new AuthFailedError(undefined, context);
    case errorCodes.Unimplemented:
      return switchedOff(operation, context);
    default:
      return serverError(code, context);
  }
}
