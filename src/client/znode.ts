/** A znode as applications see it, and how one is created. */

import { type Acl, type Stat } from '../wire/records.js';

/** What a znode lives for. `container`: until its last child goes; `ttl`: until unchanged and childless for `ttlMs`. */
export type CreateMode = 'persistent' | 'ephemeral' | 'container' | 'ttl';

/** How a znode is created. */
export interface CreateOptions {
  /** Default `persistent`. `container` and `ttl` need 3.5.3+, `ttl` must be switched on in the server. */
  readonly mode?: CreateMode;
  /** Appends the parent's ten-digit counter to the name. The path may then end in "/". Default false. */
  readonly sequential?: boolean;
  /** For `mode: 'ttl'`: 1 to 2^40-1 milliseconds. */
  readonly ttlMs?: number;
  /** Default: the client's `defaultAcl`. */
  readonly acl?: readonly Acl[];
}

/** A znode's value and metadata. */
export interface Node<T = Uint8Array> {
  readonly path: string;
  /** The data; `null` if the znode was created without any. */
  readonly data: T;
  readonly stat: Stat;
}
