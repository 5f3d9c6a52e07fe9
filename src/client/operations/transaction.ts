/** The one-shot `transaction`: operations to a multi and its results back. */

import { serverError } from '../../errors/error-of-code.js';
import { type ServerError } from '../../errors/server-error.js';
import { ProtocolError } from '../../errors/client-errors.js';
import { TransactionError } from '../../errors/transaction-error.js';
import { type MultiOperation, type MultiResult } from '../../wire/multi.js';
import { operations } from '../../wire/operations.js';
import { type Stat } from '../../wire/records.js';
import { checkNames, refuse } from '../checks.js';
import { type RequestHost } from '../request-host.js';
import { type Answered, type RequestKind } from '../request-kind.js';
import { checkVersion, requestOptionNames, toBytes } from '../request-options.js';
import { assertPath } from '../../path.js';
import { type CreateOperation, type TransactionOperation } from '../transaction.js';
import { encodeCreate } from './create.js';

/** What one operation answered; a create whose stat the server did not tell has `stat: undefined`. */
export type RawResult =
  string | Stat | undefined | { readonly path: string; readonly stat: Stat | undefined };

/** What a transaction answered, and the zxid that it happened at. */
export interface RawResults {
  readonly results: readonly RawResult[];
  readonly zxid: bigint;
}

type Operations = readonly TransactionOperation[];

const createNames: ReadonlySet<string> = new Set([
  'mode',
  'sequential',
  'ttlMs',
  'acl',
  'withStat',
]);

export const transactionKind: RequestKind<
  Operations,
  readonly MultiOperation[],
  readonly MultiResult[],
  RawResults
> = {
  name: 'transaction',
  operation: operations.multi,
  optionNames: requestOptionNames(),
  encode({ input, host }) {
    if (!Array.isArray(input)) {
      const context = { operation: 'transaction' };
      throw refuse({ option: 'operations', value: input, context }, 'a list of operations');
    }
    return input.map((operation: TransactionOperation, index) =>
      encodeOperation(operation, { host, name: wordFor(operation, index) }),
    );
  },
  largestPath(input) {
    const sizes = input.map((asked) => ('data' in asked ? sizeOf(asked.data) : 0));
    return input[sizes.indexOf(Math.max(...sizes))]?.path;
  },
  decode(results, answered) {
    const asked = answered.shot.input;
    if (results.length !== asked.length) {
      const counts = `${String(results.length)} results for ${String(asked.length)} operations`;
      throw new ProtocolError(counts, { operation: 'transaction' });
    }
    const errors = results.map((result, index) => errorOf(result, asked[index]));
    if (errors.some((error) => error !== undefined)) throw new TransactionError(errors);
    const decoded = results.map((result, index) => decodeResult(result, { answered, index }));
    return { results: decoded, zxid: answered.zxid };
  },
};

/** Roughly: the question is only which is the largest. */
function sizeOf(data: Uint8Array | string | null | undefined): number {
  return data?.length ?? 0;
}

interface Encoding {
  readonly host: RequestHost;
  /** What the operation is called in errors. */
  readonly name: string;
}

function wordFor(operation: Partial<TransactionOperation> | undefined, index: number): string {
  return `transaction, operation ${String(index + 1)}: ${operation?.type ?? '?'}`;
}

function encodeOperation(operation: TransactionOperation, encoding: Encoding): MultiOperation {
  const { host, name } = encoding;
  // A caller without types may have put in anything.
  const { path, type } = operation as { readonly path: string; readonly type: string };
  if (operation.type === 'create') return encodeCreateOperation(operation, encoding);
  const context = { operation: name, path };
  assertPath(path, name);
  const inner = host.chroot.toServer(path);
  switch (operation.type) {
    case 'set': {
      const data = toBytes(operation.data, context);
      host.schema?.checkData(inner, data, context);
      const version = checkVersion(operation.version, context);
      return { type: 'setData', path: inner, data, version };
    }
    case 'check':
      return { type: 'check', path: inner, version: checkVersion(operation.version, context) };
    case 'remove':
      host.schema?.checkDelete(inner, context);
      return { type: 'delete', path: inner, version: checkVersion(operation.version, context) };
    default:
      throw refuse({ option: 'type', value: type, context }, 'create, set, check or remove');
  }
}

function encodeCreateOperation(
  { path, data, options, withStat }: CreateOperation,
  { host, name }: Encoding,
): MultiOperation {
  checkNames({ option: '', value: options, context: { operation: name, path } }, createNames);
  const request = encodeCreate(
    { path, data, operation: name, options: { ...options, withStat } },
    host,
  );
  // Inside a multi the flag decides what is made; the type decides how it is read and answered.
  if (options.mode === 'container') return { type: 'createContainer', ...request };
  if (options.mode === 'ttl') return { type: 'createTtl', ...request, ttlMs: options.ttlMs ?? 0 };
  return { type: withStat ? 'create2' : 'create', ...request };
}

function errorOf(
  result: MultiResult,
  asked: TransactionOperation | undefined,
): ServerError | undefined {
  // Servers put an error of 0 in the place of what would have gone through.
  if (result.type !== 'error' || result.error === 0) return undefined;
  return serverError(result.error, { operation: asked?.type, path: asked?.path });
}

/** A result by its own type: what was asked decides only whether the stat of a create is wanted. */
function decodeResult(
  result: MultiResult,
  { answered, index }: { readonly answered: Answered<Operations>; readonly index: number },
): RawResult {
  const { chroot } = answered.shot.host;
  const asked = answered.shot.input[index];
  switch (result.type) {
    case 'create':
    case 'create2': {
      const path = chroot.toClient(result.path);
      if (asked?.type !== 'create' || !asked.withStat) return path;
      return { path, stat: result.type === 'create2' ? result.stat : undefined };
    }
    case 'setData':
      return result.stat;
    default:
      return undefined;
  }
}
