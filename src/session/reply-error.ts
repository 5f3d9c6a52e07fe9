/** Errors of replies: the code in a reply's header, as the class that says what may be believed now. */

import { type ZooKeeperError } from '../errors/base.js';
import { ProtocolError } from '../errors/client-errors.js';
import { errorCodes } from '../errors/codes.js';
import { errorOfCode } from '../errors/error-of-code.js';
import { type AnyCall } from './call.js';
import { switchedOff } from './capabilities.js';

/** The error for a reply that cannot be read. */
export function unreadableReply({ context }: AnyCall, cause: ProtocolError): ProtocolError {
  return new ProtocolError(`unreadable reply, ${cause.message}`, { ...context, cause });
}

/** The error for a code that a server answered a call with. */
export function replyError(code: number, { operation, context }: AnyCall): ZooKeeperError {
  return code === errorCodes.Unimplemented
    ? switchedOff(operation, context)
    : errorOfCode(code, context);
}
