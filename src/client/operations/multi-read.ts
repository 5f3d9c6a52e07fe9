/** The one-shot `multiRead`: several reads in one request, each with its own result. */

import { ProtocolError } from '../../errors/client-errors.js';
import { serverError } from '../../errors/error-of-code.js';
import { type ServerError } from '../../errors/server-error.js';
import { assertPath } from '../../path.js';
import { type MultiOperation, type MultiResult } from '../../wire/multi.js';
import { operations } from '../../wire/operations.js';
import { refuse } from '../checks.js';
import { type RequestHost } from '../request-host.js';
import { type RequestKind } from '../request-kind.js';
import { requestOptionNames } from '../request-options.js';
import { type ReadOperation } from '../transaction.js';
import { type Node } from '../znode.js';

/** What one read answered. */
export type RawReadResult = Node<Uint8Array | null> | readonly string[] | ServerError;

export const multiReadKind: RequestKind<
  readonly ReadOperation[],
  readonly MultiOperation[],
  readonly MultiResult[],
  readonly RawReadResult[]
> = {
  name: 'multiRead',
  operation: operations.multiRead,
  optionNames: requestOptionNames(),
  encode({ input, host }) {
    if (!Array.isArray(input)) {
      const context = { operation: 'multiRead' };
      throw refuse({ option: 'operations', value: input, context }, 'a list of reads');
    }
    return input.map((read: ReadOperation) => encodeRead(read, host));
  },
  decode(results, { shot }) {
    const { input } = shot;
    if (results.length !== input.length) {
      const counts = `${String(results.length)} results for ${String(input.length)} reads`;
      throw new ProtocolError(counts, { operation: 'multiRead' });
    }
    return input.map((read, index) => decodeRead(read, results[index]));
  },
};

function encodeRead({ type, path }: ReadOperation, host: RequestHost): MultiOperation {
  const operation = `multiRead, ${type}`;
  assertPath(path, operation);
  const wireTypes = { get: 'getData', children: 'getChildren' } as const;
  if (!Object.hasOwn(wireTypes, type)) {
    throw refuse({ option: 'type', value: type, context: { operation, path } }, 'get or children');
  }
  const inner = host.chroot.toServer(path);
  host.schema?.checkRead(inner, false, { operation, path });
  return { type: wireTypes[type], path: inner, watch: false };
}

function decodeRead({ type, path }: ReadOperation, result: MultiResult | undefined): RawReadResult {
  switch (result?.type) {
    case 'getData':
      return { path, data: result.data, stat: result.stat };
    case 'getChildren':
      return result.names;
    case 'error':
      return serverError(result.error, { operation: `multiRead, ${type}`, path });
    default:
      throw new ProtocolError(`no result of a read`, { operation: 'multiRead', path });
  }
}
