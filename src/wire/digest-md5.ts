/** SASL DIGEST-MD5 (RFC 2831), what both sides have in common: the texts' fields, the secret, and the proofs of it. */

import { md5 } from '../hash/md5.js';

/** The fields of a challenge or an answer. */
export type DigestFields = ReadonlyMap<string, string>;

const encoder = new TextEncoder();

/** `name=value,name="quoted value",…`; `undefined` if it is not that, or says something twice. */
export function parseFields(text: string): DigestFields | undefined {
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

/** A1 of the RFC for `md5-sess`, hashed, as hex; `fields` are those of the client's answer. */
export function digestSecret(
  fields: DigestFields,
  { user, password }: { user: string; password: string },
): string {
  const realm = fields.get('realm') ?? '';
  const parts = [user, realm, password].map(bytesOf);
  const inner = md5(joined(parts));
  const authzid = fields.get('authzid');
  const tail = [fields.get('nonce') ?? '', fields.get('cnonce') ?? ''];
  const more = authzid === undefined ? tail : [...tail, authzid];
  return hex(md5(joined([inner, ...more.map((text) => encoder.encode(text))])));
}

/** What proves the secret: the client's `response` with the method `AUTHENTICATE`, the server's `rspauth` with none. */
export function digestProof(
  fields: DigestFields,
  { secret, method }: { secret: string; method: string },
): string {
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
