/**
 * The first exchange of a connection: a new session, an old one taken up again, or none.
 *
 * Order for an old one, as measured: its present connection is closed *before* the password is looked at, so a wrong
 * password cuts the owner off (whose session lives on); then the password; then the session is touched with a newly
 * negotiated timeout.
 */

import { type ConnectRequest, type ConnectResponse } from '../wire/records.js';
import { type Machine } from './machine.js';
import { passwordBytes, samePassword } from './session-password.js';
import { type ServerSession, type SessionConnection } from './sessions.js';

/** What comes of a handshake: `session` is missing when the response says that it is over. */
export interface Handshake {
  readonly response: ConnectResponse;
  readonly session: ServerSession | undefined;
}

/**
 * Answers a connect request. `undefined`: the client has seen what this server has not, and is turned away without a word
 * so that it looks for a server that is further.
 */
export function shakeHands(
  machine: Machine,
  request: ConnectRequest,
  { connection }: { connection: SessionConnection },
): Handshake | undefined {
  if (request.lastZxidSeen > machine.lastZxid) return undefined;
  const timeoutMs = machine.sessions.negotiate(request.timeoutMs);
  const session =
    request.sessionId === 0n
      ? machine.openSession(timeoutMs)
      : takeUp(machine, request, { timeoutMs });
  if (session === undefined) return { session, response: over(request) };
  session.connection = connection;
  const { id: sessionId, password } = session;
  return {
    session,
    response: { protocolVersion: 0, timeoutMs, sessionId, password, readOnly: readOnly(request) },
  };
}

function takeUp(
  machine: Machine,
  { sessionId, password }: ConnectRequest,
  { timeoutMs }: { timeoutMs: number },
): ServerSession | undefined {
  const session = machine.sessions.get(sessionId);
  session?.connection?.close();
  if (session === undefined || !samePassword(session.password, password)) return undefined;
  session.timeoutMs = timeoutMs;
  machine.sessions.touch(session);
  return session;
}

function over(request: ConnectRequest): ConnectResponse {
  return {
    protocolVersion: 0,
    timeoutMs: 0,
    sessionId: 0n,
    password: new Uint8Array(passwordBytes),
    readOnly: readOnly(request),
  };
}

/** The field is in the answer if it was in the question: clients before 3.4 know nothing of it. */
function readOnly(request: ConnectRequest): boolean | undefined {
  return request.readOnly === undefined ? undefined : false;
}
