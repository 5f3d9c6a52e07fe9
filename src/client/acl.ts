/** Access control lists: helpers that make them, and the text form that ZooKeeper's own shell has for them. */

import { InvalidOptionError } from '../errors/client-errors.js';
import { digestId } from '../wire/digest-id.js';
import { type Acl } from '../wire/records.js';
import { checkAcl, checkNumber, refuse } from './checks.js';

/** The permissions, to be added up: `permissions.read | permissions.create`. */
export const permissions = {
  none: 0,
  /** Read the data and the list of children. */
  read: 1,
  /** Set the data. */
  write: 2,
  /** Create children. */
  create: 4,
  /** Delete children. */
  delete: 8,
  /** Set the ACL. */
  admin: 16,
  readWrite: 3,
  /** All but `admin`. */
  change: 15,
  all: 31,
} as const;

const { all, read } = permissions;
// As ZooKeeper's shell orders them.
const letters: readonly (readonly [letter: string, bit: number])[] = [
  ['c', permissions.create],
  ['d', permissions.delete],
  ['r', permissions.read],
  ['w', permissions.write],
  ['a', permissions.admin],
];

const context = { operation: 'acl' } as const;
const world = { scheme: 'world', id: 'anyone' } as const;

/**
 * Makes access control lists. Each of these is a whole list, of one entry, so they are given as they are
 * (`{ acl: acl.creatorAll }`) or put together (`[...acl.digest('bob', password), ...acl.readOnly]`). Where permissions can be given,
 * the default is all of them.
 */
export const acl = {
  /** Everybody may do everything. */
  open: listOf({ perms: all, ...world }),
  /** Everybody may read, nobody may change anything. */
  readOnly: listOf({ perms: read, ...world }),
  /** Those that the creating connection is authenticated as may do everything; refused if it is not. */
  creatorAll: listOf({ perms: all, scheme: 'auth', id: '' }),
  /** Everybody may do this. */
  world: (perms?: number): readonly Acl[] => entry('world', 'anyone', perms),
  /** Those that the creating connection is authenticated as may do this. */
  auth: (perms?: number): readonly Acl[] => entry('auth', '', perms),
  /**
   * Whoever authenticates by `digest` as this user with this password. What is kept of the password is its hash
   * (SHA-1: who may read the ACL could try passwords out).
   */
  digest(user: string, password: string, perms?: number): readonly Acl[] {
    if (typeof user !== 'string' || user.includes(':')) {
      throw new InvalidOptionError('user', 'must be a name without ":"', context);
    }
    if (typeof password !== 'string') {
      throw refuse({ option: 'password', value: password, context }, 'a string');
    }
    return entry('digest', digestId(`${user}:${password}`), perms);
  },
  /** Whoever connects from this address, or from one in this range: `10.0.0.0/8`. */
  ip: (address: string, perms?: number): readonly Acl[] => entry('ip', address, perms),
  /** Whoever shows a certificate of this subject: `CN=bob,O=Example`. */
  x509: (subject: string, perms?: number): readonly Acl[] => entry('x509', subject, perms),
  /** Whoever authenticates by SASL under this name. */
  sasl: (user: string, perms?: number): readonly Acl[] => entry('sasl', user, perms),
} as const;

/** Frozen, because all programs share it. */
function listOf(one: Acl): readonly Acl[] {
  return Object.freeze([Object.freeze(one)]);
}

function entry(scheme: string, id: string, perms: number = all): readonly Acl[] {
  checkNumber({ option: 'perms', value: perms, context }, { min: 0, max: all });
  if (typeof id !== 'string') throw refuse({ option: 'id', value: id, context }, 'a string');
  return [{ perms, scheme, id }];
}

// A comma may be part of an id (`x509:CN=bob,O=Example:r`), so an entry ends where permissions end and another scheme begins.
const entryForm = /([^:,]+):(.*?):([cdrwa]*)(?:$|,(?=[^:,]+:))/sy;

/**
 * The list that a text means: `world:anyone:r,digest:bob:hash:cdrwa`, with the letters of `create delete read write admin`.
 * Throws `InvalidOptionError`, which does not quote the text.
 */
export function parseAcl(text: string): readonly Acl[] {
  const entries: Acl[] = [];
  let end = 0;
  while (end < text.length) {
    entryForm.lastIndex = end;
    const [found = '', scheme = '', id = '', perms = ''] = entryForm.exec(text) ?? [];
    if (found === '') break;
    entries.push({ perms: bitsOf(perms), scheme, id });
    end += found.length;
  }
  if (end === 0 || end < text.length) {
    const place = `entry ${String(entries.length + 1)} is not scheme:id:permissions`;
    throw new InvalidOptionError('acl', `${place}, with permissions of cdrwa`);
  }
  return entries;
}

/** The text of a list, as {@link parseAcl} takes it. Bits that no permission has are left out. */
export function formatAcl(list: readonly Acl[]): string {
  checkAcl({ option: 'acl', value: list });
  return list.map(({ perms, scheme, id }) => `${scheme}:${id}:${lettersOf(perms)}`).join(',');
}

function bitsOf(text: string): number {
  return letters.reduce((bits, [letter, bit]) => (text.includes(letter) ? bits | bit : bits), 0);
}

function lettersOf(perms: number): string {
  return letters.map(([letter, bit]) => ((perms & bit) === 0 ? '' : letter)).join('');
}
