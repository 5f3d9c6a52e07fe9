/** Errors of replies: the code in a reply's header, as the class that says what may be believed now. */

import { type ZooKeeperError } from '../errors/base.js';
import { errorCodes } from '../errors/codes.js';
import { errorOfCode } from '../errors/error-of-code.js';
import { type AnyCall } from './call.js';
import { switchedOff } from './capabilities.js';

/** The error for a code that a server answered a call with. */
export function replyError(code: number, { operation, context }: AnyCall): ZooKeeperError {
  return code === errorCodes.Unimplemented
    ? switchedOff(operation, context)
    : errorOfCode(code, context);
}
