/**
 * Ends a session behind its owner's back, so that the owner learns that it has expired.
 *
 * Who knows a session's id and password may attach to it from elsewhere, which ends the owner's connection; and who is
 * attached may close the session. The owner comes back and is told what a server tells whose time is over; its ephemerals
 * are gone. No server has a command for this.
 */

import { type ZooKeeper } from '../../client/zookeeper.js';
import { answerChallenge, type DigestLogin } from './digest-login.js';
import { RawConnection } from './raw-connection.js';

/** What a client knows of its session: `zk.session` is one. */
export interface SessionCredentials {
  readonly id: bigint;
  readonly password: Uint8Array;
}

/** Whose session: what is known of it, or the client that has it now. */
export type SessionHolder = SessionCredentials | Pick<ZooKeeper, 'session'>;

export interface EndSessionOptions {
  /** Client ports of servers that may know the session. */
  readonly ports: readonly number[];
  /** Whose login the servers insist on, if they do. */
  readonly login?: DigestLogin | undefined;
}

const timeoutMs = 5_000;
// The owner is on its way back at the same time, and may throw us out once or twice.
const maxAttempts = 20;

/** Resolves when no server knows the session any more. Rejects if none did in the first place. */
export async function expireSession(
  owner: SessionHolder,
  { ports, login }: EndSessionOptions,
): Promise<void> {
  const session = 'id' in owner ? owner : owner.session;
  if (session === undefined) throw new Error('this client has no session to expire');
  const name = `session 0x${session.id.toString(16)}`;
  let known = false;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const outcomes = [];
    for (const port of ports) outcomes.push(await closeSession(session, { port, login }));
    if (outcomes.includes('closed')) known = true;
    else if (outcomes.includes('unknown')) {
      if (known) return;
      throw new Error(
        `no server knows ${name} with this password: it has ended already, or never was`,
      );
    }
  }
  throw new Error(`${name} could not be expired: ${String(maxAttempts)} attempts failed`);
}

type Outcome = 'closed' | 'unknown' | 'unreachable';

/** One attempt at one server. */
async function closeSession(
  session: SessionCredentials,
  { port, login }: { port: number; login: DigestLogin | undefined },
): Promise<Outcome> {
  const connection = RawConnection.to(port, timeoutMs);
  try {
    connection.shakeHands({ sessionId: session.id, password: session.password });
    // In one go, before the owner is back; where a login has to come first, that is not possible.
    if (login === undefined) connection.closeSession();
    const answer = await connection.connected();
    if (answer === undefined) return 'unreachable';
    if (answer.timeoutMs <= 0) return 'unknown';
    if (login !== undefined) {
      await logIn(connection, login);
      connection.closeSession();
    }
    await connection.reply();
    return 'closed';
  } finally {
    connection.close();
  }
}

/** A login that is refused shows in what comes next. */
async function logIn(connection: RawConnection, login: DigestLogin): Promise<void> {
  connection.sasl('');
  const challenge = (await connection.reply())?.body;
  if (challenge === undefined) return;
  connection.sasl(
    answerChallenge(new TextDecoder().decode(challenge.buffer() ?? undefined), login),
  );
  await connection.reply();
}
