/** Schema rules: which znodes may be created how, and what may be done with them. Types only; `SchemaGuard` enforces them. */

import { type Acl } from '../wire/records.js';
import { type ValueCodec } from './codec.js';

/** Whether something is optional, demanded or forbidden. */
export type Allowance = 'can' | 'must' | 'cannot';

/** `true`, or what is wrong (`false` says only that something is). What it throws is what is wrong, too. */
export type SchemaCheck<T> = (value: T, path: string) => boolean | string;

/** What holds for the znodes of a path. */
export interface SchemaRule {
  /** What errors call the rule. Default: its path. */
  readonly name?: string;
  /** One path, or a pattern that a whole path must match. Exact paths come before patterns, and patterns in their order. */
  readonly path: string | RegExp;
  /** Whether the znode is ephemeral. Default `'can'`. */
  readonly ephemeral?: Allowance;
  /** Whether it is created with a number. The path that is looked at is then the one without it. Default `'can'`. */
  readonly sequential?: Allowance;
  /** Whether it is read live: `'must'` refuses one-shots that read it, `'cannot'` live reads. Default `'can'`. */
  readonly watched?: Allowance;
  /** Whether it may be deleted. Default true. */
  readonly canBeDeleted?: boolean;
  /** Checks data before they are written: a codec that can decode them (`json(validator)`), or a function. No data are no bytes. */
  readonly data?: Pick<ValueCodec<unknown>, 'decode'> | SchemaCheck<Uint8Array>;
  /** Checks the ACL before it is given. */
  readonly acl?: SchemaCheck<readonly Acl[]>;
  /** What the znodes are for. For people. */
  readonly documentation?: string;
  /** Anything else. For programs. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The rules of a client or of a view. */
export interface Schema {
  readonly rules: readonly SchemaRule[];
  /** What becomes of paths that no rule is for: `'allow'` (default) or `'deny'` creates, writes, deletes and reads of them. Never the root. */
  readonly otherwise?: 'allow' | 'deny';
}
