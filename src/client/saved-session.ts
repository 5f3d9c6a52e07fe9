/** The option `session`: a session that another process has left. */

import { parseSession } from '../session/identity.js';
import { type SavedSession } from '../session/session.js';
import { refuse } from './checks.js';

/** Throws `InvalidOptionError`, which quotes nothing, for what is no session. */
export function savedSession(value: string | SavedSession | undefined): SavedSession | undefined {
  if (value === undefined) return undefined;
  const session = typeof value === 'string' ? parseSession(value) : copyOf(value);
  if (session === undefined) {
    throw refuse(
      { option: 'session', value },
      'what zk.session.serialize() gave, or { id, password }',
    );
  }
  return session;
}

function copyOf(value: SavedSession): SavedSession | undefined {
  // What a caller without types may pass.
  const { id, password, lastZxid = 0n } = Object(value) as Partial<SavedSession>;
  if (typeof id !== 'bigint' || typeof lastZxid !== 'bigint') return undefined;
  if (id === 0n || !(password instanceof Uint8Array)) return undefined;
  return { id, password: password.slice(), lastZxid };
}
