/** The contract of permissions: which operation needs which, on which znode, and which ACLs are taken at all. */

import { type Acl } from '../../../src/wire/records.js';
import { encode } from '../../../src/wire/writer.js';
import { aclTexts, openAcl, type RawSession } from '../support/raw-session.js';
import { said } from '../../support/raw-client.js';
import { type ContractTarget } from './target.js';

const perms = { read: 1, write: 2, create: 4, delete: 8, admin: 16 } as const;
const all = 31;
const worldMay = (bits: number): readonly Acl[] => [{ perms: bits, scheme: 'world', id: 'anyone' }];

export function describeAclMatrix(target: ContractTarget): void {
  describe('permissions', () => {
    describeNeeds(target);
    describeFreedom(target);
    describeExists(target);
  });
  describe('an ACL', () => {
    describeInvalid(target);
    describeStored(target);
  });
}

/** Does it with `/n`, or with its child `/n/c`, which is closed to everybody. */
type Act = (raw: RawSession) => Promise<unknown>;

const node = '/n';
const child = `${node}/c`;
const fresh = `${node}/new`;
const at = (raw: RawSession, path: string) => ({ path: raw.base + path });

const createAs =
  (name: 'create2' | 'createContainer'): Act =>
  async (raw) =>
    said(await raw.ask(name, { ...at(raw, fresh), data: null, acl: openAcl, flags: 0 }));

const readIn =
  (type: 'getData' | 'getChildren'): Act =>
  async (raw) => {
    const { body = [] } = await raw.ask('multiRead', [{ type, ...at(raw, node), watch: false }]);
    return said({ error: body[0]?.type === 'error' ? body[0].error : 0, body: undefined });
  };

const needs: readonly (readonly [operation: string, perm: keyof typeof perms, act: Act])[] = [
  ['getData', 'read', (raw) => raw.getData(node)],
  ['getChildren', 'read', (raw) => raw.getChildren(node)],
  [
    'getChildren2',
    'read',
    async (raw) => said(await raw.ask('getChildren2', { ...at(raw, node), watch: false })),
  ],
  [
    'getAllChildrenNumber',
    'read',
    async (raw) => said(await raw.ask('getAllChildrenNumber', at(raw, node))),
  ],
  [
    'check',
    'read',
    async (raw) => String(await raw.multi([{ type: 'check', path: node, version: -1 }])),
  ],
  ['getData in a multiRead', 'read', readIn('getData')],
  ['getChildren in a multiRead', 'read', readIn('getChildren')],
  ['setData', 'write', (raw) => raw.setData(node)],
  ['setACL', 'admin', (raw) => raw.setAcl(node)],
  ['create of a child', 'create', async (raw) => okIf(await raw.create(fresh), fresh)],
  ['create2 of a child', 'create', createAs('create2')],
  ['createContainer of a child', 'create', createAs('createContainer')],
  ['delete of a child', 'delete', (raw) => raw.delete(child)],
];

const okIf = (answer: string, wanted: string): string => (answer === wanted ? 'ok' : answer);

/** `/n` with these permissions for everybody, and its child with none. */
async function staged(target: ContractTarget, bits: number): Promise<RawSession> {
  const [raw] = await target.raws(1);
  if (raw === undefined) throw new Error('one was asked for');
  await raw.create(node);
  await raw.create(child, { acl: worldMay(0) });
  expect(await raw.setAcl(node, worldMay(bits))).toBe('ok');
  return raw;
}

function describeNeeds(target: ContractTarget): void {
  it.each(needs)('of %s: it needs %s, and nothing else does', async (_, perm, act) => {
    expect(await act(await staged(target, all & ~perms[perm]))).toBe('NoAuth');
    expect(await act(await staged(target, perms[perm]))).toBe('ok');
  });

  it('of getACL: it needs READ or ADMIN', async () => {
    const answers = [];
    for (const bits of [1, 16, 2 | 4 | 8]) {
      answers.push(await (await staged(target, bits)).getAcl(node));
    }
    expect(answers).toEqual([worldMay(1), worldMay(16), 'NoAuth']);
  });
}

const free: readonly (readonly [string, Act])[] = [
  ['addWatch', (raw) => raw.addWatch(node, 0)],
  ['addWatch, recursive', (raw) => raw.addWatch(node, 1)],
  ['sync', async (raw) => okIf(said(await raw.ask('sync', at(raw, node))), raw.base + node)],
  ['getEphemerals', async (raw) => said(await raw.ask('getEphemerals', { prefix: raw.base }))],
  [
    'setWatches',
    async (raw) => {
      const paths = [raw.base + node];
      const request = { relativeZxid: 0n, data: paths, exist: [], child: paths };
      return said(await raw.ask('setWatches', request));
    },
  ],
];

function describeFreedom(target: ContractTarget): void {
  it.each(free)('of %s: it needs none', async (_, act) => {
    expect(await act(await staged(target, 0))).toBe('ok');
  });

  it('may be unknown, and none', async () => {
    const [raw] = await target.raws(1);
    for (const bits of [0, 1 << 5, -1]) {
      expect(await raw?.create(`/p${String(bits)}`, { acl: worldMay(bits | 1) })).toMatch(/^\/p/);
      expect(await raw?.getAcl(`/p${String(bits)}`)).toEqual(worldMay(bits | 1));
    }
  });
}

function describeExists(target: ContractTarget): void {
  it('of exists: it needs READ on what is there, in releases that see to it', async () => {
    const raw = await staged(target, all & ~perms.read);
    const checks =
      target.isAtLeast(3, 9, 2) || (target.isAtLeast(3, 8, 4) && !target.isAtLeast(3, 9));
    expect(await raw.exists(node)).toBe(checks ? 'NoAuth' : 'ok');
    expect(await (await staged(target, perms.read)).exists(node)).toBe('ok');
    expect(await raw.exists('/none')).toBe('NoNode');
  });
}

const digest = (id: string): Acl => ({ perms: all, scheme: 'digest', id });
const ip = (id: string): Acl => ({ perms: all, scheme: 'ip', id });
const bob = digest('bob:ikIaKsbtGweaHnb/jKn7OHqbunM=');
const anyone: Acl = { perms: all, scheme: 'world', id: 'anyone' };

const invalid: readonly (readonly [string, readonly Acl[]])[] = [
  ['nobody at all', []],
  ['a world of somebody', [{ perms: all, scheme: 'world', id: 'somebody' }]],
  ['a world of nobody', [{ perms: all, scheme: 'world', id: '' }]],
  ['auth of a connection that has proved nothing', [{ perms: all, scheme: 'auth', id: '' }]],
  ['a scheme that there is not', [{ perms: all, scheme: 'unheard-of', id: 'x' }]],
  ['a scheme without a name', [{ perms: all, scheme: '', id: 'x' }]],
  ['sasl where there is none', [{ perms: all, scheme: 'sasl', id: 'bob' }]],
  ['x509 where there is none', [{ perms: all, scheme: 'x509', id: 'CN=bob' }]],
  ['super, which is proved and not given', [{ perms: all, scheme: 'super', id: '' }]],
  ['a digest without a colon', [digest('bob')]],
  ['a digest without a hash', [digest('bob:')]],
  ['a digest of three parts', [digest('bob:a:b')]],
  ['a digest of nobody', [digest('')]],
  ['an address that is none', [ip('somewhere')]],
  ['an address that is too short', [ip('10.0.0')]],
  ['an address that is too large', [ip('10.0.0.256')]],
  ['a range that is too narrow', [ip('10.0.0.1/33')]],
  ['a range below zero', [ip('10.0.0.1/-1')]],
  ['a range of words', [ip('10.0.0.1/x')]],
  ['one of two that is not valid', [anyone, digest('bob')]],
];

function describeInvalid(target: ContractTarget): void {
  it.each(invalid)('is refused for %s', async (_, acl) => {
    const [raw] = await target.raws(1);
    await raw?.create('/a');
    const answers = [await raw?.create('/n', { acl }), await raw?.setAcl('/a', acl)];
    expect(answers).toEqual(['InvalidACL', 'InvalidACL']);
    const operation = { type: 'create', path: '/n', data: null, flags: 0, acl } as const;
    expect(await raw?.multi([operation])).toEqual(['InvalidACL']);
  });

  it.each([
    ['a null scheme', null, 'x', 'InvalidACL'],
    ['a null id', 'world', null, 'MarshallingError'],
  ])('is refused for %s', async (_, scheme, id, error) => {
    const [raw] = await target.raws(1);
    const { create } = opcodes;
    const answer = await raw?.askRaw(create, (writer) => {
      writer.string(`${raw.base}/n`);
      writer.buffer(null);
      writer.raw(
        encode((acl) => {
          acl.int(1);
          acl.int(all);
          acl.string(scheme);
          acl.string(id);
        }),
      );
      writer.int(0);
    });
    expect(answer).toBe(error);
    expect(await raw?.getData('/n')).toBe('NoNode');
  });
}

const opcodes = { create: 1 } as const;

const v4 = ['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '255.255.255.255/32'];
const stored: readonly (readonly [string, readonly Acl[], readonly Acl[]])[] = [
  ['what is there twice once', [anyone, bob, anyone, bob], [anyone, bob]],
  [
    'what differs in its permissions',
    [anyone, { ...anyone, perms: 1 }],
    [anyone, { ...anyone, perms: 1 }],
  ],
  ['addresses and ranges', v4.map(ip), v4.map(ip)],
  ['a digest of anything with one colon', [digest(':x')], [digest(':x')]],
];

function describeStored(target: ContractTarget): void {
  it('names IPv6 addresses in releases that take them', async () => {
    const [raw] = await target.raws(1);
    const answer = await raw?.create('/n', { acl: [ip('fe80::/10')] });
    expect(answer).toBe(target.isAtLeast(3, 9, 4) ? '/n' : 'InvalidACL');
  });

  it.each(stored)('keeps %s', async (_, given, kept) => {
    const [raw] = await target.raws(1);
    await raw?.auth('bob:pw');
    const readable = given.some(({ scheme }) => scheme === 'world');
    const reader: readonly Acl[] = readable ? [] : [{ ...anyone, perms: perms.admin }];
    expect(await raw?.create('/n', { acl: [...given, ...reader] })).toBe('/n');
    expect(aclTexts(await raw?.getAcl('/n'))).toEqual(aclTexts([...kept, ...reader]));
  });

  it('has every proven identity in the place of auth, and no address', async () => {
    const [raw] = await target.raws(1);
    await raw?.auth('bob:pw');
    await raw?.auth('eve:x');
    const auth: Acl = { perms: 5, scheme: 'auth', id: 'whatever' };
    await raw?.create('/n', { acl: [auth, { ...bob, perms: 16 }, { ...bob, perms: 5 }] });
    const eve = 'eve:YiuzDE8LXYrjLY9cBMAva36B5EA=';
    const kept = await raw?.getAcl('/n');
    // Duplicates went before `auth` was looked at.
    expect(aclTexts(kept)).toEqual(
      aclTexts([
        { ...bob, perms: 5 },
        { ...bob, perms: 16 },
        { ...bob, perms: 5 },
        { ...digest(eve), perms: 5 },
      ]),
    );
  });
}
