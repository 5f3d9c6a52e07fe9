/**
 * Znodes that have used up their numbers: no server can tell which children of them were missed.
 *
 * Since 3.6 the counter of a znode's creates sticks at 2^31-1 (ZOOKEEPER-3249), and a create moves neither it nor `pzxid` any
 * more. So SetWatches finds nothing new there after a reconnect, and whoever lists the children must list them again.
 */

import { type Stat } from '../../wire/records.js';
import { bits, type TreeEntry } from './tree-entry.js';

const lastNumber = '2147483647';

/** Whether a znode's counter is at its end, by its own stat. */
export function isAtLastNumber({ cversion, numChildren }: Stat): boolean {
  // Twice the children ever made less those that are left, as 32 bits.
  return ((cversion + numChildren) | 0) === -2;
}

/** Those of a tree's entries whose lists may lack children. */
export function* mayMissChildren(entries: Iterable<TreeEntry>): Generator<TreeEntry> {
  for (const entry of entries) {
    const { node, parent } = entry;
    if (node !== undefined && isAtLastNumber(node.stat) && entry.is(bits.listKnown)) yield entry;
    // The stat of the parent may be older than its newest child.
    if (parent?.is(bits.listKnown) === true && entry.path.endsWith(lastNumber)) yield parent;
  }
}
