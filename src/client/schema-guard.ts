/**
 * Enforces schema rules before anything is sent.
 *
 * A client's rules are for paths below its chroot, a view's for paths below its namespace; through a view both hold. So a
 * guard is asked for paths of the server, and each of the guards in the chain makes of them what its own rules are for.
 */

import { type ErrorContext } from '../errors/base.js';
import { SchemaViolationError } from '../errors/client-errors.js';
import { type Acl } from '../wire/records.js';
import { type Allowance, type Schema, type SchemaCheck, type SchemaRule } from './schema.js';

/** How a znode is to be created. */
export interface Creation {
  readonly ephemeral: boolean;
  readonly sequential: boolean;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
}

interface Pattern {
  readonly whole: RegExp;
  readonly rule: SchemaRule;
}

/** What is asked for. */
interface Place {
  readonly serverPath: string;
  readonly context: ErrorContext;
  /** It is not the root, though its path is `/`. */
  readonly named?: boolean;
}

/** What is looked at: the rule, the path it knows, and where to say that it was violated. */
interface Case {
  readonly rule: SchemaRule;
  readonly path: string;
  readonly context: ErrorContext;
}

const noBytes = new Uint8Array(0);

export class SchemaGuard {
  private readonly exact = new Map<string, SchemaRule>();
  private readonly patterns: readonly Pattern[];
  private readonly denies: boolean;

  /** The rules hold at and below `prefix`; `outer` are those that hold besides. */
  constructor(
    { rules, otherwise }: Schema,
    private readonly prefix: string,
    private readonly outer: SchemaGuard | undefined,
  ) {
    const patterns: Pattern[] = [];
    for (const rule of rules) {
      const { path } = rule;
      if (path instanceof RegExp) patterns.push({ whole: wholeOf(path), rule });
      else if (!this.exact.has(path)) this.exact.set(path, rule);
    }
    this.patterns = patterns;
    this.denies = otherwise === 'deny';
  }

  /** Throws {@link SchemaViolationError}, as all others do. */
  checkCreate(serverPath: string, creation: Creation, context: ErrorContext): void {
    // A sequential znode may be called by its number alone; then it is not the root that is created.
    const place = { serverPath, context, named: creation.sequential };
    this.each(place, (at) => {
      checkAllowance(at, 'ephemeral', creation.ephemeral);
      checkAllowance(at, 'sequential', creation.sequential);
      checkData(at, creation.data);
      checkAcl(at, creation.acl);
    });
  }

  checkData(serverPath: string, data: Uint8Array | null, context: ErrorContext): void {
    this.each({ serverPath, context }, (at) => {
      checkData(at, data);
    });
  }

  checkAcl(serverPath: string, acl: readonly Acl[], context: ErrorContext): void {
    this.each({ serverPath, context }, (at) => {
      checkAcl(at, acl);
    });
  }

  checkDelete(serverPath: string, context: ErrorContext): void {
    this.each({ serverPath, context }, (at) => {
      if (at.rule.canBeDeleted === false) throw violation(at, 'cannot be deleted');
    });
  }

  checkRead(serverPath: string, watched: boolean, context: ErrorContext): void {
    this.each({ serverPath, context }, (at) => {
      checkAllowance(at, 'watched', watched);
    });
  }

  private each(place: Place, check: (at: Case) => void): void {
    const { context, named = false } = place;
    const path = this.below(place.serverPath);
    if (path !== undefined) {
      const rule =
        this.exact.get(path) ?? this.patterns.find(({ whole }) => whole.test(path))?.rule;
      if (rule !== undefined) check({ rule, path, context });
      // What the rules hang on is there anyway, or is made for what they allow.
      else if (this.denies && (path !== '/' || named)) {
        throw new SchemaViolationError(undefined, 'no rule allows it', context);
      }
    }
    this.outer?.each(place, check);
  }

  /** A path as the rules know it; `undefined` if it is none of theirs. */
  private below(serverPath: string): string | undefined {
    const { prefix } = this;
    if (serverPath === prefix) return '/';
    if (prefix === '') return serverPath;
    return serverPath.startsWith(`${prefix}/`) ? serverPath.slice(prefix.length) : undefined;
  }
}

/** Without the flags that make it remember where it stopped. */
function wholeOf({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, ''));
}

function checkAllowance(at: Case, what: 'ephemeral' | 'sequential' | 'watched', is: boolean): void {
  const allowance: Allowance = at.rule[what] ?? 'can';
  if (allowance === (is ? 'cannot' : 'must')) throw violation(at, `${allowance} be ${what}`);
}

function checkData(at: Case, data: Uint8Array | null): void {
  const { rule } = at;
  if (rule.data === undefined) return;
  const codec = rule.data;
  const check: SchemaCheck<Uint8Array> =
    typeof codec === 'function' ? codec : (bytes) => (codec.decode(bytes), true);
  runCheck(at, 'data', () => check(data ?? noBytes, at.path));
}

function checkAcl(at: Case, acl: readonly Acl[]): void {
  const check = at.rule.acl;
  if (check !== undefined) runCheck(at, 'ACL', () => check(acl, at.path));
}

/** What a check says is passed on; what it throws may quote data, and stays the cause. */
function runCheck(at: Case, what: string, check: () => boolean | string): void {
  let answer: boolean | string;
  try {
    answer = check();
  } catch (cause) {
    throw violation({ ...at, context: { ...at.context, cause } }, `${what} is not valid`);
  }
  if (answer === true) return;
  throw violation(at, answer === false ? `${what} is not valid` : `${what}: ${answer}`);
}

function violation({ rule, context }: Case, reason: string): SchemaViolationError {
  const name = rule.name ?? String(rule.path);
  return new SchemaViolationError(name, reason, context);
}
