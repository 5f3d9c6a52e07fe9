/**
 * SASL DIGEST-MD5 (RFC 2831), the side of the server: pure functions over the texts of the dialogue.
 *
 * The client's first token is empty; the challenge names the realm and a nonce; the client answers with a proof that it
 * knows the password; the server proves the same (`rspauth`). ZooKeeper's dialogue has quality of protection `auth` only.
 */

import { md5 } from './md5.js';

/** What ZooKeeper's servers call themselves. */
export const saslRealm = 'zk-sasl-md5';

/** Names of users and their passwords. */
export type SaslUsers = Readonly<Record<string, string>>;

/** A proof that held: who it is, and the server's own. */
export interface SaslProof {
  readonly user: string;
  readonly answer: string;
}

const encoder = new TextEncoder();

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
  const secret = secretOf(fields, { user, password });
  if (field('response') !== proof(fields, { secret, method: 'AUTHENTICATE' })) return undefined;
  return { user, answer: `rspauth=${proof(fields, { secret, method: '' })}` };
}

/** `name=value,name="quoted value",…`; `undefined` if it is not that, or says something twice. */
export function parseFields(text: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  const field = /\s*([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))\s*(?:,|$)/gy;
  let at = 0;
  while (at < text.length) {
    field.lastIndex = at;
    const [whole, name = '', quoted, plain = ''] = field.exec(text) ?? [];
    if (whole === undefined || whole === '' || fields.has(name)) return undefined;
    fields.set(name, quoted?.replace(/\\(.)/g, '$1') ?? plain);
    at += whole.length;
  }
  return fields;
}

type Fields = ReadonlyMap<string, string>;

/** A1 of the RFC for `md5-sess`, hashed, as hex. */
function secretOf(fields: Fields, { user, password }: { user: string; password: string }): string {
  const realm = fields.get('realm') ?? '';
  const parts = [user, realm, password].map(bytesOf);
  const inner = md5(joined(parts));
  const authzid = fields.get('authzid');
  const tail = [fields.get('nonce') ?? '', fields.get('cnonce') ?? ''];
  const more = authzid === undefined ? tail : [...tail, authzid];
  return hex(md5(joined([inner, ...more.map((text) => encoder.encode(text))])));
}

function proof(fields: Fields, { secret, method }: { secret: string; method: string }): string {
  const a2 = hash(`${method}:${fields.get('digest-uri') ?? ''}`);
  const { nonce, nc, cnonce } = Object.fromEntries(fields);
  return hash([secret, nonce, nc, cnonce, 'auth', a2].join(':'));
}

/** What can be said in ISO 8859-1 is hashed in that, by the RFC. */
function bytesOf(text: string): Uint8Array {
  const latin = !/[\u0100-\uffff]/.test(text);
  return latin ? Uint8Array.from(text, (letter) => letter.charCodeAt(0)) : encoder.encode(text);
}

/** The parts with colons between them. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const colon = 0x3a;
  return Uint8Array.from(parts.flatMap((part, i) => (i === 0 ? [...part] : [colon, ...part])));
}

function hash(text: string): string {
  return hex(md5(encoder.encode(text)));
}

/** Lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
