/** The live trees of one client: one for each root and scope. */

import { type CellHost, type HostedCell } from './cell-host.js';
import { SharedTree } from './shared-tree.js';
import { type TreeScope } from './tree-scope.js';

export class LiveTrees {
  private trees: readonly SharedTree[] = [];

  constructor(private readonly host: CellHost) {}

  get size(): number {
    return this.trees.length;
  }

  /** The tree of this scope, which is there or is made. */
  of(scope: TreeScope): SharedTree {
    const found = this.trees.find((tree) => tree.scope.equals(scope));
    if (found !== undefined) return found;
    const tree = new SharedTree(this.host, scope);
    this.trees = [...this.trees, tree];
    return tree;
  }

  forget(cell: HostedCell): void {
    this.trees = this.trees.filter((tree) => tree.cell !== cell);
  }

  endAll(error: unknown): void {
    for (const tree of this.trees) tree.cell.end(error);
  }
}
