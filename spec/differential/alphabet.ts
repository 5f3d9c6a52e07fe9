/** The few words that scripts are made of: so few that sessions meet on the same znodes all the time. */

import fc from 'fast-check';
import { digestId } from '../../src/wire/digest-id.js';
import { type Acl } from '../../src/wire/records.js';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);

const usualPaths = ['~/a', '~/a/b', '~/a/b/c', '~/d', '~/d/e', '~/s', '~/a/s', '~'] as const;
const sequencePaths = [
  '~/s0000000000',
  '~/s0000000001',
  '~/s0000000004',
  '~/a/s0000000000',
  '~/a/s0000000001',
  '~/a/0000000000',
] as const;
const oddPaths = [
  '',
  '/',
  'nn',
  '~/a/',
  '~//b',
  '~/a/../b',
  '~/.',
  '~/...',
  '~/a\u0000',
  '~/\u0001',
  '~/\u007f',
  '~/\ud83d\ude00',
  '~/\uf8ff',
  '~/\ufff0',
  '~/é',
  '~/missing/x',
] as const;
const ownPaths = [
  '/zookeeper',
  '/zookeeper/config',
  '/zookeeper/quota',
  '/zookeeper/x',
  '/zookeeper/quota~',
  '/zookeeper/quota~/zookeeper_limits',
  '/zookeeper/quota~/zookeeper_stats',
  '/zookeeper/quota~/a',
  '/zookeeper/quota~/a/zookeeper_limits',
  '/zookeeper/quota~/a/zookeeper_stats',
] as const;

export const paths: fc.Arbitrary<string> = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...usualPaths) },
  { weight: 5, arbitrary: fc.constantFrom(...sequencePaths) },
  { weight: 3, arbitrary: fc.constantFrom(...oddPaths) },
  { weight: 4, arbitrary: fc.constantFrom(...ownPaths) },
);

export const data: fc.Arbitrary<Uint8Array | null> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(bytes('x'), bytes('four'), bytes('')) },
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'count=3,bytes=10',
        'count=3,bytes=10=;byteHardLimit=12;countHardLimit=4',
        'bytes=3',
        'count=-1,bytes=-1',
        'count=2,bytes=5=;byteHardLimit=-1;countHardLimit=3',
      )
      .map(bytes),
  },
);

const bob = digestId('bob:pw');
const alice = digestId('alice:pw');
const acl = (scheme: string, id: string, perms = 31): Acl => ({ perms, scheme, id });
const open = [acl('world', 'anyone')];

const soundAcls: readonly (readonly Acl[])[] = [
  [acl('world', 'anyone', 1)],
  [acl('world', 'anyone', 0)],
  [acl('world', 'anyone', 30)],
  [acl('world', 'anyone', 27)],
  [acl('world', 'anyone', 23)],
  [acl('world', 'anyone', 16)],
  [acl('world', 'anyone', 64 + 31)],
  [acl('digest', bob)],
  [acl('digest', bob), acl('world', 'anyone', 1)],
  [acl('digest', alice, 6), acl('digest', bob, 1)],
  [acl('auth', '')],
  [acl('auth', 'whoever', 3), acl('world', 'anyone', 1)],
  [acl('ip', '127.0.0.1')],
  [acl('ip', '127.0.0.0/8', 5)],
  [acl('ip', '10.0.0.1'), acl('world', 'anyone', 1)],
  [acl('world', 'anyone', 1), acl('digest', bob), acl('world', 'anyone', 1)],
  [...open, ...open],
];
// Refused, all of them, unless noted.
const oddAcls: readonly (readonly Acl[] | null)[] = [
  [],
  null,
  [acl('world', 'somebody')],
  [acl('world', 'anyone'), acl('foo', 'bar')],
  [acl('digest', 'nocolon')],
  [acl('digest', 'a:b:c')],
  [acl('digest', ':b')],
  [acl('digest', 'a:')],
  [acl('ip', 'zzz')],
  [acl('ip', '127.0.0.1/33')],
  [acl('ip', '127.0.0.1/0')],
  [acl('ip', '127.1')],
  [acl('ip', '127.0.0.1/')],
  [acl('ip', '127.0.0.1/-1')],
  [acl('ip', '127.0.0.1/8/9')],
  [acl('super', '')],
  [acl('x509', 'CN=x')],
  [acl('sasl', 'bob')],
  [acl('ensemble', '')],
  [acl('', '')],
  [acl('world', '')],
];

export const acls: fc.Arbitrary<readonly Acl[] | null> = fc.oneof(
  { weight: 12, arbitrary: fc.constant(open) },
  { weight: 5, arbitrary: fc.constantFrom(...soundAcls) },
  { weight: 1, arbitrary: fc.constantFrom(...oddAcls) },
);

/** Mostly any or the first ones, now and then one that no znode has. */
export const versions: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(-1) },
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3) },
  { weight: 1, arbitrary: fc.constantFrom(-2, 0x7fff_ffff, -0x8000_0000) },
);

export const flags: fc.Arbitrary<number> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(0, 1, 2, 3) },
  { weight: 2, arbitrary: fc.constantFrom(4, 5, 6) },
  { weight: 1, arbitrary: fc.constantFrom(7, -1, 99) },
);

export const ttls: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(1, 3_600_000, 2 ** 40 - 1) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 2 ** 40) },
);

export interface Credential {
  readonly type: number;
  readonly scheme: string;
  readonly credential: Uint8Array | null;
}

const credential = (scheme: string, text: string): Credential => ({
  type: 0,
  scheme,
  credential: bytes(text),
});

export const credentials: fc.Arbitrary<Credential> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(credential('digest', 'bob:pw'), credential('digest', 'alice:pw')),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      credential('digest', 'super:secret'),
      credential('digest', 'nocolon'),
      credential('digest', ''),
      credential('digest', 'bob:pw:more'),
      { type: 0, scheme: 'digest', credential: null },
      credential('foo', 'bar'),
      credential('world', 'anyone'),
      credential('auth', ''),
      credential('ip', ''),
      credential('super', ''),
      credential('', ''),
    ),
  },
);

/** Zxids from the start of a run: before it, in it, after it. */
export const zxids: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: 40n }),
  fc.constantFrom(-1n, 1_000_000n),
);
