/** The operations that read: they change nothing, except that some leave a one-shot watch. Paths are not validated. */

import { type MultiOperation, type MultiResult } from '../wire/multi.js';
import { type Stat } from '../wire/records.js';
import { type EphemeralsRequest, type PathWatchRequest } from '../wire/request-records.js';
import {
  type AclStat,
  type DataStat,
  type Identity,
  type NamesStat,
} from '../wire/response-records.js';
import { maskAcl, perms } from './acl.js';
import { type Exchange } from './exchange.js';
import { type Outcome, Refusal, refusals } from './refusal.js';
import { statOf, type Znode } from './znode.js';

const noNames: readonly string[] = [];
const maxMultiReadBytes = 64 * 1024 * 1024;

/** Leaves a watch only if it succeeds. */
export function getData(exchange: Exchange, { path, watch }: PathWatchRequest): Outcome<DataStat> {
  const node = readable(exchange, path);
  if (node instanceof Refusal) return node;
  if (watch) exchange.machine.watches.data.add(path, exchange.peer);
  return { data: node.data, stat: statOf(node) };
}

/** Leaves a watch on what is not there too. */
export function exists(
  { machine, peer }: Exchange,
  { path, watch }: PathWatchRequest,
): Outcome<Stat> {
  if (path.includes('\0')) return refusals.badArguments;
  const node = machine.tree.get(path);
  const { version, access } = machine.rules;
  const hidden =
    node !== undefined &&
    version.existsChecksRead &&
    !access.permits(node.acl, perms.read, peer.identities);
  if (hidden) return refusals.noAuth;
  if (watch) machine.watches.data.add(path, peer);
  return node === undefined ? refusals.noNode : statOf(node);
}

/** Leaves a watch only if it succeeds. */
export function getChildren(
  exchange: Exchange,
  { path, watch }: PathWatchRequest,
): Outcome<readonly string[]> {
  const node = readable(exchange, path);
  if (node instanceof Refusal) return node;
  if (watch) exchange.machine.watches.child.add(path, exchange.peer);
  return namesOf(node);
}

/** As `getChildren`, with the Stat. */
export function getChildrenStat(exchange: Exchange, request: PathWatchRequest): Outcome<NamesStat> {
  const names = getChildren(exchange, request);
  const node = exchange.machine.tree.get(request.path);
  if (names instanceof Refusal) return names;
  // A list was found, so the znode is there.
  return node === undefined ? refusals.noNode : { names, stat: statOf(node) };
}

/** Needs READ or ADMIN; without ADMIN the hashes of digests are hidden. */
export function getAcl({ machine, peer }: Exchange, { path }: { path: string }): Outcome<AclStat> {
  const node = machine.tree.get(path);
  if (node === undefined) return refusals.noNode;
  const may = (wanted: number): boolean =>
    machine.rules.access.permits(node.acl, wanted, peer.identities);
  if (!may(perms.read | perms.admin)) return refusals.noAuth;
  return { acl: may(perms.admin) ? node.acl : maskAcl(node.acl), stat: statOf(node) };
}

/** Number of znodes below a path, at any depth. */
export function countDescendants(exchange: Exchange, { path }: { path: string }): Outcome<number> {
  const node = readable(exchange, path);
  return node instanceof Refusal ? node : exchange.machine.tree.countDescendants(path);
}

/** Paths of the session's own ephemerals that begin with a prefix. */
export function getEphemerals(
  { machine, peer }: Exchange,
  { prefix }: EphemeralsRequest,
): readonly string[] {
  const paths = [...machine.tree.ephemeralsOf(peer.sessionId)];
  return prefix === null ? paths : paths.filter((path) => path.startsWith(prefix));
}

export function whoAmI({ machine, peer }: Exchange): readonly Identity[] {
  return peer.identities.map((identity) => ({
    scheme: identity.scheme,
    user: machine.rules.access.userName(identity),
  }));
}

/**
 * Each operation for itself; watch flags are ignored, and anything but reads is refused as a whole. So is what would
 * answer more than any client takes: a frame of a megabyte can ask for all data of the tree ten thousand times.
 */
export function multiRead(
  exchange: Exchange,
  operations: readonly MultiOperation[],
): Outcome<readonly MultiResult[]> {
  const results: MultiResult[] = [];
  let bytes = 0;
  for (const operation of operations) {
    if (operation.type !== 'getData' && operation.type !== 'getChildren')
      return refusals.marshalling;
    const result = readOne(exchange, operation.type, operation.path);
    bytes += bytesOf(result);
    if (bytes > maxMultiReadBytes) return refusals.marshalling;
    results.push(result);
  }
  return results;
}

function readOne(exchange: Exchange, type: 'getData' | 'getChildren', path: string): MultiResult {
  const node = readable(exchange, path);
  if (node instanceof Refusal) return { type: 'error', error: node.code };
  return type === 'getData'
    ? { type, data: node.data, stat: statOf(node) }
    : { type, names: namesOf(node) };
}

/** Size of the larger part of a result, about. */
function bytesOf(result: MultiResult): number {
  if (result.type === 'getData') return result.data?.length ?? 0;
  if (result.type !== 'getChildren') return 0;
  return result.names.reduce((sum, name) => sum + name.length + 4, 0);
}

function readable({ machine, peer }: Exchange, path: string): Outcome<Znode> {
  const node = machine.tree.get(path);
  if (node === undefined) return refusals.noNode;
  return machine.rules.access.permits(node.acl, perms.read, peer.identities)
    ? node
    : refusals.noAuth;
}

function namesOf(node: Znode): readonly string[] {
  return node.children === undefined ? noNames : [...node.children];
}
