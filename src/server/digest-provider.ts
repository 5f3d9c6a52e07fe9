/** The `digest` scheme: identities are `user:base64(sha1("user:password"))`. */

import { type AuthProvider } from './auth-provider.js';
import { sha1 } from './sha1.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The identity of a credential `user:password`, as ACLs name it. Without a colon all of it is the user's name. */
export function digestId(credential: string | Uint8Array): string {
  const bytes = typeof credential === 'string' ? encoder.encode(credential) : credential;
  const text = typeof credential === 'string' ? credential : decoder.decode(credential);
  const colon = text.indexOf(':');
  const user = colon === -1 ? text : text.slice(0, colon);
  return `${user}:${btoa(String.fromCharCode(...sha1(bytes)))}`;
}

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
