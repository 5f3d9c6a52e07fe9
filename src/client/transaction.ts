/** The operations of a transaction and of a multiRead, as values, and the type of what each answers. */

import { type ServerError } from '../errors/server-error.js';
import { type Stat } from '../wire/records.js';
import { type CreateOptions, type Node } from './znode.js';

/** Creates a znode; answers its path, or path and stat. */
export interface CreateOperation<WithStat extends boolean = boolean> {
  readonly type: 'create';
  readonly path: string;
  readonly data: Uint8Array | string | null;
  readonly options: CreateOptions;
  readonly withStat: WithStat;
}

/** Sets a znode's data; answers its stat. */
export interface SetOperation {
  readonly type: 'set';
  readonly path: string;
  readonly data: Uint8Array | string | null;
  readonly version: number;
}

/** Goes through only if the znode has this version; answers nothing. */
export interface CheckOperation {
  readonly type: 'check';
  readonly path: string;
  readonly version: number;
}

/** Deletes a znode; answers nothing. */
export interface RemoveOperation {
  readonly type: 'remove';
  readonly path: string;
  readonly version: number;
}

/** One operation of a transaction. */
export type TransactionOperation =
  CreateOperation | SetOperation | CheckOperation | RemoveOperation;

/** What one operation answers. */
export type TransactionResult<O> =
  O extends CreateOperation<infer WithStat>
    ? WithStat extends true
      ? { readonly path: string; readonly stat: Stat }
      : string
    : O extends SetOperation
      ? Stat
      : undefined;

/** What a transaction answers: the result of each operation, at its place. */
export type TransactionResults<T extends readonly TransactionOperation[]> = {
  -readonly [K in keyof T]: TransactionResult<T[K]>;
};

/** Reads a znode inside a multiRead. */
export interface GetOperation {
  readonly type: 'get';
  readonly path: string;
}

/** Lists a znode's children inside a multiRead. */
export interface ChildrenOperation {
  readonly type: 'children';
  readonly path: string;
}

/** One operation of a multiRead. */
export type ReadOperation = GetOperation | ChildrenOperation;

/** What one read answers; a failed one does not fail the others. */
export type ReadResult<O> =
  (O extends GetOperation ? Node<Uint8Array | null> : readonly string[]) | ServerError;

/** What a multiRead answers: the result of each read, at its place. */
export type ReadResults<T extends readonly ReadOperation[]> = {
  -readonly [K in keyof T]: ReadResult<T[K]>;
};
