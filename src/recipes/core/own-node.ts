/** A recipe's own znode: what is asked for, and what the server made of it. */

import { type Observable } from 'rxjs';
import { baseName } from '../../path.js';
import { type RecipeCall } from './options.js';
import { type AncestorMode } from '../../client/znode.js';

/** What is made. */
export interface OwnNodeOptions {
  /** Parent of the znode; made (empty) if it is missing. */
  readonly root: string;
  /** What the root and its ancestors are made as. Default: `persistent`. */
  readonly parents?: AncestorMode;
  /** Its name, or the part of it before the number; it must hold an id that nobody else uses, or there must be `isOwn`. */
  readonly prefix: string;
  /** Tells it from others whose names begin like that. Default: nobody else's does. */
  readonly isOwn?: (path: string, owner: bigint) => boolean;
  /** Whether the server appends a number. Default: true. */
  readonly sequential?: boolean;
  readonly data: Uint8Array;
  /** Another znode: this one is made only if that one exists at that very moment. */
  readonly onlyWith?: string;
  /** Makes the root if it is missing. Default: makes it, and its ancestors, as `parents` says. */
  readonly makeRoot?: () => Observable<unknown>;
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
