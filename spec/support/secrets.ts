/** Looks for secrets in whatever a program may log: by walking through all that can be reached, and by printing it. */

import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

const encoder = new TextEncoder();

/** All the ways in which a secret may be seen: as text, in base64 and hex, and as the bytes that `inspect` and {@link shown} list. */
export function spellings(secret: string | Uint8Array): readonly string[] {
  const bytes = typeof secret === 'string' ? encoder.encode(secret) : secret;
  const encoded = Buffer.from(bytes);
  const [base64, hex] = [encoded.toString('base64'), encoded.toString('hex')];
  const lists = [[...bytes].join(', '), [...bytes].join(',')];
  // Padding is left out: within a longer text it is not there.
  const all = [...lists, base64.replace(/=+$/, ''), hex, hex.toUpperCase()];
  return typeof secret === 'string' ? [secret, ...all] : all;
}

/** What is kept of `user:password` in an ACL, which is as good as a secret to who guesses passwords. */
export function digestOf(userAndPassword: string): string {
  return createHash('sha1').update(userAndPassword).digest('base64');
}

/** All text and bytes that can be reached from a value by the names that it shows, hidden ones included, each once. */
export function shown(root: unknown, depth = 4): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') texts.push(value);
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (!isObject || seen.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      texts.push([...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)].join(','));
      texts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'));
      continue;
    }
    if (value instanceof Map) open.push(...value.keys(), ...value.values());
    if (value instanceof Set) open.push(...value);
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      texts.push(String(key));
      open.push(property?.value);
    }
  }
  return [...texts, ...printed(root, depth)].join('\n');
}

/** What is logged of it. */
function printed(root: unknown, depth: number): readonly string[] {
  const full = { depth, showHidden: true, maxArrayLength: null, maxStringLength: null };
  return [inspect(root), inspect(root, full), jsonOf(root) ?? '', textOf(root)];
}

function jsonOf(value: unknown): string | undefined {
  try {
    // Undefined for what has no JSON, such as a function.
    return JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part,
    );
  } catch {
    // A circle.
    return undefined;
  }
}

function textOf(value: unknown): string {
  return value instanceof Error ? `${String(value)}\n${value.stack ?? ''}` : '';
}

/** Which of the secrets can be seen in which of the things: `name shows what`. */
export function findSecrets(
  things: ReadonlyMap<string, unknown>,
  secrets: ReadonlyMap<string, string | Uint8Array>,
  depth = 4,
): readonly string[] {
  const found: string[] = [];
  for (const [name, thing] of things) {
    const text = shown(thing, depth);
    for (const [secret, value] of secrets) {
      const seen = spellings(value).find((spelling) => text.includes(spelling));
      if (seen !== undefined) found.push(`${name} shows the ${secret} as ${seen}`);
    }
  }
  return found;
}
