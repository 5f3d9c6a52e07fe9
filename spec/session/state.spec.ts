/** The table of session states, row by row. */

import { ConnectError } from '../../src/errors/connect-error.js';
import {
  isToldOf,
  nextState,
  type SessionEvent,
  type SessionState,
} from '../../src/session/state.js';

const connected: SessionState = {
  status: 'connected',
  sessionId: 1n,
  timeoutMs: 10,
  server: 's:1',
  readOnly: false,
};
const states: readonly SessionState[] = [
  { status: 'connecting' },
  connected,
  { status: 'suspended', sessionId: 1n },
  { status: 'lost', sessionId: 1n },
  { status: 'closed' },
  { status: 'authFailed', scheme: 'digest' },
];
const established: SessionEvent = {
  type: 'established',
  sessionId: 1n,
  timeoutMs: 10,
  server: 's:1',
  readOnly: false,
};

// Rows: the state; columns: what each event makes of it ('=': nothing changes).
const table: Record<string, readonly string[]> = {
  //            established  disconnected  expired  authRejected  closed
  connecting: ['connected', '=', '=', 'authFailed', 'closed'],
  connected: ['connected', 'suspended', 'lost', 'authFailed', 'closed'],
  suspended: ['connected', '=', 'lost', 'authFailed', 'closed'],
  lost: ['connected', '=', '=', 'authFailed', 'closed'],
  closed: ['=', '=', '=', '=', '='],
  authFailed: ['=', '=', '=', '=', 'closed'],
};
const events: readonly SessionEvent[] = [
  established,
  { type: 'disconnected' },
  { type: 'expired' },
  { type: 'authRejected', scheme: 'digest' },
  { type: 'closed' },
];

describe('nextState', () => {
  const rows = states.flatMap((state) =>
    events.map((event, column) => [state, event, table[state.status]?.[column] ?? '?'] as const),
  );

  it.each(
    rows.map(([state, event, next]) => [state.status, event.type, next, state, event] as const),
  )('takes %s on %s to %s', (_status, _type, next, state, event) => {
    const after = nextState(state, event);
    if (next === '=') expect(after).toBe(state);
    else expect(after.status).toBe(next);
  });

  it('keeps the id of the session that is in doubt or over', () => {
    expect(nextState(connected, { type: 'disconnected' })).toEqual({
      status: 'suspended',
      sessionId: 1n,
    });
    expect(nextState(connected, { type: 'expired' })).toEqual({ status: 'lost', sessionId: 1n });
  });

  it('keeps the newest cause while there is no connection, and only then', () => {
    const [first, second] = ['refused', 'timeout'].map(
      (message) => new ConnectError({ server: 's:1', reason: 'other', message }),
    ) as [ConnectError, ConnectError];
    for (const state of states) {
      const once = nextState(state, { type: 'disconnected', cause: first });
      const twice = nextState(once, { type: 'disconnected', cause: second });
      const final = state.status === 'closed' || state.status === 'authFailed';
      expect('cause' in once ? once.cause : undefined).toBe(final ? undefined : first);
      expect('cause' in twice ? twice.cause : undefined).toBe(final ? undefined : second);
      expect(twice.status).toBe(state.status === 'connected' ? 'suspended' : state.status);
      expect('cause' in nextState(twice, established)).toBe(false);
    }
  });
});

describe('isToldOf', () => {
  it('is true for another status, and false for another cause', () => {
    const cause = new ConnectError({ server: 's:1', reason: 'refused', message: 'x' });
    const event: SessionEvent = { type: 'disconnected', cause };
    const suspended = nextState(connected, event);
    expect(isToldOf(connected, suspended, event)).toBe(true);
    expect(isToldOf(suspended, nextState(suspended, event), event)).toBe(false);
    expect(isToldOf(connected, nextState(connected, established), established)).toBe(true);
    expect(isToldOf(suspended, suspended, event)).toBe(false);
  });
});
