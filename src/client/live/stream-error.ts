/** What ended a shared live read, as the error of one stream of it. */

import { AuthFailedError } from '../../errors/client-errors.js';
import { serverError } from '../../errors/error-of-code.js';
import { ServerError } from '../../errors/server-error.js';
import { type CallContext } from '../../session/call.js';

/** The error with this stream's operation and path, if it came from the server; else as it is. */
export function streamError(error: unknown, context: CallContext): unknown {
  if (error instanceof AuthFailedError) {
    return new AuthFailedError(error.scheme, { ...context, cause: error.cause });
  }
  return error instanceof ServerError ? serverError(error.code, context) : error;
}
