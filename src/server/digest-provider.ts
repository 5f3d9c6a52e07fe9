/** The `digest` scheme: identities are `user:base64(sha1("user:password"))`. */

import { digestId } from '../wire/digest-id.js';
import { type AuthProvider } from './auth-provider.js';

/** The scheme; whoever proves `superDigest` (`super:<hash>`) may do everything. */
export function digestProvider(superDigest?: string): AuthProvider {
  return {
    scheme: 'digest',
    authenticates: true,
    isValid: isTwoParts,
    matches: (identity, aclId) => identity === aclId,
    userName: (id) => id.slice(0, Math.max(0, id.indexOf(':'))),
    authenticate(credential) {
      if (credential === null) return undefined;
      const own = { scheme: 'digest', id: digestId(credential) };
      return own.id === superDigest ? [{ scheme: 'super', id: '' }, own] : [own];
    },
  };
}

/** As Java's `split(":")`, which forgets empty parts at the end. */
function isTwoParts(id: string): boolean {
  const parts = id.split(':');
  while (parts.at(-1) === '') parts.pop();
  return parts.length === 2;
}
