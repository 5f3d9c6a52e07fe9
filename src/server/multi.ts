/**
 * Several operations as one: all of them or none (multi), or each for itself (multiRead).
 *
 * The operations of a multi share one zxid and see each other's effects. When one is refused, everything is undone,
 * sequence counters included, and the answer says for each: 0 before the culprit, its code, -2 behind it.
 */

import { operations as operationTable } from '../wire/operations.js';
import { errorCodes } from '../errors/codes.js';
import { type MultiOperation, type MultiResult } from '../wire/multi.js';
import { createFlags } from '../wire/request-records.js';
import { applyCreate, type AnyCreate } from './create.js';
import { type CreateType, isCreateFlag, isTtlFlag } from './create-mode.js';
import { type Outcome, Refusal, refusals } from './refusal.js';
import { type ServerVersion } from './server-version.js';
import { type Transaction, type WriteRules } from './transaction.js';
import { applyCheck, applyDelete, applySetData } from './writes.js';
import { statOf } from './znode.js';

/** The operations that a multi may hold. */
export type WriteOperation = Exclude<MultiOperation, { type: 'getData' | 'getChildren' }>;

/**
 * A multi with anything else in it, or with what this release does not know, is refused as a whole; so is one with flags that do not exist or a TTL's flag but no TTL.
 * Old servers find out about flags only when they come to them.
 */
export function checkMulti(
  operations: readonly MultiOperation[],
  version: ServerVersion,
): Outcome<readonly WriteOperation[]> {
  const writes = operations.filter(isWrite);
  const knowsAll = writes.every(({ type }) => version.atLeast(operationTable[type].since));
  if (writes.length !== operations.length || !knowsAll) return refusals.marshalling;
  const mayTry = !version.multiAnswersCreate2 || writes.every(hasSoundFlags);
  return mayTry ? writes : refusals.marshalling;
}

/** Applies all operations or none. One that cannot be read refuses the whole, if it is come to. */
export function applyMulti(
  transaction: Transaction,
  operations: readonly WriteOperation[],
): Outcome<readonly MultiResult[]> {
  const { tree, changes } = transaction;
  const results: MultiResult[] = [];
  tree.begin();
  for (const operation of operations) {
    const result = apply(transaction, operation);
    if (result instanceof Refusal) {
      tree.rollBack();
      changes.length = 0;
      if (result === refusals.marshalling) return result;
      return failure(operations.length, { culprit: results.length, code: result.code });
    }
    results.push(result);
  }
  tree.commit();
  return results;
}

function isWrite(operation: MultiOperation): operation is WriteOperation {
  return operation.type !== 'getData' && operation.type !== 'getChildren';
}

function hasSoundFlags(operation: WriteOperation): boolean {
  return !('flags' in operation) || (isCreateFlag(operation.flags) && !lacksTtl(operation));
}

function lacksTtl({ type, flags }: { type: CreateType; flags: number }): boolean {
  return isTtlFlag(flags) && type !== 'createTtl';
}

function apply(transaction: Transaction, operation: WriteOperation): Outcome<MultiResult> {
  switch (operation.type) {
    case 'delete':
      return applyDelete(transaction, operation) ?? { type: 'delete' };
    case 'check':
      return applyCheck(transaction, operation) ?? { type: 'check' };
    case 'setData': {
      const node = applySetData(transaction, operation);
      return node instanceof Refusal ? node : { type: 'setData', stat: statOf(node) };
    }
    default:
      if (lacksTtl(operation)) return refusals.marshalling;
      return create(transaction, createType(operation, transaction.rules), operation);
  }
}

function create(
  transaction: Transaction,
  type: CreateType,
  request: AnyCreate,
): Outcome<MultiResult> {
  const node = applyCreate(transaction, type, request);
  if (node instanceof Refusal) return node;
  const plain =
    type === 'create' || (type === 'create2' && !transaction.rules.version.multiAnswersCreate2);
  return plain
    ? { type: 'create', path: node.path }
    : { type: 'create2', path: node.path, stat: statOf(node) };
}

/** In a multi the container's flag, and the lack of a TTL's, win over the operation; old servers went by the flag alone. */
function createType(
  { type, flags }: { type: CreateType; flags: number },
  { version }: WriteRules,
): CreateType {
  if (flags === createFlags.container) return 'createContainer';
  if (type === 'createTtl') return isTtlFlag(flags) ? type : 'create';
  return type === 'createContainer' && !version.multiAnswersCreate2 ? 'create' : type;
}

function failure(
  count: number,
  { culprit, code }: { culprit: number; code: number },
): readonly MultiResult[] {
  return Array.from({ length: count }, (_, i) => ({
    type: 'error',
    error: i < culprit ? 0 : i === culprit ? code : errorCodes.RuntimeInconsistency,
  }));
}
