/**
 * The znodes of a live tree, and what has changed in them since it was last told.
 *
 * An entry is *shown* once it has been read and its parent is shown, so that no znode ever appears without its ancestors,
 * in whatever order the reads are answered. Changes are gathered by path: of several to one znode only the znode before
 * the first and the one after the last are kept. That is the backpressure, as the reads are: there is no queue of events.
 */

import { baseName } from '../../path.js';
import { type TreeChange } from '../tree.js';
import { bits, type RawNode, TreeEntry } from './tree-entry.js';

export class TreeStore {
  readonly root: TreeEntry;
  /** How many are shown. */
  size = 0;
  private readonly entries = new Map<string, TreeEntry>();
  /** What was shown before, of those that have changed; nothing is noted before somebody has been told of the tree. */
  private before: Map<string, RawNode | undefined> | undefined;

  constructor(root: string) {
    this.root = new TreeEntry(root, undefined);
    this.entries.set(root, this.root);
  }

  get hasChanges(): boolean {
    return this.before !== undefined && this.before.size > 0;
  }

  /** Starts to note changes. */
  startNoting(): void {
    this.before = new Map();
  }

  entry(path: string): TreeEntry | undefined {
    return this.entries.get(path);
  }

  /** All entries, also those that are not shown; parents come before their children. */
  all(): IterableIterator<TreeEntry> {
    return this.entries.values();
  }

  node(path: string): RawNode | undefined {
    const entry = this.entries.get(path);
    return entry?.is(bits.shown) === true ? entry.node : undefined;
  }

  /** Names of the children that are shown. */
  names(path: string): string[] {
    const names: string[] = [];
    for (let c = this.entries.get(path)?.firstChild; c !== undefined; c = c.next) {
      if (c.is(bits.shown)) names.push(baseName(c.path));
    }
    return names;
  }

  add(path: string, parent: TreeEntry): TreeEntry {
    const entry = new TreeEntry(path, parent);
    entry.next = parent.firstChild;
    if (parent.firstChild !== undefined) parent.firstChild.previous = entry;
    parent.firstChild = entry;
    this.entries.set(path, entry);
    return entry;
  }

  /** A znode was read. */
  setNode(entry: TreeEntry, node: RawNode): void {
    if (entry.is(bits.shown)) this.note(entry.path, entry.node);
    entry.node = node;
    if (entry.parent === undefined || entry.parent.is(bits.shown)) this.show(entry);
  }

  /** A znode is not there any more (or may not be read), and neither is what was below it. The entry itself stays. */
  vacate(entry: TreeEntry, dropped: (entry: TreeEntry) => void): void {
    for (let child = entry.firstChild; child !== undefined; child = entry.firstChild) {
      this.drop(child, dropped);
    }
    if (entry.is(bits.shown)) {
      this.note(entry.path, entry.node);
      entry.clear(bits.shown);
      this.size--;
    }
    entry.node = undefined;
    entry.clear(bits.listKnown);
  }

  /** Takes an entry and all below it out. */
  drop(entry: TreeEntry, dropped: (entry: TreeEntry) => void): void {
    this.vacate(entry, dropped);
    entry.set(bits.removed);
    this.entries.delete(entry.path);
    if (entry.previous !== undefined) entry.previous.next = entry.next;
    else if (entry.parent !== undefined) entry.parent.firstChild = entry.next;
    if (entry.next !== undefined) entry.next.previous = entry.previous;
    dropped(entry);
  }

  /** What has changed since the last time, as far as it shows. */
  takeChanges(): readonly TreeChange<Uint8Array | null>[] {
    const changes: TreeChange<Uint8Array | null>[] = [];
    if (this.before === undefined) return changes;
    for (const [path, previous] of this.before) {
      const node = this.node(path);
      if (node === previous) continue;
      if (previous === undefined) {
        if (node !== undefined) changes.push({ type: 'added', path, node });
      } else if (node === undefined) changes.push({ type: 'removed', path, previous });
      else changes.push({ type: 'changed', path, node, previous });
    }
    this.before = new Map();
    return changes;
  }

  /** Forgets everything. */
  clear(): void {
    for (const entry of this.entries.values()) entry.set(bits.removed);
    this.entries.clear();
    this.before = undefined;
  }

  private show(entry: TreeEntry): void {
    if (entry.is(bits.shown)) return;
    this.note(entry.path, undefined);
    entry.set(bits.shown);
    this.size++;
    for (let child = entry.firstChild; child !== undefined; child = child.next) {
      if (child.node !== undefined) this.show(child);
    }
  }

  private note(path: string, node: RawNode | undefined): void {
    if (this.before !== undefined && !this.before.has(path)) this.before.set(path, node);
  }
}
