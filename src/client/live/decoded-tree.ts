/** A tree whose data is decoded: each znode once, when it comes or changes. */

import { DecodeError } from '../../errors/client-errors.js';
import { joinPath } from '../../path.js';
import { type ValueCodec } from '../codec.js';
import { decodeValue } from '../decode.js';
import { type Tree, type TreeChange } from '../tree.js';
import { type Node } from '../znode.js';

/** How to decode, and what to do with data that does not. */
export interface TreeDecoding {
  readonly codec: ValueCodec<unknown>;
  /** Called for data that does not decode; if it returns, the znode stays as it was. */
  readonly onFailure: (error: DecodeError) => void;
}

export class DecodedTree implements Tree<unknown> {
  private readonly nodes = new Map<string, Node<unknown>>();

  constructor(
    private readonly raw: Tree<Uint8Array | null>,
    private readonly decoding: TreeDecoding,
  ) {
    for (const node of raw) this.decode(node);
  }

  get root(): string {
    return this.raw.root;
  }

  get size(): number {
    return this.nodes.size;
  }

  get(path: string): Node<unknown> | undefined {
    return this.nodes.get(path);
  }

  has(path: string): boolean {
    return this.nodes.has(path);
  }

  children(path: string): readonly string[] {
    return this.raw.children(path).filter((name) => this.nodes.has(joinPath(path, name)));
  }

  [Symbol.iterator](): IterableIterator<Node<unknown>> {
    return this.nodes.values();
  }

  toMap(): Map<string, Node<unknown>> {
    return new Map(this.nodes);
  }

  /** Decodes what has changed, and tells what that has changed. */
  update(changes: readonly TreeChange<Uint8Array | null>[]): readonly TreeChange<unknown>[] {
    const updates: TreeChange<unknown>[] = [];
    for (const change of changes) {
      const { path } = change;
      const previous = this.nodes.get(path);
      if (change.type === 'removed') {
        if (previous !== undefined) updates.push({ type: 'removed', path, previous });
        this.nodes.delete(path);
        continue;
      }
      const node = this.decode(change.node);
      if (node === undefined) continue;
      if (previous === undefined) updates.push({ type: 'added', path, node });
      else updates.push({ type: 'changed', path, node, previous });
    }
    return updates;
  }

  private decode({ path, data, stat }: Node<Uint8Array | null>): Node<unknown> | undefined {
    const { codec, onFailure } = this.decoding;
    try {
      const value = decodeValue(codec, { data, path, operation: 'tree$' });
      const node = { path, data: value, stat };
      this.nodes.set(path, node);
      return node;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      onFailure(error);
      return undefined;
    }
  }
}
