/** Which znodes belong to a live tree. */

import { type TreeOptions } from '../tree.js';
import { type TreeEntry } from './tree-entry.js';

export class TreeScope {
  private readonly maxDepth: number;
  private readonly filter: ((path: string) => boolean) | undefined;

  constructor(
    readonly root: string,
    { maxDepth = Infinity, filter }: TreeOptions,
  ) {
    this.maxDepth = maxDepth;
    this.filter = filter;
  }

  /** Whether the same znodes belong to it as far as can be told. */
  equals(other: TreeScope): boolean {
    return (
      this.root === other.root && this.maxDepth === other.maxDepth && this.filter === other.filter
    );
  }

  /** Whether there may be something below an entry. */
  reachesBelow(entry: TreeEntry): boolean {
    if (entry.node !== undefined && entry.node.stat.ephemeralOwner !== 0n) return false;
    return this.maxDepth === Infinity || depthOf(entry) < this.maxDepth;
  }

  /** Whether a child of an entry belongs to it. Throws what the filter throws. */
  admits(parent: TreeEntry, path: string): boolean {
    if (!this.reachesBelow(parent)) return false;
    return this.filter === undefined || this.filter(path);
  }
}

function depthOf(entry: TreeEntry): number {
  let depth = 0;
  for (let at = entry.parent; at !== undefined; at = at.parent) depth++;
  return depth;
}
