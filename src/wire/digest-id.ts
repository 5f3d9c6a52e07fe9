/** The identity that a `digest` credential proves: client and server must compute the same one. */

import { sha1 } from '../hash/sha1.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * The identity of a credential `user:password` as ACLs name it: `user:base64(sha1("user:password"))`. Without a colon all of it
 * is the user's name.
 */
export function digestId(credential: string | Uint8Array): string {
  const bytes = typeof credential === 'string' ? encoder.encode(credential) : credential;
  const text = typeof credential === 'string' ? credential : decoder.decode(credential);
  const colon = text.indexOf(':');
  const user = colon === -1 ? text : text.slice(0, colon);
  return `${user}:${btoa(String.fromCharCode(...sha1(bytes)))}`;
}
