/** Hashes of migrations as Curator 5.4.0 takes them (`ExtractingCuratorOp.addToDigest` with ZooKeeper 3.8, captured). */

import { check, create, remove, set } from '../../src/client/transaction-builders.js';
import { type TransactionOperation } from '../../src/client/transaction.js';
import { migrationHash } from '../../src/recipes/migrations/migration-hash.js';

const acl = [
  { perms: 31, scheme: 'world', id: 'anyone' },
  { perms: 1, scheme: 'digest', id: 'a:b,c' },
];

const captured: readonly (readonly [
  what: string,
  operations: readonly TransactionOperation[],
  hash: string,
])[] = [
  [
    'a create',
    [create('/a', 'x')],
    '1262ea518057cdc372d2880d7e89a8382211b2af2f1e95b15fcb8c07c13c9861',
  ],
  ['no data', [create('/a')], 'b11964ba95e4e9ce2933c8d7d66221bda1437ca0b954f7eb1be439db490f89b4'],
  [
    'what has to be escaped, in a sequential create',
    [create('/a, b%}é€-', Uint8Array.of(0, 1, 15, 16, 127, 128, 255), { sequential: true })],
    '6672954222c4b1157184208bb340054a671897d453fbe5a72fcc2fe5e3ac345a',
  ],
  [
    'an ephemeral',
    [create('/a', 'x', { mode: 'ephemeral' })],
    '769e7295b3717dd447111b8f93a3b2ce1240974c0716de8543601f0849a221f9',
  ],
  [
    'a sequential ephemeral',
    [create('/a', 'x', { mode: 'ephemeral', sequential: true })],
    '17555e9f6bc4948d432e2bbdf9296cd8abbc029c06fe3074f716a89ace28c5ec',
  ],
  [
    'a container',
    [create('/a', 'x', { mode: 'container' })],
    '35277be643b6a6844d45099133cc5c6003ead99ae8b7275a0d47c3dd0a5f6c17',
  ],
  [
    'a TTL znode',
    [create('/a', 'x', { mode: 'ttl', ttlMs: 5000 })],
    '9673128e23b075633046ee73ebf19d4382a0bc7456c88fe222357d38a29f6c44',
  ],
  [
    'a sequential TTL znode',
    [create('/a', 'x', { mode: 'ttl', ttlMs: 5000, sequential: true })],
    '8b716d93acdd14f15b0d05ce59c85c88a8131da29deedd0c0e5e833549a9e49d',
  ],
  [
    'an ACL',
    [create('/a', 'x', { acl })],
    'a68bbbcba3476a7c07aa12e3067b52dcf9f0dc32488ef747f50e7ca36e4b3db6',
  ],
  [
    'a set',
    [set('/a', 'x', { version: 3 })],
    'e5b410d89e66c429b13e0629d6829912cb915001d6ab6cd674ada1f1c6931ec7',
  ],
  [
    'several',
    [remove('/a', { version: 3 }), check('/b', 4), set('/c', 'y'), remove('/d'), check('/e')],
    'ad60efd16370f6b27326ff8d0bcac45fb3932a625a4cd86a18f5a65994cf7ae0',
  ],
];

describe('the hash of a migration', () => {
  it.each(captured)('with %s is that of Curator', (_what, operations, hash) => {
    expect(Buffer.from(migrationHash(operations)).toString('hex')).toBe(hash);
  });
});
