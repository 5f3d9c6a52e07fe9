/**
 * What the server's tree was at every zxid: the truth that emissions are compared with.
 *
 * It is learned by comparing the tree before and after every transaction, and knows nothing of requests. Data identifies
 * a version, because every write of the simulation writes something that nobody else ever writes.
 */

import { type EmbeddedServer } from '../../src/server/server.js';

type Tree = ReturnType<EmbeddedServer['tree']>;

/** One version of one znode. */
export interface Version {
  readonly czxid: bigint;
  readonly mzxid: bigint;
  readonly data: string;
}

/** What one path was from a zxid on, until the next entry. */
interface Span<T> {
  readonly from: bigint;
  readonly value: T | null;
}

const decoder = new TextDecoder();

/** Data as the simulation writes it. */
export function textOf(data: Uint8Array | null): string {
  return data === null ? '' : decoder.decode(data);
}

/** A list of names, in an order that does not depend on who lists. */
export function listOf(names: readonly string[]): string {
  return [...names].sort().join(' ');
}

export class Model {
  private readonly nodes = new Map<string, Span<Version>[]>();
  private readonly lists = new Map<string, Span<string>[]>();
  private readonly writes = new Map<string, number>();
  private seenZxid = -1n;
  /** Somebody else who follows the tree. */
  alsoLook: (tree: Tree) => void = () => undefined;

  constructor(
    private readonly server: EmbeddedServer,
    private readonly paths: readonly string[],
  ) {
    for (const path of paths) {
      this.nodes.set(path, [{ from: 0n, value: null }]);
      this.lists.set(path, [{ from: 0n, value: null }]);
    }
    this.look();
  }

  /** To be called after whatever may have been a transaction. */
  look(): void {
    const { lastZxid } = this.server;
    if (lastZxid === this.seenZxid) return;
    this.seenZxid = lastZxid;
    const tree = this.server.tree();
    for (const path of this.paths) {
      this.lookAt(path, tree);
    }
    this.alsoLook(tree);
  }

  /** How often this was written. */
  writesOf(data: string): number {
    return this.writes.get(data) ?? 0;
  }

  /** What is there now. */
  current(path: string): Version | null {
    return this.spans(path).at(-1)?.value ?? null;
  }

  currentList(path: string): string | null {
    return this.lists.get(path)?.at(-1)?.value ?? null;
  }

  /** The version of this zxid, if there ever was one. */
  version(path: string, mzxid: bigint): Version | undefined {
    return this.spans(path).find(({ value }) => value?.mzxid === mzxid)?.value ?? undefined;
  }

  versionWith(path: string, data: string): Version | undefined {
    return this.spans(path).find(({ value }) => value?.data === data)?.value ?? undefined;
  }

  /** First zxid after this one at which the znode was not there; `undefined` if it always was. */
  absentAfter(path: string, zxid: bigint): bigint | undefined {
    return this.spans(path).find(({ from, value }) => value === null && from > zxid)?.from;
  }

  /** Index of the first list from `start` on that is this one; `undefined` if there is none. */
  listFrom(path: string, start: number, names: string | null): number | undefined {
    const lists = this.lists.get(path) ?? [];
    const at = lists.findIndex(({ value }, index) => index >= start && value === names);
    return at < 0 ? undefined : at;
  }

  private spans(path: string): Span<Version>[] {
    const spans = this.nodes.get(path);
    if (spans === undefined) throw new Error(`${path} is not in the model`);
    return spans;
  }

  private lookAt(path: string, tree: Tree): void {
    const snapshot = tree[path];
    const spans = this.spans(path);
    const before = spans.at(-1)?.value ?? null;
    if (snapshot === undefined) {
      if (before !== null) spans.push({ from: this.seenZxid, value: null });
    } else if (before?.mzxid !== snapshot.stat.mzxid) {
      const { czxid, mzxid } = snapshot.stat;
      const data = textOf(snapshot.data);
      // Deleted and made again by one transaction: it was absent for no reader, but a watch tells of a deletion.
      if (before !== null && before.czxid !== czxid) spans.push({ from: czxid, value: null });
      spans.push({ from: mzxid, value: { czxid, mzxid, data } });
      this.writes.set(data, (this.writes.get(data) ?? 0) + 1);
    }
    this.lookAtList(path, snapshot === undefined ? null : tree);
  }

  private lookAtList(path: string, tree: Tree | null): void {
    const names = tree === null ? null : namesBelow(path, tree);
    const lists = this.lists.get(path);
    if (lists?.at(-1)?.value !== names) lists?.push({ from: this.seenZxid, value: names });
  }
}

function namesBelow(path: string, tree: Tree): string {
  const prefix = `${path}/`;
  const names: string[] = [];
  for (const other in tree) {
    if (!other.startsWith(prefix)) continue;
    const name = other.slice(prefix.length);
    if (!name.includes('/')) names.push(name);
  }
  return listOf(names);
}
