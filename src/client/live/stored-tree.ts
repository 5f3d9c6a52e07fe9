/** The face of a tree's store towards applications. */

import { type Tree } from '../tree.js';
import { bits, type RawNode } from './tree-entry.js';
import { type TreeStore } from './tree-store.js';

export class StoredTree implements Tree<Uint8Array | null> {
  constructor(
    readonly root: string,
    private readonly store: TreeStore,
  ) {}

  get size(): number {
    return this.store.size;
  }

  get(path: string): RawNode | undefined {
    return this.store.node(path);
  }

  has(path: string): boolean {
    return this.store.node(path) !== undefined;
  }

  children(path: string): readonly string[] {
    return this.store.names(path);
  }

  *[Symbol.iterator](): IterableIterator<RawNode> {
    for (const entry of this.store.all()) {
      if (entry.is(bits.shown) && entry.node !== undefined) yield entry.node;
    }
  }

  toMap(): Map<string, RawNode> {
    const map = new Map<string, RawNode>();
    for (const node of this) map.set(node.path, node);
    return map;
  }
}
