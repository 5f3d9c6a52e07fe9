/** Builders of the operations of a transaction (`create`, `set`, `check`, `remove`) and of a multiRead (`read`). */

import {
  type CheckOperation,
  type ChildrenOperation,
  type CreateOperation,
  type GetOperation,
  type RemoveOperation,
  type SetOperation,
} from './transaction.js';
import { type CreateOptions } from './znode.js';

const noBytes = new Uint8Array(0);

/**
 * An operation of a transaction: creates a znode and answers its path; with `withStat: true` its path and stat.
 *
 * A server before 3.7.2 or 3.8.2 does not tell the stat; it is then read right behind the transaction, and its times are 0
 * if the znode was gone by then.
 */
export function create(
  path: string,
  data?: Uint8Array | string | null,
  options?: CreateOptions & { readonly withStat?: false },
): CreateOperation<false>;
export function create(
  path: string,
  data: Uint8Array | string | null | undefined,
  options: CreateOptions & { readonly withStat: true },
): CreateOperation<true>;
export function create(
  path: string,
  data?: Uint8Array | string | null,
  options: CreateOptions & { readonly withStat?: boolean } = {},
): CreateOperation {
  const { withStat = false, ...rest } = options;
  return {
    type: 'create',
    path,
    data: data === undefined ? noBytes : data,
    options: rest,
    withStat,
  };
}

/** An operation of a transaction: sets a znode's data, if its version is the one given, and answers its stat. */
export function set(
  path: string,
  data: Uint8Array | string | null,
  { version = -1 }: { readonly version?: number } = {},
): SetOperation {
  return { type: 'set', path, data, version };
}

/** An operation of a transaction: goes through only if the znode has this version of its data (-1: if it exists). */
export function check(path: string, version = -1): CheckOperation {
  return { type: 'check', path, version };
}

/** An operation of a transaction: deletes a childless znode, if its version is the one given. */
export function remove(
  path: string,
  { version = -1 }: { readonly version?: number } = {},
): RemoveOperation {
  return { type: 'remove', path, version };
}

/** Builders of the operations of a multiRead. */
export const read = {
  /** Reads a znode: its data and stat. */
  data: (path: string): GetOperation => ({ type: 'get', path }),
  /** Lists the names of a znode's children. */
  children: (path: string): ChildrenOperation => ({ type: 'children', path }),
} as const;
