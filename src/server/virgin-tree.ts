/** The tree that every server starts with, before its first transaction. */

import { openAcl, readOnlyAcl } from './acl.js';
import { Tree } from './tree.js';

/** A root with 3 znodes below it: `/zookeeper`, its `quota` and its `config`. */
export function virginTree({ reapUnused = false, counterWraps = false } = {}): Tree {
  const empty = { data: new Uint8Array(0), acl: openAcl };
  const tree = new Tree(empty, { reapUnused, counterWraps });
  const birth = { kind: 'persistent', owner: 0n, ttlMs: 0, zxid: 0n, time: 0 } as const;
  // The root is there from the start.
  const root = tree.get('/');
  if (root === undefined) return tree;
  const zookeeper = tree.create(root, { ...birth, path: '/zookeeper' }, empty);
  tree.create(zookeeper, { ...birth, path: '/zookeeper/quota' }, empty);
  const config = tree.create(zookeeper, { ...birth, path: '/zookeeper/config' }, empty);
  config.acl = readOnlyAcl;
  config.aversion = -1;
  // A fresh server counts these children as never created (measured: shown cversions are -1 and -2).
  root.childCreates = 0;
  zookeeper.childCreates = 0;
  return tree;
}
