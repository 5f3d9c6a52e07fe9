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
 * The table is pure; `session.ts` feeds it with events and delivers what comes out.
 */

/** The state of the connection and its session. */
export type SessionState =
  | { readonly status: 'connecting' }
  | {
      readonly status: 'connected';
      readonly sessionId: bigint;
      /** The session timeout that the server agreed to. */
      readonly timeoutMs: number;
      /** `host:port` of the server. */
      readonly server: string;
      /** Whether the server is cut off from the quorum and takes no writes. */
      readonly readOnly: boolean;
    }
  | { readonly status: 'suspended'; readonly sessionId: bigint }
  | { readonly status: 'lost'; readonly sessionId: bigint }
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
  | { readonly type: 'disconnected' }
  | { readonly type: 'expired' }
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
      return state.status === 'connected'
        ? { status: 'suspended', sessionId: state.sessionId }
        : state;
    case 'expired':
      return state.status === 'connected' || state.status === 'suspended'
        ? { status: 'lost', sessionId: state.sessionId }
        : state;
    case 'authRejected':
      return event.cause === undefined
        ? { status: 'authFailed', scheme: event.scheme }
        : { status: 'authFailed', scheme: event.scheme, cause: event.cause };
    case 'closed':
      return { status: 'closed' };
  }
}
