/** A refused transaction: which operation failed and why, for each operation of it. */

import { type ErrorContext } from './base.js';
import { errorCodes } from './codes.js';
import { ServerError } from './server-error.js';

/**
 * The server refused a transaction; nothing of it was applied. `index` is the first operation that failed,
 * `errors[i]` what the server said of operation i: `undefined` = it would have gone through, a
 * `RuntimeInconsistency` = not looked at, because an earlier one had failed.
 */
export class TransactionError extends ServerError {
  readonly index: number;
  readonly errors: readonly (ServerError | undefined)[];

  constructor(errors: readonly (ServerError | undefined)[], context: ErrorContext = {}) {
    const index = firstFailure(errors);
    const culprit = errors[index];
    super(culprit?.code ?? errorCodes.RuntimeInconsistency, {
      ...context,
      operation: `transaction, operation ${String(index + 1)} of ${String(errors.length)}: ${culprit?.operation ?? '?'}`,
      path: culprit?.path,
      cause: culprit,
    });
    this.name = 'TransactionError';
    this.index = index;
    this.errors = errors;
  }
}

/** Where to point: at what failed by itself, else at anything that is not well. */
function firstFailure(errors: readonly (ServerError | undefined)[]): number {
  const culprit = errors.findIndex(isCulprit);
  if (culprit !== -1) return culprit;
  return Math.max(
    0,
    errors.findIndex((error) => error !== undefined),
  );
}

function isCulprit(error: ServerError | undefined): boolean {
  return error !== undefined && error.code !== errorCodes.RuntimeInconsistency;
}
