/**
 * The server's operations, one row each: what of the wire's table it is, and what it does.
 *
 * Adding an operation is adding a row. An operation without a row, such as `check` outside a multi, is answered as
 * unknown.
 */

import { ProtocolError } from '../errors/client-errors.js';
import { type MultiOperation } from '../wire/multi.js';
import { type Operation, operations } from '../wire/operations.js';
import { type Stat, xids } from '../wire/records.js';
import { type AuthRequest, type CreateRequest, type SaslToken } from '../wire/request-records.js';
import { type PathStat } from '../wire/response-records.js';
import { applyCreate } from './create.js';
import { type CreateType } from './create-mode.js';
import { type Exchange } from './exchange.js';
import { applyMulti, checkMulti } from './multi.js';
import * as reads from './reads.js';
import { type Outcome, Refusal, refusals } from './refusal.js';
import { restoreAllWatches, restoreWatches } from './restore-watches.js';
import * as watchOperations from './watch-operations.js';
import { applyDelete, applySetAcl, applySetData } from './writes.js';
import { statOf, type Znode } from './znode.js';

/** How a reply differs from the usual one. */
interface ReplyStyle {
  /** The xid of the reply, where it is not the request's. */
  readonly xid?: number;
  /** Auth and SASL answer outside the pipeline: zxid 0, and a body that cannot be read closes the connection. */
  readonly outOfBand?: boolean;
  /** A write that takes no zxid when it cannot be read. */
  readonly readFirst?: boolean;
  /** The body of a refusal, where it has one. */
  readonly refusalBody?: unknown;
  /** The connection is closed behind the reply. */
  readonly closes?: boolean;
}

/** One operation of the server. */
export interface Handler<Request, Response> {
  readonly operation: Operation<Request, Response>;
  readonly run: (exchange: Exchange, request: Request) => Outcome<Response>;
  readonly style: ReplyStyle;
}

function row<Request, Response>(
  operation: Operation<Request, Response>,
  run: (exchange: Exchange, request: Request) => Outcome<Response>,
  style: ReplyStyle = {},
): Handler<Request, Response> {
  return { operation, run, style };
}

// Each is compared with each entry of an ACL.
const maxIdentities = 100;

const nothing = (): undefined => undefined;

const rows = [
  row(operations.create, (exchange, request) => {
    const created = create(exchange, 'create', request);
    return created instanceof Refusal ? created : created.path;
  }),
  row(operations.create2, (exchange, request) => create(exchange, 'create2', request)),
  row(operations.createContainer, (exchange, request) =>
    create(exchange, 'createContainer', request),
  ),
  row(operations.createTtl, (exchange, request) => create(exchange, 'createTtl', request)),
  row(operations.delete, ({ machine, peer }, request) =>
    machine.write(peer, (transaction) => applyDelete(transaction, request)),
  ),
  row(operations.setData, ({ machine, peer }, request) =>
    machine.write(peer, (transaction) => stat(applySetData(transaction, request))),
  ),
  row(operations.setAcl, ({ machine, peer }, request) =>
    machine.write(peer, (transaction) => stat(applySetAcl(transaction, request))),
  ),
  row(operations.multi, multi),
  row(
    operations.reconfig,
    ({ machine, peer }) => machine.write(peer, () => refusals.reconfigDisabled),
    { readFirst: true },
  ),
  row(operations.exists, reads.exists),
  row(operations.getData, reads.getData),
  row(operations.getChildren, reads.getChildren),
  row(operations.getChildren2, reads.getChildrenStat),
  row(operations.getAcl, reads.getAcl),
  row(operations.getAllChildrenNumber, reads.countDescendants),
  row(operations.getEphemerals, reads.getEphemerals),
  row(operations.whoAmI, reads.whoAmI),
  row(operations.multiRead, reads.multiRead),
  row(operations.sync, (_exchange, { path }) => path),
  row(operations.ping, nothing, { xid: xids.ping }),
  row(operations.addWatch, watchOperations.addWatch),
  row(operations.checkWatches, watchOperations.checkWatches),
  row(operations.removeWatches, watchOperations.removeWatches),
  row(operations.setWatches, (exchange, request) => {
    restoreWatches(watchOperations.restoreTarget(exchange), request);
    return undefined;
  }),
  row(operations.setWatches2, (exchange, request) => {
    restoreAllWatches(watchOperations.restoreTarget(exchange), request);
    return undefined;
  }),
  row(operations.auth, auth, { outOfBand: true }),
  row(operations.sasl, sasl, {
    outOfBand: true,
    refusalBody: { token: null },
  }),
  row(operations.closeSession, closeSession, { closes: true }),
];

// `any` because a handler is invariant in its request and response, and the table holds all kinds.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyHandler = Handler<any, any>;

/** The handlers by opcode. */
export const handlers: ReadonlyMap<number, AnyHandler> = new Map(
  rows.map((handler: AnyHandler) => [handler.operation.opcode, handler]),
);

/** The Stat is taken before anybody looks at the change, and a znode of the quotas may get other data. */
function create(
  { machine, peer }: Exchange,
  type: CreateType,
  request: CreateRequest,
): Outcome<PathStat> {
  return machine.write(peer, (transaction) => {
    const node = applyCreate(transaction, type, request);
    return node instanceof Refusal ? node : { path: node.path, stat: statOf(node) };
  });
}

function multi({ machine, peer }: Exchange, request: readonly MultiOperation[]) {
  return machine.write(peer, (transaction) => {
    const checked = checkMulti(request, machine.rules.version);
    return checked instanceof Refusal ? checked : applyMulti(transaction, checked);
  });
}

function auth({ machine, peer }: Exchange, request: AuthRequest): Outcome<undefined> {
  const { scheme, credential } = request;
  if (peer.identities.length >= maxIdentities) return refusals.authFailed;
  const proven = machine.rules.access.authenticate(scheme, credential, peer);
  if (proven === undefined) return refusals.authFailed;
  peer.addIdentities(proven);
  return undefined;
}

/** A token that is null, not empty, breaks the connection of a real server before it looks whether there is any SASL. */
function sasl({ peer }: Exchange, { token }: SaslToken) {
  if (token === null) throw new ProtocolError('a SASL token is null');
  return peer.saslStep(token);
}

function closeSession({ peer }: Exchange): undefined {
  peer.endSession();
}

function stat(node: Outcome<Znode>): Outcome<Stat> {
  return node instanceof Refusal ? node : statOf(node);
}
