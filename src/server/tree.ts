/**
 * The znode tree: what is there, who owns it, and how a change touches a znode and its parent.
 *
 * It changes what it is told to change; whether that is allowed has been checked before. Between `begin` and `commit`
 * every change can be undone by `rollBack`, sequence counters included. Paths are the keys of one Map, so depth costs
 * nothing; the root is found as '/' and as '' (the parent of '/a', as far as a path is cut at its last slash).
 */

import { baseName, joinPath } from '../path.js';
import { type Acl } from '../wire/records.js';
import { Znode, type ZnodeBirth } from './znode.js';

const maxInt = 0x7fff_ffff;
const noPaths: ReadonlySet<string> = new Set();

/** What a creation needs besides the znode's birth. */
export interface ZnodeContent {
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
}

/** When a change happens. */
export interface ChangeTime {
  readonly zxid: bigint;
  readonly time: number;
}

/** What differs between servers. */
export interface TreeRules {
  /** Containers that never had a child are on the list of what expires, too. */
  readonly reapUnused: boolean;
  /** After its largest value a sequence counter goes on with the smallest (before 3.6). */
  readonly counterWraps: boolean;
}

export class Tree {
  /** Containers that were emptied and TTL znodes without children: what the reaper has to look at. */
  readonly expirable = new Set<string>();
  /** How often a znode was put on that list: tells the reaper whether to look anew. */
  expirableAdditions = 0;
  private readonly nodes = new Map<string, Znode>();
  private readonly ephemerals = new Map<bigint, Set<string>>();
  private readonly root: Znode;
  private undo: (() => void)[] | undefined = undefined;
  private readonly keepers = new Set<(node: Znode) => void>();

  constructor(
    rootContent: ZnodeContent,
    private readonly rules: TreeRules = { reapUnused: false, counterWraps: false },
  ) {
    const birth = { kind: 'persistent', owner: 0n, ttlMs: 0, zxid: 0n, time: 0 } as const;
    this.root = new Znode({ ...birth, path: '/' }, rootContent.data, rootContent.acl);
    this.nodes.set('/', this.root);
  }

  /** Number of znodes, the root included. */
  get size(): number {
    return this.nodes.size;
  }

  get(path: string): Znode | undefined {
    return path === '' ? this.root : this.nodes.get(path);
  }

  /** All znodes, parents before their children. */
  all(): Iterable<Znode> {
    return this.nodes.values();
  }

  /** Paths of a session's ephemerals, in the order of their creation. */
  ephemeralsOf(owner: bigint): ReadonlySet<string> {
    return this.ephemerals.get(owner) ?? noPaths;
  }

  /** Number of ephemeral znodes. */
  get ephemeralCount(): number {
    let count = 0;
    for (const paths of this.ephemerals.values()) count += paths.size;
    return count;
  }

  /** Number of znodes below a path, at any depth. Below the empty path is the root too (`DataTree.getAllChildrenNumber`). */
  countDescendants(path: string): number {
    if (path === '') return this.nodes.size;
    if (path === '/') return this.nodes.size - 1;
    const pending = [path];
    let count = 0;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const children = this.nodes.get(at)?.children;
      if (children === undefined) continue;
      count += children.size;
      for (const name of children) pending.push(`${at}/${name}`);
    }
    return count;
  }

  /** A znode and all below it, and the bytes of their data; nothing if there is no such znode. */
  measure(path: string): { count: number; bytes: number } {
    const pending = [path];
    let count = 0;
    let bytes = 0;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const node = this.nodes.get(at);
      if (node === undefined) continue;
      count += 1;
      bytes += node.data?.length ?? 0;
      for (const name of node.children ?? []) pending.push(joinPath(at, name));
    }
    return { count, bytes };
  }

  /** Puts a znode back as it was saved; its parent has been put back before it. */
  restore(node: Znode, parent: Znode): void {
    this.attach(parent, node);
    this.review(parent);
  }

  /** Shows each znode as it is right before it changes, until the function returned is called. */
  beforeChange(keep: (node: Znode) => void): () => void {
    this.keepers.add(keep);
    return () => {
      this.keepers.delete(keep);
    };
  }

  /** Adds a znode below an existing parent. */
  create(parent: Znode, birth: ZnodeBirth, content: ZnodeContent): Znode {
    this.show(parent);
    const { childCreates, pzxid } = parent;
    const node = new Znode(birth, content.data, content.acl);
    this.attach(parent, node);
    // Since 3.6 the counter never goes back: after its largest value it sticks, and pzxid with it (ZOOKEEPER-3249).
    if (childCreates < maxInt || this.rules.counterWraps) {
      parent.childCreates = (childCreates + 1) | 0;
      parent.pzxid = birth.zxid;
    }
    this.review(parent);
    this.undo?.push(() => {
      this.detach(parent, node);
      parent.childCreates = childCreates;
      parent.pzxid = pzxid;
      this.review(parent);
    });
    return node;
  }

  /** Removes a znode that has no children. */
  remove(parent: Znode, node: Znode, zxid: bigint): void {
    this.show(parent);
    const { pzxid } = parent;
    this.detach(parent, node);
    parent.pzxid = zxid;
    this.review(parent);
    this.undo?.push(() => {
      this.attach(parent, node);
      parent.pzxid = pzxid;
      this.review(parent);
    });
  }

  setData(node: Znode, data: Uint8Array | null, { zxid, time }: ChangeTime): void {
    this.show(node);
    const { data: oldData, version, mzxid, mtime } = node;
    node.data = data;
    node.version = (version + 1) | 0;
    node.mzxid = zxid;
    node.mtime = time;
    this.undo?.push(() => {
      node.data = oldData;
      node.version = version;
      node.mzxid = mzxid;
      node.mtime = mtime;
    });
  }

  /** Sets data that the server keeps itself: nothing else of the znode changes, and no rollback undoes it. */
  keepData(node: Znode, data: Uint8Array): void {
    this.show(node);
    node.data = data;
  }

  setAcl(node: Znode, acl: readonly Acl[]): void {
    this.show(node);
    const { acl: oldAcl, aversion } = node;
    node.acl = acl;
    node.aversion = (aversion + 1) | 0;
    this.undo?.push(() => {
      node.acl = oldAcl;
      node.aversion = aversion;
    });
  }

  /** From here on changes can be undone. */
  begin(): void {
    this.undo = [];
  }

  /** Makes the changes since `begin` final. */
  commit(): void {
    this.undo = undefined;
  }

  /** Undoes the changes since `begin`, last one first. */
  rollBack(): void {
    const steps = this.undo ?? [];
    this.undo = undefined;
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) step();
  }

  private show(node: Znode): void {
    if (this.keepers.size > 0) for (const keep of this.keepers) keep(node);
  }

  private attach(parent: Znode, node: Znode): void {
    this.nodes.set(node.path, node);
    (parent.children ??= new Set()).add(baseName(node.path));
    this.review(node);
    if (node.kind !== 'ephemeral') return;
    const owned = this.ephemerals.get(node.owner);
    if (owned === undefined) this.ephemerals.set(node.owner, new Set([node.path]));
    else owned.add(node.path);
  }

  private detach(parent: Znode, node: Znode): void {
    this.nodes.delete(node.path);
    parent.children?.delete(baseName(node.path));
    this.expirable.delete(node.path);
    if (node.kind !== 'ephemeral') return;
    const owned = this.ephemerals.get(node.owner);
    owned?.delete(node.path);
    if (owned?.size === 0) this.ephemerals.delete(node.owner);
  }

  /** Puts a znode on the reaper's list or takes it off, after its children have changed. */
  private review(node: Znode): void {
    if (node.kind === 'persistent' || node.kind === 'ephemeral') return;
    const used = node.kind === 'ttl' || node.childCreates > 0 || this.rules.reapUnused;
    if (!used || node.childCount > 0) {
      this.expirable.delete(node.path);
    } else if (!this.expirable.has(node.path)) {
      this.expirable.add(node.path);
      this.expirableAdditions += 1;
    }
  }
}
