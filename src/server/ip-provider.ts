/** The `ip` scheme: every connection has its peer's address as an identity; ACLs name an address or `address/bits`. */

import { type AuthProvider } from './auth-provider.js';

export const ipProvider: AuthProvider = {
  scheme: 'ip',
  authenticates: false,
  isValid: (id) => parseRange(id) !== undefined,
  matches(identity, aclId) {
    const range = parseRange(aclId);
    const address = parseAddress(identity);
    if (range === undefined || address?.length !== range.address.length) return false;
    return samePrefix(address, range.address, range.bits);
  },
  userName: (id) => id,
  // The address was known before anybody asked, so a request for it succeeds and adds nothing new.
  authenticate: (_credential, remoteHost) => [{ scheme: 'ip', id: remoteHost }],
};

/** As releases have it that take no IPv6 in ACLs. */
export const ipV4Provider: AuthProvider = {
  ...ipProvider,
  isValid: (id) => !id.includes(':') && ipProvider.isValid(id),
};

interface Range {
  readonly address: readonly number[];
  readonly bits: number;
}

function parseRange(text: string): Range | undefined {
  const [host = '', bitsText, ...rest] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined || rest.length > 0) return undefined;
  const most = address.length * 8;
  if (bitsText === undefined) return { address, bits: most };
  const bits = Number(bitsText);
  return /^\d+$/.test(bitsText) && bits <= most ? { address, bits } : undefined;
}

/** The bytes of a textual address, 4 or 16, or `undefined` if it is none. */
function parseAddress(text: string): readonly number[] | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  const bytes = parts.map(Number);
  const sound = parts.every((part) => /^\d{1,3}$/.test(part)) && bytes.every((byte) => byte <= 255);
  return sound && bytes.length === 4 ? bytes : undefined;
}

function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  const [head, tail] = halves.map((half) => parseGroups(half));
  if (halves.length > 2 || head === undefined || (halves.length === 2 && tail === undefined)) {
    return undefined;
  }
  if (tail === undefined) return head.length === 16 ? head : undefined;
  const gap = 16 - head.length - tail.length;
  return gap < 2 ? undefined : [...head, ...new Array<number>(gap).fill(0), ...tail];
}

/** The bytes of `a:b:c`, the last of which may be a v4 address. */
function parseGroups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  for (const group of text.split(':')) {
    const v4 = group.includes('.') ? parseV4(group) : undefined;
    if (v4 !== undefined) bytes.push(...v4);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return bytes;
}

function samePrefix(a: readonly number[], b: readonly number[], bits: number): boolean {
  return a.every((byte, i) => {
    const wanted = Math.min(8, Math.max(0, bits - i * 8));
    const mask = (0xff << (8 - wanted)) & 0xff;
    return ((byte ^ (b[i] ?? 0)) & mask) === 0;
  });
}
