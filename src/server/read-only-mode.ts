/**
 * A server that is cut off from its quorum and serves reads all the same (`ReadOnlyZooKeeperServer`, with local sessions).
 *
 * It turns away whoever does not ask for that. It cannot open sessions of the ensemble, so a new one is its own: it takes no
 * zxid, owns nothing, and ends with the mode. A session of the ensemble that it knows it takes up, but the ensemble does
 * not hear of it, so it ends there in time. Whatever changes something is refused, unread, with NotReadOnly.
 */

import { type SchedulerLike } from 'rxjs';
import { type OperationName, operations } from '../wire/operations.js';
import { type ConnectRequest } from '../wire/records.js';
import { type AnyHandler } from './handlers.js';
import { admit, type Handshake, turnAway } from './handshake.js';
import { type Machine } from './machine.js';
import { type Refusal, refusals } from './refusal.js';
import { samePassword } from './session-password.js';
import { type ServerSession, type SessionConnection, Sessions } from './sessions.js';

// The rows of `ReadOnlyRequestProcessor`.
const refused: ReadonlySet<number> = new Set(
  (
    [
      ...['sync', 'create', 'create2', 'createTtl', 'createContainer', 'delete'],
      ...['setData', 'setAcl', 'reconfig', 'multi', 'check'],
    ] as readonly OperationName[]
  ).map((name) => operations[name].opcode),
);

export class ReadOnlyMode {
  /** Sessions of this server alone. */
  private readonly own: Sessions;

  constructor(
    private readonly machine: Machine,
    { scheduler, serverId }: { readonly scheduler: SchedulerLike; readonly serverId: number },
  ) {
    this.own = new Sessions({
      ...{ scheduler, serverId, tickMs: machine.tickMs },
      takeId: () => machine.sessions.takeId(),
      onExpire: (session) => {
        session.connection?.close();
        this.own.remove(session);
      },
    });
  }

  shakeHands(request: ConnectRequest, connection: SessionConnection): Handshake | undefined {
    const { machine, own } = this;
    if (request.readOnly !== true || request.lastZxidSeen > machine.lastZxid) return undefined;
    const timeoutMs = own.negotiate(request.timeoutMs);
    const session = request.sessionId === 0n ? own.create(timeoutMs) : this.takeUp(request);
    if (session === undefined) return turnAway(true);
    session.connection = connection;
    return admit(session, { timeoutMs, readOnly: true });
  }

  touch(session: ServerSession): void {
    if (this.isOwn(session)) this.own.touch(session);
  }

  refusal({ operation }: AnyHandler, session: ServerSession): Refusal | undefined {
    const isRefused =
      operation.opcode === operations.closeSession.opcode
        ? !this.isOwn(session)
        : refused.has(operation.opcode);
    return isRefused ? refusals.notReadOnly : undefined;
  }

  endSession(session: ServerSession): void {
    this.own.remove(session);
  }

  /** Ends all sessions of this server alone; their connections are the caller's affair. */
  endAll(): void {
    for (const session of [...this.own.all()]) this.own.remove(session);
  }

  private takeUp({ sessionId, password }: ConnectRequest): ServerSession | undefined {
    const session = this.own.get(sessionId) ?? this.machine.sessions.get(sessionId);
    session?.connection?.close();
    if (session === undefined || !samePassword(session.password, password)) return undefined;
    this.touch(session);
    return session;
  }

  private isOwn({ id }: ServerSession): boolean {
    return this.own.get(id) !== undefined;
  }
}
