/**
 * SASL DIGEST-MD5 (RFC 2831), the side of the server: pure functions over the texts of the dialogue.
 *
 * The client's first token is empty; the challenge names the realm and a nonce; the client answers with a proof that it
 * knows the password; the server proves the same (`rspauth`). ZooKeeper's dialogue has quality of protection `auth` only.
 */

import { digestProof, digestSecret, parseFields } from '../wire/digest-md5.js';

/** What ZooKeeper's servers call themselves. */
export const saslRealm = 'zk-sasl-md5';

/** Names of users and their passwords. */
export type SaslUsers = Readonly<Record<string, string>>;

/** A proof that held: who it is, and the server's own. */
export interface SaslProof {
  readonly user: string;
  readonly answer: string;
}

export function challenge(nonce: string): string {
  return `realm="${saslRealm}",nonce="${nonce}",charset=utf-8,algorithm=md5-sess`;
}

/** Checks a client's answer to a challenge; `undefined` if it proves nothing. */
export function checkAnswer(
  answer: string,
  { nonce, users }: { nonce: string; users: SaslUsers },
): SaslProof | undefined {
  const fields = parseFields(answer);
  if (fields === undefined) return undefined;
  const field = (name: string): string => fields.get(name) ?? '';
  const user = field('username');
  const password = Object.hasOwn(users, user) ? users[user] : undefined;
  const authzid = fields.get('authzid') ?? user;
  const sound =
    field('nonce') === nonce &&
    field('nc') === '00000001' &&
    field('cnonce') !== '' &&
    (fields.get('realm') ?? saslRealm) === saslRealm &&
    (fields.get('qop') ?? 'auth') === 'auth' &&
    authzid === user;
  if (!sound || password === undefined) return undefined;
  const secret = digestSecret(fields, { user, password });
  if (field('response') !== digestProof(fields, { secret, method: 'AUTHENTICATE' }))
    return undefined;
  return { user, answer: `rspauth=${digestProof(fields, { secret, method: '' })}` };
}
