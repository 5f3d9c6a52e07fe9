/** One znode as the server keeps it, and its Stat as clients see it. */

import { type Acl, type Stat } from '../wire/records.js';

/** Why a znode may go by itself: with its session, when it has been emptied, when it has not been touched. */
export type ZnodeKind = 'persistent' | 'ephemeral' | 'container' | 'ttl';

/** What is settled once and for all when a znode is created. */
export interface ZnodeBirth {
  readonly path: string;
  readonly kind: ZnodeKind;
  /** Session id of an ephemeral znode; 0 for all others (what clients see for containers and TTL znodes too). */
  readonly owner: bigint;
  /** Milliseconds; 0 unless `kind` is `ttl`. */
  readonly ttlMs: number;
  readonly zxid: bigint;
  readonly time: number;
}

/** A mutable class: there is one for each of perhaps a million znodes. Only the tree changes it. */
export class Znode {
  readonly path: string;
  readonly kind: ZnodeKind;
  readonly owner: bigint;
  readonly ttlMs: number;
  readonly czxid: bigint;
  readonly ctime: number;
  mzxid: bigint;
  mtime: number;
  pzxid: bigint;
  version = 0;
  aversion = 0;
  /** Children ever created, of every kind: the next sequence number. Clients see another number, see {@link statOf}. */
  childCreates = 0;
  /** Names; `undefined` until there is a child, since most znodes never have one. */
  children: Set<string> | undefined = undefined;

  constructor(
    birth: ZnodeBirth,
    public data: Uint8Array | null,
    public acl: readonly Acl[],
  ) {
    this.path = birth.path;
    this.kind = birth.kind;
    this.owner = birth.owner;
    this.ttlMs = birth.ttlMs;
    this.czxid = birth.zxid;
    this.ctime = birth.time;
    this.mzxid = birth.zxid;
    this.mtime = birth.time;
    this.pzxid = birth.zxid;
  }

  get childCount(): number {
    return this.children === undefined ? 0 : this.children.size;
  }
}

/**
 * The Stat of a znode at this moment. `cversion` is twice the creations less the children that are left, which is
 * creations plus deletions (`DataNode.copyStat`).
 */
export function statOf(node: Znode): Stat {
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: (node.childCreates * 2 - node.childCount) | 0,
    aversion: node.aversion,
    ephemeralOwner: node.owner,
    dataLength: node.data === null ? 0 : node.data.length,
    numChildren: node.childCount,
    pzxid: node.pzxid,
  };
}
