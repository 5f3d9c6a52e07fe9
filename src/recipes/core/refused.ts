/** Why a transaction was refused, as far as a recipe can do something about it. */

import { type TransactionOperation } from '../../client/transaction.js';
import { errorCodes } from '../../errors/codes.js';
import { ServerError } from '../../errors/server-error.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { parentPath } from '../../path.js';

const overtaken: ReadonlySet<number> = new Set([
  errorCodes.NoNode,
  errorCodes.NodeExists,
  errorCodes.BadVersion,
]);

/** Whether somebody else was faster: what was to be taken is gone, or is taken. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof ServerError && overtaken.has(error.code);
}

/** The znode that has to be made before a create of the transaction can go through. */
export function missingParent(
  error: unknown,
  operations: readonly TransactionOperation[],
): string | undefined {
  if (!(error instanceof TransactionError) || error.code !== errorCodes.NoNode) return undefined;
  const culprit = operations[error.index];
  return culprit?.type === 'create' ? parentPath(culprit.path) : undefined;
}
