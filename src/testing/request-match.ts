/** Reads requests off the wire, and tells which of them a test means. */

import { ProtocolError } from '../errors/client-errors.js';
import { FrameSplitter } from '../wire/frames.js';
import { multiCodec } from '../wire/multi.js';
import { type OperationName, operationName } from '../wire/operations.js';
import { JuteReader } from '../wire/reader.js';

/** What is being asked for. */
export interface SeenRequest {
  /** The protocol's name: `getData`, `create2`, `multi`, … */
  readonly operation: OperationName;
  /** The path, as the server sees it; those of a transaction with `, ` between them; `undefined` where there is none. */
  readonly path: string | undefined;
}

/** The client's verbs, for requests that go by other names on the wire. */
const verbs = {
  create: ['create', 'create2', 'createContainer', 'createTtl'],
  get: ['getData'],
  set: ['setData'],
  children: ['getChildren', 'getChildren2'],
  transaction: ['multi'],
  close: ['closeSession'],
} as const satisfies Partial<Record<RequestName, readonly OperationName[]>>;

/** An operation by the protocol's name, or by the client's verb: `create` is every kind of creation. */
export type RequestName = OperationName | 'get' | 'set' | 'children' | 'transaction' | 'close';

/** Which requests are meant; without any field: all but pings. */
export interface RequestMatch {
  readonly operation?: RequestName;
  /** The path as the server sees it. */
  readonly path?: string | RegExp;
}

/** Whether a request is one of those that are meant. */
export function isMeant(request: SeenRequest, match: RequestMatch): boolean {
  const { operation, path } = match;
  if (operation === undefined ? request.operation === 'ping' : !isNamed(request, operation)) {
    return false;
  }
  if (path === undefined) return true;
  if (request.path === undefined) return false;
  return typeof path === 'string' ? request.path === path : path.test(request.path);
}

function isNamed({ operation }: SeenRequest, name: RequestName): boolean {
  const names: readonly OperationName[] | undefined = Object.entries(verbs).find(
    ([verb]) => verb === name,
  )?.[1];
  return names === undefined ? operation === name : names.includes(operation);
}

const withPath: ReadonlySet<OperationName> = new Set([
  ...(['create', 'create2', 'createContainer', 'createTtl', 'delete', 'check'] as const),
  ...(['exists', 'getData', 'setData', 'getAcl', 'setAcl', 'sync'] as const),
  ...(['getChildren', 'getChildren2', 'getEphemerals', 'getAllChildrenNumber'] as const),
  ...(['checkWatches', 'removeWatches', 'addWatch'] as const),
]);

/** Reads a request's header and path; `undefined` for an operation that nobody knows. */
export function readRequest(reader: JuteReader): SeenRequest | undefined {
  reader.int();
  const operation = operationName(reader.int());
  if (operation === undefined) return undefined;
  if (withPath.has(operation)) return { operation, path: reader.string() ?? undefined };
  if (operation !== 'multi' && operation !== 'multiRead') return { operation, path: undefined };
  const steps = multiCodec.read(reader);
  return { operation, path: steps.map(({ path }) => path).join(', ') };
}

/** The requests in a chunk that starts with a frame, as far as they can be read. */
export function requestsIn(chunk: Uint8Array): readonly SeenRequest[] {
  const found: SeenRequest[] = [];
  const reader = new JuteReader();
  const frames = new FrameSplitter(chunk.length, (bytes, from, to) => {
    reader.reset(bytes, from, to);
    const request = readRequest(reader);
    if (request !== undefined) found.push(request);
    return true;
  });
  try {
    frames.push(chunk);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  return found;
}
