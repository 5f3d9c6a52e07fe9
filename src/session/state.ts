/**
 * Session states and the table of what leads from one to the next.
 *
 * Theory of operation. A *session* is a promise of the ensemble: as long as it hears from the client within the negotiated
 * timeout, the session's ephemerals stay. A *connection* is how the client is heard; connections come and go under one
 * session. What may be believed in each state:
 *
 * | status       | the session …                  | ephemerals, locks | watches                          |
 * |--------------|--------------------------------|-------------------|----------------------------------|
 * | `connecting` | does not exist yet             | none              | none                             |
 * | `connected`  | lives                          | ours              | delivered                        |
 * | `suspended`  | may live: nobody can know      | in doubt          | caught up with on reconnect      |
 * | `lost`       | is over; a new one is opened   | gone              | caught up with on the new session |
 * | `closed`     | was ended by this client       | gone              | gone                             |
 * | `authFailed` | was refused; terminal          | in doubt          | gone                             |
 *
 * Connected to a server that is *read-only* (cut off from the quorum), nobody can be sure of anything but old data: the
 * session lives if it is known there, but the ensemble may be ending it. A client that came to a read-only server first has a
 * session of that server only, which owns nothing, ends with the connection, and is not called lost.
 *
 * A session to be taken over from another process begins as `connecting`, too, and is `lost` if the server knows it no more.
 *
 * While there is no connection, `cause` is why: what broke it, then why the newest attempt to make another failed. A new
 * cause is a new state, but no change that anybody is told of: attempts go on all the time.
 *
 * The table is pure; `session.ts` feeds it with events and delivers what comes out.
 */

import { type ConnectError } from '../errors/connect-error.js';

/** The state of the connection and its session. `cause`: why there is no connection, as far as that is known. */
export type SessionState =
  | { readonly status: 'connecting'; readonly cause?: ConnectError }
  | {
      readonly status: 'connected';
      /** Id of the session; of one that owns nothing and will not last, if a read-only server has opened it. */
      readonly sessionId: bigint;
      /** The session timeout that the server agreed to. */
      readonly timeoutMs: number;
      /** `host:port` of the server. */
      readonly server: string;
      /** Whether the server is cut off from the quorum: it takes no writes, and what it tells may be old. See the option `readOnly`. */
      readonly readOnly: boolean;
    }
  | {
      readonly status: 'suspended' | 'lost';
      readonly sessionId: bigint;
      readonly cause?: ConnectError;
    }
  | { readonly status: 'closed' }
  | {
      readonly status: 'authFailed';
      /** What was refused: `digest`, …, or `sasl`. */
      readonly scheme: string;
      /** Who refused whom, and why, if that is known. */
      readonly cause?: unknown;
    };

/** What can happen to a session. */
export type SessionEvent =
  | {
      readonly type: 'established';
      readonly sessionId: bigint;
      readonly timeoutMs: number;
      readonly server: string;
      readonly readOnly: boolean;
    }
  | { readonly type: 'disconnected'; readonly cause?: ConnectError | undefined }
  /** Without an id there was none. */
  | { readonly type: 'expired'; readonly sessionId?: bigint | undefined }
  | { readonly type: 'authRejected'; readonly scheme: string; readonly cause?: unknown }
  | { readonly type: 'closed' };

/** The state that follows; the same object if the event changes nothing. */
export function nextState(state: SessionState, event: SessionEvent): SessionState {
  if (state.status === 'closed' || state.status === 'authFailed') {
    // Both are final, except that a client whose credentials were refused can still be closed.
    return event.type === 'closed' && state.status === 'authFailed' ? { status: 'closed' } : state;
  }
  switch (event.type) {
    case 'established':
      return {
        status: 'connected',
        sessionId: event.sessionId,
        timeoutMs: event.timeoutMs,
        server: event.server,
        readOnly: event.readOnly,
      };
    case 'disconnected':
      return disconnected(state, event.cause);
    case 'expired':
      return state.status === 'connected' || state.status === 'suspended'
        ? { ...whyOf(state), status: 'lost', sessionId: state.sessionId }
        : neverHad(state, event.sessionId);
    case 'authRejected':
      return event.cause === undefined
        ? { status: 'authFailed', scheme: event.scheme }
        : { status: 'authFailed', scheme: event.scheme, cause: event.cause };
    case 'closed':
      return { status: 'closed' };
  }
}

/** A session that was to be taken over from another process, and could not be. */
function neverHad(state: Unfinished, sessionId: bigint | undefined): SessionState {
  if (state.status !== 'connecting' || sessionId === undefined) return state;
  return { ...whyOf(state), status: 'lost', sessionId };
}

function whyOf(state: SessionState): { readonly cause?: ConnectError } {
  const cause = causeOf(state);
  return cause === undefined ? {} : { cause };
}

type Unfinished = Exclude<SessionState, { readonly status: 'closed' | 'authFailed' }>;

function disconnected(state: Unfinished, cause: ConnectError | undefined): SessionState {
  const why = cause === undefined ? {} : { cause };
  if (state.status === 'connected') {
    return { status: 'suspended', sessionId: state.sessionId, ...why };
  }
  return cause === undefined ? state : { ...state, ...why };
}

/** Why there is no connection, as far as that is known. */
export function causeOf(state: SessionState): ConnectError | undefined {
  return state.status !== 'authFailed' && 'cause' in state ? state.cause : undefined;
}

/** Whether observers are told of this step: not if only the cause is another. */
export function isToldOf(before: SessionState, after: SessionState, event: SessionEvent): boolean {
  return after !== before && !(event.type === 'disconnected' && after.status === before.status);
}
