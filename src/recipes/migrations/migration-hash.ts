/**
 * What a migration is known by: the SHA-256 of its operations, as Curator's `MigrationManager` takes it, so that Java processes and
 * ours know each other's records.
 *
 * Curator hashes, for each operation, its path, its number in the protocol and the text that jute makes of its request. That text is made
 * here as ZooKeeper's Java classes make it (`ToStringOutputArchive`), peculiarities included: bytes in hex have no leading zero and
 * negative ones eight digits.
 */

import { type TransactionOperation } from '../../client/transaction.js';
import { type CreateMode } from '../../client/znode.js';
import { type Acl } from '../../wire/records.js';
import { sha256 } from '../../hash/sha256.js';
import { toUtf8 } from '../core/utf8.js';

type Create = Extract<TransactionOperation, { readonly type: 'create' }>;

const everyone: readonly Acl[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

/** The hash of a migration's operations. Without an ACL of its own, a create counts as open to everybody, whatever the client's default. */
export function migrationHash(operations: readonly TransactionOperation[]): Uint8Array {
  return sha256(toUtf8(operations.map(textOf).join('')));
}

function textOf(operation: TransactionOperation): string {
  const { path } = operation;
  switch (operation.type) {
    case 'create':
      return createText(operation);
    case 'set':
      return `${path}5${record(string(path), buffer(operation.data), String(operation.version))}`;
    case 'check':
      return `${path}13${record(string(path), String(operation.version))}`;
    case 'remove':
      return `${path}2${record(string(path), String(operation.version))}`;
  }
}

// Numbers of create, createContainer and createTTL, and of their flags without and with a number in the name.
const creates: Record<CreateMode, readonly [type: number, flags: number, sequential: number]> = {
  persistent: [1, 0, 2],
  ephemeral: [1, 1, 3],
  container: [19, 4, 4],
  ttl: [21, 5, 6],
};

function createText({ path, data, options }: Create): string {
  const { mode = 'persistent', sequential = false, acl = everyone, ttlMs = 0 } = options;
  const [type, plain, numbered] = creates[mode];
  const flags = String(sequential ? numbered : plain);
  const fields = [string(path), buffer(data), acls(acl), flags];
  return path + String(type) + record(...fields, ...(mode === 'ttl' ? [String(ttlMs)] : []));
}

function record(...fields: readonly string[]): string {
  return `${fields.join(',')}\n`;
}

function acls(acl: readonly Acl[]): string {
  const entries = acl.map(
    ({ perms, scheme, id }) => `s{${String(perms)},s{${string(scheme)},${string(id)}}}`,
  );
  return `v{${entries.join(',')}}`;
}

function string(text: string): string {
  return `'${text.replace(/[\n\r%,}]/g, escaped)}`;
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function buffer(data: Uint8Array | string | null): string {
  const bytes = typeof data === 'string' ? toUtf8(data) : (data ?? []);
  if (bytes.length === 0) return '';
  const digits = Array.from(bytes, (byte) => (byte < 128 ? '' : 'ffffff') + byte.toString(16));
  return `#${digits.join('')}`;
}
