/** Creating a znode: the checks in the order in which they win, the sequence number, and the change. */

import { pathProblem } from '../path.js';
import { type CreateRequest } from '../wire/request-records.js';
import { perms } from './acl.js';
import { createMode, type CreateMode, type CreateType } from './create-mode.js';
import { type Outcome, Refusal, refusals } from './refusal.js';
import { type Transaction } from './transaction.js';
import { type Znode } from './znode.js';

/** A create of any kind. */
export type AnyCreate = CreateRequest & { readonly ttlMs?: number };

const sequenceDigits = 10;

/**
 * Flags, shape of the path, ACL, parent, CREATE on the parent, the full path, existence, ephemeral parent: in this order
 * (`PrepRequestProcessor.pRequest2TxnCreate`).
 */
export function applyCreate(
  transaction: Transaction,
  type: CreateType,
  request: AnyCreate,
): Outcome<Znode> {
  const { tree, rules, caller, quotas } = transaction;
  const mode = createMode(type, { flags: request.flags, ttlMs: request.ttlMs }, rules);
  if (mode instanceof Refusal) return mode;
  const cut = request.path.lastIndexOf('/');
  if (cut === -1 || request.path.includes('\0')) return refusals.badArguments;
  const acl = rules.access.normalize(request.acl, caller.identities);
  if (acl === undefined) return refusals.invalidAcl;
  const parent = tree.get(request.path.slice(0, cut));
  if (parent === undefined) return refusals.noNode;
  if (!rules.access.permits(parent.acl, perms.create, caller.identities)) return refusals.noAuth;
  const path = mode.sequential ? request.path + sequence(parent.childCreates) : request.path;
  if (pathProblem(path) !== undefined) return refusals.badArguments;
  if (tree.get(path) !== undefined) return refusals.nodeExists;
  if (parent.kind === 'ephemeral') return refusals.noChildrenForEphemerals;
  const bytes = request.data?.length ?? 0;
  const excess = quotas.check(path, { count: 1, bytes });
  if (excess !== undefined) return excess;
  const node = tree.create(parent, birth(transaction, path, { mode, ttlMs: request.ttlMs }), {
    data: request.data,
    acl,
  });
  transaction.changes.push({ type: 'created', path, acl, parentAcl: parent.acl, bytes });
  return node;
}

function birth(
  { caller, zxid, time }: Transaction,
  path: string,
  { mode, ttlMs = 0 }: { mode: CreateMode; ttlMs: number | undefined },
): ConstructorParameters<typeof Znode>[0] {
  const owner = mode.kind === 'ephemeral' ? caller.sessionId : 0n;
  return { path, kind: mode.kind, owner, ttlMs: mode.kind === 'ttl' ? ttlMs : 0, zxid, time };
}

/** As `%010d`: ten characters, a minus sign included. */
function sequence(counter: number): string {
  const digits = String(Math.abs(counter));
  return counter < 0
    ? `-${digits.padStart(sequenceDigits - 1, '0')}`
    : digits.padStart(sequenceDigits, '0');
}
