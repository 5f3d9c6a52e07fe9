/** A recipe's own znode: what is asked for, and what the server made of it. */

import { type ErrorContext } from '../errors/base.js';
import { baseName } from '../path.js';

/** What is made. */
export interface OwnNodeOptions {
  /** Parent of the znode; made (persistent, empty) if it is missing. */
  readonly root: string;
  /** Name before the number; it must hold an id that nobody else uses. */
  readonly prefix: string;
  readonly data: Uint8Array;
  /** For error messages. */
  readonly context: ErrorContext;
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
