/** What one write works with: the tree, its zxid and time, on whose behalf it is, and a list of what it has changed. */

import { type AccessControl } from './acl.js';
import { type Id } from './auth-provider.js';
import { type Quotas } from './quotas.js';
import { type ServerVersion } from './server-version.js';
import { type Tree } from './tree.js';
import { type Change } from './watches.js';

/** Who asks. */
export interface Caller {
  readonly sessionId: bigint;
  readonly identities: readonly Id[];
}

/** The rules that writes follow. */
export interface WriteRules {
  readonly access: AccessControl;
  readonly version: ServerVersion;
  /** Whether TTL znodes can be made. */
  readonly extendedTypes: boolean;
}

/** One write, or all operations of a multi. */
export interface Transaction {
  readonly tree: Tree;
  readonly quotas: Quotas;
  readonly rules: WriteRules;
  readonly caller: Caller;
  readonly zxid: bigint;
  readonly time: number;
  /** In the order in which they were made; told to watchers when all of it is through. */
  readonly changes: Change[];
}
