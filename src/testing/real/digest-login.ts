/** SASL DIGEST-MD5 (RFC 2831), the side of the client: one answer to one challenge. */

import { createHash, randomBytes } from 'node:crypto';
import { parseFields } from '../../server/digest-md5.js';

export interface DigestLogin {
  readonly user: string;
  readonly password: string;
}

const uri = 'zookeeper/zk-sasl-md5';

/** The text that proves knowledge of the password to who sent this challenge. */
export function answerChallenge(challenge: string, { user, password }: DigestLogin): string {
  const fields = parseFields(challenge);
  const [realm, nonce] = [fields?.get('realm') ?? '', fields?.get('nonce') ?? ''];
  const cnonce = randomBytes(8).toString('hex');
  const inner = md5(Buffer.concat([user, `:${realm}:`, password].map(bytesOf)));
  const secret = md5(Buffer.concat([inner, Buffer.from(`:${nonce}:${cnonce}`)])).toString('hex');
  const a2 = md5(Buffer.from(`AUTHENTICATE:${uri}`)).toString('hex');
  const proof = [secret, nonce, '00000001', cnonce, 'auth', a2].join(':');
  const response = md5(Buffer.from(proof)).toString('hex');
  return (
    `charset=utf-8,username=${quoted(user)},realm=${quoted(realm)},nonce=${quoted(nonce)},` +
    `nc=00000001,cnonce="${cnonce}",digest-uri="${uri}",maxbuf=65536,response=${response},qop=auth`
  );
}

/** What can be said in ISO 8859-1 is hashed in that, by the RFC. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text, /[\u0100-\uffff]/.test(text) ? 'utf8' : 'latin1');
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
