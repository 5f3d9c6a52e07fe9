/** Deleting, setting data and ACL, checking a version: the checks in the order in which they win, and the changes. */

import { parentPath, pathProblem } from '../path.js';
import {
  type PathVersionRequest,
  type SetAclRequest,
  type SetDataRequest,
} from '../wire/request-records.js';
import { perms } from './acl.js';
import { type Outcome, refusals } from './refusal.js';
import { type Transaction } from './transaction.js';
import { type Tree } from './tree.js';
import { type Change } from './watches.js';
import { type Znode } from './znode.js';

const anyVersion = -1;
const undeletable = new Set(['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']);

/** Path, parent, DELETE on the *parent*, the znode, its version, its children. */
export function applyDelete(
  transaction: Transaction,
  { path, version }: PathVersionRequest,
): Outcome<undefined> {
  const { tree, rules, caller, zxid } = transaction;
  const cut = path.lastIndexOf('/');
  if (cut === -1 || path.includes('\0') || undeletable.has(path)) return refusals.badArguments;
  const parent = tree.get(path.slice(0, cut));
  if (parent === undefined) return refusals.noNode;
  if (!rules.access.permits(parent.acl, perms.delete, caller.identities)) return refusals.noAuth;
  const node = tree.get(path);
  if (node === undefined) return refusals.noNode;
  if (!isVersion(version, node.version)) return refusals.badVersion;
  if (node.childCount > 0) return refusals.notEmpty;
  transaction.changes.push(deletion(node, parent));
  tree.remove(parent, node, zxid);
  return undefined;
}

/** Path, the znode, WRITE, quota, its version. */
export function applySetData(
  transaction: Transaction,
  { path, data, version }: SetDataRequest,
): Outcome<Znode> {
  const { tree, rules, caller, quotas } = transaction;
  if (pathProblem(path) !== undefined) return refusals.badArguments;
  const node = tree.get(path);
  if (node === undefined) return refusals.noNode;
  if (!rules.access.permits(node.acl, perms.write, caller.identities)) return refusals.noAuth;
  const bytes = (data?.length ?? 0) - (node.data?.length ?? 0);
  const excess = quotas.check(path, { count: 0, bytes });
  if (excess !== undefined) return excess;
  if (!isVersion(version, node.version)) return refusals.badVersion;
  tree.setData(node, data, transaction);
  // Nobody but the znode's own watchers is told, so the parent's ACL does not matter.
  transaction.changes.push({
    type: 'dataChanged',
    path,
    acl: node.acl,
    parentAcl: node.acl,
    bytes,
  });
  return node;
}

/** Path, the new ACL, the znode, ADMIN, its aversion. No watch fires. */
export function applySetAcl(
  { tree, rules, caller }: Transaction,
  { path, acl, version }: SetAclRequest,
): Outcome<Znode> {
  if (pathProblem(path) !== undefined) return refusals.badArguments;
  const stored = rules.access.normalize(acl, caller.identities);
  if (stored === undefined) return refusals.invalidAcl;
  const node = tree.get(path);
  if (node === undefined) return refusals.noNode;
  if (!rules.access.permits(node.acl, perms.admin, caller.identities)) return refusals.noAuth;
  if (!isVersion(version, node.aversion)) return refusals.badVersion;
  tree.setAcl(node, stored);
  return node;
}

/** Path, the znode, READ, its version. Changes nothing; part of a multi. */
export function applyCheck(
  { tree, rules, caller }: Transaction,
  { path, version }: PathVersionRequest,
): Outcome<undefined> {
  if (pathProblem(path) !== undefined) return refusals.badArguments;
  const node = tree.get(path);
  if (node === undefined) return refusals.noNode;
  if (!rules.access.permits(node.acl, perms.read, caller.identities)) return refusals.noAuth;
  return isVersion(version, node.version) ? undefined : refusals.badVersion;
}

/** Removes what nobody is asked about: a session's ephemerals, and what the reaper has found. */
export function removeUnchecked(
  transaction: Omit<Transaction, 'rules' | 'caller' | 'quotas'>,
  path: string,
): void {
  const { tree, changes, zxid } = transaction;
  const node = tree.get(path);
  const parent = parentOf(tree, path);
  if (node === undefined || parent === undefined || node.childCount > 0) return;
  changes.push(deletion(node, parent));
  tree.remove(parent, node, zxid);
}

function deletion({ path, acl, data }: Znode, parent: Znode): Change {
  const bytes = -(data?.length ?? 0);
  return { type: 'deleted', path, acl, parentAcl: parent.acl, bytes };
}

function parentOf(tree: Tree, path: string): Znode | undefined {
  return path === '/' ? undefined : tree.get(parentPath(path));
}

/** -1 stands for any version; every other number, negative ones too, is compared. */
function isVersion(expected: number, actual: number): boolean {
  return expected === anyVersion || expected === actual;
}
