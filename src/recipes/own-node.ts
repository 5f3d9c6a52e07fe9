/** A recipe's own znode: what is asked for, and what the server made of it. */

import { baseName } from '../path.js';
import { type RecipeCall } from './options.js';
import { type Parents } from './parents.js';

/** What is made. */
export interface OwnNodeOptions {
  /** Parent of the znode; made (empty) if it is missing. */
  readonly root: string;
  /** What the root and its ancestors are made as. Default: `persistent`. */
  readonly parents?: Parents;
  /** Its name, or the part of it before the number; it must hold an id that nobody else uses. */
  readonly prefix: string;
  /** Whether the server appends a number. Default: true. */
  readonly sequential?: boolean;
  readonly data: Uint8Array;
  /** For error messages. */
  readonly call: RecipeCall;
}

/** The znode as the server made it. */
export interface OwnNode {
  readonly name: string;
  /** Session that it lives with. */
  readonly sessionId: bigint;
  /** Zxid that created it. */
  readonly fence: bigint;
}

/** The part of an answer that matters here. */
interface Answer {
  readonly path: string;
  readonly stat: { readonly ephemeralOwner: bigint; readonly czxid: bigint };
}

/** The znode that an answer tells of. */
export function ownNode({ path, stat }: Answer): OwnNode {
  return { name: baseName(path), sessionId: stat.ephemeralOwner, fence: stat.czxid };
}
