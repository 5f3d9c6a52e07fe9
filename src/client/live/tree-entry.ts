/** One znode of a live tree: what is known of it, where it hangs, and what is to be read of it. */

import { type Node } from '../znode.js';

/** A znode as it was read. */
export type RawNode = Node<Uint8Array | null>;

/** Facts about an entry, one bit each: there are many entries, and most of their cost is their size. */
export const bits = {
  /** It and all of its ancestors are known, so it is in the tree that is shown. */
  shown: 1,
  /** Its data is to be read; and the read is under way; and once more after that. */
  dataDue: 2,
  dataSent: 4,
  dataAgain: 8,
  /** The same for the list of its children. */
  listDue: 16,
  listSent: 32,
  listAgain: 64,
  /** All of its children are entries, and new ones will be told by events. */
  listKnown: 128,
  /** The first emission waits for it. */
  awaited: 256,
  /** Not part of the tree any more; what is still read of it is of no use. */
  removed: 512,
} as const;

export const dataPending = bits.dataDue | bits.dataSent;
export const listPending = bits.listDue | bits.listSent;

export class TreeEntry {
  node: RawNode | undefined = undefined;
  /** See {@link bits}. */
  state = 0;
  firstChild: TreeEntry | undefined = undefined;
  next: TreeEntry | undefined = undefined;
  previous: TreeEntry | undefined = undefined;

  constructor(
    /** The client's. */
    readonly path: string,
    readonly parent: TreeEntry | undefined,
  ) {}

  is(bit: number): boolean {
    return (this.state & bit) !== 0;
  }

  set(bit: number): void {
    this.state |= bit;
  }

  clear(bit: number): void {
    this.state &= ~bit;
  }
}
