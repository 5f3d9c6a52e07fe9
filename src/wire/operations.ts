/**
 * The protocol's operations, one row each: number, first release, how request and response are written and read.
 *
 * Role-neutral: the client writes requests and reads responses, the server the other way round. Adding an operation is
 * adding a row. Numbers and records: `ZooDefs.OpCode` and `zookeeper.jute` of Apache ZooKeeper.
 */

import { multiCodec, multiResultCodec } from './multi.js';
import { type Codec, statCodec } from './records.js';
import * as requests from './request-records.js';
import * as responses from './response-records.js';
import * as watches from './watch-records.js';

/** One operation of the protocol. */
export interface Operation<Request, Response> {
  readonly opcode: number;
  /** First server release that knows it. */
  readonly since: string;
  /** A `read` may be sent again after a lost connection, a `write` may not; a `control` belongs to one connection. */
  readonly kind: 'read' | 'write' | 'control';
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

/** Any operation, where only its identity matters. */
// `any` because an operation is invariant in its request and response.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyOperation = Operation<any, any>;

type Row<Request, Response> = readonly [
  opcode: number,
  since: string,
  kind: Operation<Request, Response>['kind'],
  request: Codec<Request>,
  response: Codec<Response>,
];

function row<Request, Response>(
  ...[opcode, since, kind, request, response]: Row<Request, Response>
): Operation<Request, Response> {
  return { opcode, since, kind, request, response };
}

const { emptyCodec } = requests;

export const operations = {
  create: row(1, '3.0', 'write', requests.createCodec, responses.pathReplyCodec),
  delete: row(2, '3.0', 'write', requests.pathVersionCodec, emptyCodec),
  exists: row(3, '3.0', 'read', requests.pathWatchCodec, statCodec),
  getData: row(4, '3.0', 'read', requests.pathWatchCodec, responses.dataStatCodec),
  setData: row(5, '3.0', 'write', requests.setDataCodec, statCodec),
  getAcl: row(6, '3.0', 'read', requests.pathCodec, responses.aclStatCodec),
  setAcl: row(7, '3.0', 'write', requests.setAclCodec, statCodec),
  getChildren: row(8, '3.0', 'read', requests.pathWatchCodec, responses.namesCodec),
  sync: row(9, '3.0', 'read', requests.pathCodec, responses.pathReplyCodec),
  ping: row(11, '3.0', 'control', emptyCodec, emptyCodec),
  getChildren2: row(12, '3.3', 'read', requests.pathWatchCodec, responses.namesStatCodec),
  check: row(13, '3.4', 'read', requests.pathVersionCodec, emptyCodec),
  multi: row(14, '3.4', 'write', multiCodec, multiResultCodec),
  create2: row(15, '3.5', 'write', requests.createCodec, responses.pathStatCodec),
  reconfig: row(16, '3.5', 'write', requests.reconfigCodec, responses.dataStatCodec),
  checkWatches: row(17, '3.5', 'control', watches.pathWatcherCodec, emptyCodec),
  removeWatches: row(18, '3.5', 'control', watches.pathWatcherCodec, emptyCodec),
  createContainer: row(19, '3.5.1', 'write', requests.createCodec, responses.pathStatCodec),
  createTtl: row(21, '3.5.3', 'write', requests.createTtlCodec, responses.pathStatCodec),
  multiRead: row(22, '3.6', 'read', multiCodec, multiResultCodec),
  auth: row(100, '3.0', 'control', requests.authCodec, emptyCodec),
  setWatches: row(101, '3.1', 'control', watches.setWatchesCodec, emptyCodec),
  sasl: row(102, '3.4', 'control', requests.saslCodec, requests.saslCodec),
  getEphemerals: row(103, '3.6', 'read', requests.ephemeralsCodec, responses.namesCodec),
  getAllChildrenNumber: row(104, '3.6', 'read', requests.pathCodec, responses.intCodec),
  setWatches2: row(105, '3.6', 'control', watches.setWatches2Codec, emptyCodec),
  addWatch: row(106, '3.6', 'control', watches.addWatchCodec, responses.intCodec),
  whoAmI: row(107, '3.7', 'read', emptyCodec, responses.identitiesCodec),
  closeSession: row(-11, '3.0', 'control', emptyCodec, emptyCodec),
} as const;

/** The name of an operation of the protocol. */
export type OperationName = keyof typeof operations;

const byOpcode = new Map<number, OperationName>(
  // The keys of a literal object are its names.
  Object.entries(operations).map(([name, { opcode }]) => [opcode, name as OperationName]),
);

/** The operation with this number, if the protocol has one. */
export function operationName(opcode: number): OperationName | undefined {
  return byOpcode.get(opcode);
}
