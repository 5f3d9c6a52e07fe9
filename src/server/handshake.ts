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
  // The field is in the answer if it was in the question: clients before 3.4 know nothing of it.
  const readOnly = request.readOnly === undefined ? undefined : false;
  if (session === undefined) return turnAway(readOnly);
  session.connection = connection;
  return admit(session, { timeoutMs, readOnly });
}

/** The answer that the session is the client's. */
export function admit(
  session: ServerSession,
  rest: Pick<ConnectResponse, 'timeoutMs' | 'readOnly'>,
): Handshake {
  const { id: sessionId, password } = session;
  return { session, response: { protocolVersion: 0, sessionId, password, ...rest } };
}

/** The answer that there is no such session. */
export function turnAway(readOnly: boolean | undefined): Handshake {
  const password = new Uint8Array(passwordBytes);
  const response = { protocolVersion: 0, timeoutMs: 0, sessionId: 0n, password, readOnly };
  return { session: undefined, response };
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
