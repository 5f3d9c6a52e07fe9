/** The znodes in a snapshot: how one is written, and how all of them become a tree again. */

import { ProtocolError } from '../errors/client-errors.js';
import { parentPath, pathProblem } from '../path.js';
import { type JuteReader } from '../wire/reader.js';
import { type Acl } from '../wire/records.js';
import { type JuteWriter } from '../wire/writer.js';
import { Znode, type ZnodeKind } from './znode.js';
import { type Tree } from './tree.js';

const kinds: readonly ZnodeKind[] = ['persistent', 'ephemeral', 'container', 'ttl'];

/**
 * string path, buffer data, int ACL (index), int kind (index), long owner, long ttlMs, long czxid, long ctime, long mzxid,
 * long mtime, long pzxid, int version, int aversion, int childCreates.
 */
export function writeZnode(writer: JuteWriter, node: Znode, aclIndex: number): void {
  writer.string(node.path);
  writer.buffer(node.data);
  writer.int(aclIndex);
  writer.int(kinds.indexOf(node.kind));
  writer.long(node.owner);
  writer.longNumber(node.ttlMs);
  writer.long(node.czxid);
  writer.longNumber(node.ctime);
  writer.long(node.mzxid);
  writer.longNumber(node.mtime);
  writer.long(node.pzxid);
  writer.int(node.version);
  writer.int(node.aversion);
  writer.int(node.childCreates);
}

/** What the znodes refer to. */
export interface SnapshotContext {
  readonly acls: readonly (readonly Acl[])[];
  readonly sessionIds: ReadonlySet<bigint>;
}

/** Fills a virgin tree: what it has already is put into the saved state, all else is added. */
export function readZnodes(reader: JuteReader, tree: Tree, context: SnapshotContext): void {
  const count = reader.int();
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const saved = readZnode(reader, context);
    if (seen.has(saved.path)) throw wrong(saved.path, 'is there twice');
    seen.add(saved.path);
    place(tree, saved);
  }
  for (const { path } of tree.all()) {
    if (!seen.has(path)) throw wrong(path, 'is missing');
  }
}

function place(tree: Tree, saved: Znode): void {
  const there = tree.get(saved.path);
  if (there !== undefined) {
    copyState(there, saved);
    return;
  }
  const parent = tree.get(parentPath(saved.path));
  if (parent === undefined) throw wrong(saved.path, 'has no parent');
  if (parent.kind === 'ephemeral') throw wrong(saved.path, 'is below an ephemeral');
  tree.restore(saved, parent);
}

function readZnode(reader: JuteReader, { acls, sessionIds }: SnapshotContext): Znode {
  const path = reader.text('the path of a znode');
  if (pathProblem(path) !== undefined) throw wrong(path, 'is no path');
  const data = reader.buffer();
  const acl = acls[reader.int()];
  const kind = kinds[reader.int()];
  const owner = reader.long();
  const ttlMs = reader.longNumber();
  if (acl === undefined || kind === undefined) throw wrong(path, 'has no ACL or no kind');
  if ((kind === 'ephemeral') !== (owner !== 0n) || (owner !== 0n && !sessionIds.has(owner))) {
    throw wrong(path, 'has no owner');
  }
  const zxid = reader.long();
  const time = reader.longNumber();
  const node = new Znode({ path, kind, owner, ttlMs, zxid, time }, data, acl);
  node.mzxid = reader.long();
  node.mtime = reader.longNumber();
  node.pzxid = reader.long();
  node.version = reader.int();
  node.aversion = reader.int();
  node.childCreates = reader.int();
  return node;
}

/** A znode as it is now, whatever becomes of it; its children are no part of what is saved. */
export function copyOf(node: Znode): Znode {
  const { path, kind, owner, ttlMs, czxid: zxid, ctime: time } = node;
  const copy = new Znode({ path, kind, owner, ttlMs, zxid, time }, node.data, node.acl);
  copyState(copy, node);
  return copy;
}

/** The znodes that every server has keep their birth, which is the same everywhere. */
function copyState(to: Znode, from: Znode): void {
  to.data = from.data;
  to.acl = from.acl;
  to.mzxid = from.mzxid;
  to.mtime = from.mtime;
  to.pzxid = from.pzxid;
  to.version = from.version;
  to.aversion = from.aversion;
  to.childCreates = from.childCreates;
}

function wrong(path: string, why: string): ProtocolError {
  return new ProtocolError(`cannot restore the snapshot: the znode ${path} ${why}`);
}
