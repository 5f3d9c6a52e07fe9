/** A znode as applications see it, and how one is created. */

import { type Acl, type Stat } from '../wire/records.js';

/** What a znode lives for. `container`: until its last child goes; `ttl`: until unchanged and childless for `ttlMs`. */
export type CreateMode = 'persistent' | 'ephemeral' | 'container' | 'ttl';

/** How a znode is created. */
export interface CreateOptions {
  /** Default `persistent`. `container` needs 3.5.1+, `ttl` 3.5.3+ and must be switched on in the server. */
  readonly mode?: CreateMode;
  /** Appends the parent's ten-digit counter to the name. The path may then end in "/". Default false. */
  readonly sequential?: boolean;
  /** For `mode: 'ttl'`: 1 to 2^40-1 milliseconds. */
  readonly ttlMs?: number;
  /** Default: the client's `defaultAcl`. */
  readonly acl?: readonly Acl[];
}

/** What ancestors that are missing are made as. */
export type AncestorMode = 'persistent' | 'container';

/** How a create may lack its parent. */
export interface ParentsOptions {
  /**
   * What missing ancestors are made as, empty and with the client's `defaultAcl` (for another ACL use `ensurePath` before).
   * A `container` (3.5.1+) is removed by the server some time after its last child. Default: they are not made, and a create
   * that lacks its parent errs with `NoNodeError`.
   */
  readonly parents?: AncestorMode;
}

/** How a znode is made sure of. */
export interface EnsurePathOptions {
  /** Of all that is made. Default: the client's `defaultAcl`. */
  readonly acl?: readonly Acl[];
  /** What is made; existing znodes stay what they are. Default `persistent`. A `container` needs 3.5.1+. */
  readonly mode?: AncestorMode;
}

/** What else is answered. */
export interface StatOptions<Wanted extends boolean = boolean> {
  /** Answers the stat, too. Default false. */
  readonly withStat?: Wanted;
}

/** Which version is written over. */
export interface VersionOptions {
  /** Only if the znode (for `setAcl`: its ACL) has this version; otherwise `BadVersionError`. Default: any. */
  readonly version?: number;
}

/** A znode's value and metadata. */
export interface Node<T = Uint8Array> {
  readonly path: string;
  /** The data; `null` if the znode was created without any. */
  readonly data: T;
  readonly stat: Stat;
}

/** A write that may be sent twice. */
export interface Repeatable {
  /**
   * The write is sent again when its answer was lost, within its time limit, and a refusal is success if the znode is as it was
   * asked for: for `create`, it was never set and has this data (and, ephemeral, this session as its owner); for `set` with a
   * `version`, it is one version on and has this data; for `delete`, it is not there. So somebody else who has done the same
   * passes for oneself, and a `set` of any version may undo what somebody has set between its two times. Default false.
   */
  readonly idempotent?: boolean;
}

/** How a znode is deleted. */
export interface DeleteOptions extends Repeatable {
  /** Only if the znode has this version. Default: any. */
  readonly version?: number;
  /** Deletes what is below it first. Default false. */
  readonly recursive?: boolean;
  /**
   * Goes on until the server has confirmed it or the client is closed: over lost connections and sessions, and also when it is
   * unsubscribed, aborted or out of time; a refusal that nobody hears any more goes to the client's `onReport`. Not with
   * `recursive`. Default false.
   */
  readonly guaranteed?: boolean;
}
