/** What `tree$` takes and emits: a tree of znodes that is kept up to date, and what has changed in it. */

import { type ValueCodec } from './codec.js';
import { type Node } from './znode.js';

/** Which znodes belong to a tree. */
export interface TreeOptions {
  /** How many levels below the root belong to it; 0: only the root. Default: all. */
  readonly maxDepth?: number;
  /**
   * Whether a znode (never the root) belongs to the tree. What is below one that does not is left out with it, unread. Must
   * always answer the same for a path. The same function (not an equal one) lets streams share one tree.
   */
  readonly filter?: (path: string) => boolean;
}

/** A tree whose data is decoded. */
export interface DecodedTreeOptions<T> extends TreeOptions {
  /** Decodes each znode, also those that are only there for what is below them: no bytes are no JSON. */
  readonly codec: ValueCodec<T>;
  /**
   * Data that does not decode: `'error'` (default) errs the stream with `DecodeError`; `'keep'` keeps the znode as it was last
   * decoded (out of the tree if it never was), and reports the error to the client's `onReport`.
   */
  readonly onError?: 'error' | 'keep';
}

/**
 * A tree as it is now. It is a live view, the same object in every emission: what it answers changes as the tree does, just
 * before that is emitted. The nodes in it are values: one that has changed is another object. {@link Tree.toMap} is a copy.
 */
export interface Tree<T> extends Iterable<Node<T>> {
  /** Path of the root. */
  readonly root: string;
  /** Number of znodes, the root included; 0 while the root does not exist. */
  readonly size: number;
  /** The znode at a path, as its data was last read; its counts of children may be older than the tree. */
  get(path: string): Node<T> | undefined;
  has(path: string): boolean;
  /** Names of the children that are in the tree, in no particular order; empty if there is no such znode. */
  children(path: string): readonly string[];
  /** All znodes, parents before their children. */
  [Symbol.iterator](): IterableIterator<Node<T>>;
  /** All of them by path, as they are now. */
  toMap(): Map<string, Node<T>>;
}

/** One znode that is different from the emission before. One that was deleted and created again may show as `changed`. */
export type TreeChange<T> =
  | { readonly type: 'added'; readonly path: string; readonly node: Node<T> }
  | {
      readonly type: 'changed';
      readonly path: string;
      readonly node: Node<T>;
      readonly previous: Node<T>;
    }
  | { readonly type: 'removed'; readonly path: string; readonly previous: Node<T> };

/** An emission of `tree$`. */
export interface TreeUpdate<T> {
  /** The whole tree: a live view, see {@link Tree}. */
  readonly tree: Tree<T>;
  /** What is different from the emission before, each znode once; empty in the first one. */
  readonly changes: readonly TreeChange<T>[];
}
