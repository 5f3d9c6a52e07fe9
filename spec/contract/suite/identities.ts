/** The contract of who a connection is: what proves it, what it opens, what is shown of it, and what ends it. */

import { type Acl } from '../../../src/wire/records.js';
import { said } from '../../support/raw-client.js';
import { aclTexts, openAcl, type RawSession } from '../support/raw-session.js';
import { type ContractTarget } from './target.js';

const digest = (id: string, perms = 31): Acl => ({ perms, scheme: 'digest', id });
const ip = (id: string): Acl => ({ perms: 31, scheme: 'ip', id });
const bobId = 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM=';
const bob = digest(bobId);
const creatorOnly: readonly Acl[] = [{ perms: 31, scheme: 'auth', id: '' }];
const everyoneReads: Acl = { perms: 1, scheme: 'world', id: 'anyone' };

export function describeIdentities(target: ContractTarget): void {
  describe('identities', () => {
    describeProofs(target);
    describeRefused(target);
    describeAddresses(target);
    describeSuper(target);
    describeMasks(target);
  });
}

async function two(target: ContractTarget): Promise<readonly [RawSession, RawSession]> {
  const [one, other] = await target.raws(2);
  if (one === undefined || other === undefined) throw new Error('two were asked for');
  return [one, other];
}

const proofs: readonly (readonly [credential: string, id: string])[] = [
  ['bob:pw', bobId],
  ['nocolon', 'nocolon:Ra+cHr2ZoHvBjtNArFGNGlVie4g='],
  ['', ':2jmj7l5rSw0yVb/vlWAYkK/YBwk='],
  ['bob:p:w', 'bob:c9E8gjtVdLtMPTfBBukKZD37tig='],
];

function describeProofs(target: ContractTarget): void {
  it.each(proofs)('are proved by "%s"', async (credential, id) => {
    const [raw] = await two(target);
    expect(await raw.auth(credential)).toBe('ok');
    expect(await raw.create('/n', { acl: creatorOnly })).toBe('/n');
    expect(await raw.getAcl('/n')).toEqual([digest(id)]);
    if (!target.isAtLeast(3, 7)) return;
    const { body } = await raw.ask('whoAmI', undefined);
    expect(body).toHaveLength(2);
    expect(body).toContainEqual({ scheme: 'digest', user: id.slice(0, id.indexOf(':')) });
    expect(body).toContainEqual({ scheme: 'ip', user: '127.0.0.1' });
  });

  it('add up', async () => {
    const [raw, other] = await two(target);
    await other.create('/bobs', { acl: [bob] });
    expect(await raw.getData('/bobs')).toBe('NoAuth');
    await raw.auth('eve:x');
    expect(await raw.getData('/bobs')).toBe('NoAuth');
    await raw.auth('bob:pw');
    await raw.auth('bob:pw');
    expect(await raw.getData('/bobs')).toBe('ok');
    await raw.create('/n', { acl: creatorOnly });
    expect(await raw.getAcl('/n')).toHaveLength(2);
  });

  it('hold for what is asked behind the proof in one breath', async () => {
    const [raw, other] = await two(target);
    await other.create('/bobs', { acl: [bob] });
    const credential = new TextEncoder().encode('bob:pw');
    const path = `${raw.base}/bobs`;
    const asked = [
      raw.frame('getData', { path, watch: false }, 1),
      raw.frame('auth', { type: 0, scheme: 'digest', credential }, -4),
      raw.frame('getData', { path, watch: false }, 2),
      raw.frame('ping', undefined, -2),
    ];
    raw.sendBytes(Buffer.concat(asked));
    const replies = await raw.takeReplies(4);
    const byXid = Object.fromEntries(replies.map(({ xid, error }) => [xid, error]));
    expect(byXid).toEqual({ 1: -102, '-4': 0, 2: 0, '-2': 0 });
    expect(replies.at(-1)?.xid).toBe(-2);
  });

  it('belong to the connection, and a reply to them echoes the xid, at zxid 0', async () => {
    const [raw, other] = await two(target);
    await other.create('/bobs', { acl: [bob] });
    const credential = new TextEncoder().encode('bob:pw');
    const request = { type: 0, scheme: 'digest', credential };
    expect(await raw.ask('auth', request, 99)).toMatchObject({ xid: 99, zxid: 0n, error: 0 });
    expect(await raw.getData('/bobs')).toBe('ok');
    const again = await target.raw({ base: raw.base, ...sessionOf(raw) });
    expect(again.sessionId).toBe(raw.sessionId);
    expect(await again.getData('/bobs')).toBe('NoAuth');
  });
}

function sessionOf(raw: RawSession) {
  return { sessionId: raw.sessionId, password: raw.connected?.password ?? new Uint8Array(16) };
}

function describeRefused(target: ContractTarget): void {
  it.each([
    ['a scheme that there is not', 'unheard-of', 'x'],
    ['a scheme without a name', '', 'x'],
    ['the world', 'world', 'anyone'],
    ['auth', 'auth', ''],
    ['no credential at all', 'digest', null],
  ])('are refused for %s, and the connection ends', async (_, scheme, credential) => {
    const [raw, other] = await two(target);
    await raw.create('/mine', { flags: 1 });
    expect(await raw.auth(credential, scheme)).toBe('AuthFailed');
    await raw.closes();
    expect(await other.exists('/mine')).toBe('ok');
    const again = await target.raw({ base: raw.base, ...sessionOf(raw) });
    expect(await again.getData('/mine')).toBe('ok');
  });
}

const addresses: readonly (readonly [string, boolean])[] = [
  ['127.0.0.1', true],
  ['127.0.0.1/32', true],
  ['127.0.0.0/8', true],
  ['127.255.0.0/8', true],
  ['126.0.0.0/7', true],
  ['0.0.0.0/0', true],
  ['127.0.0.2', false],
  ['127.0.0.2/32', false],
  ['127.0.0.2/31', false],
  ['10.0.0.0/8', false],
];

function describeAddresses(target: ContractTarget): void {
  it.each(addresses)('of the address: what belongs to %s is open: %s', async (id, isOpen) => {
    const [raw] = await two(target);
    await raw.create('/n', { acl: [ip(id)] });
    expect(await raw.getData('/n')).toBe(isOpen ? 'ok' : 'NoAuth');
  });

  it('of the address need no proof, and one is taken', async () => {
    const [raw] = await two(target);
    expect(await raw.auth('whatever', 'ip')).toBe('ok');
    expect(await raw.create('/n', { acl: creatorOnly })).toBe('InvalidACL');
  });
}

function describeSuper(target: ContractTarget): void {
  it('of the superuser open everything', async () => {
    const [raw, other] = await two(target);
    await other.auth('bob:pw');
    await other.create('/bobs', { acl: [bob] });
    await other.create('/nobodys', { acl: [{ perms: 0, scheme: 'world', id: 'anyone' }] });
    expect(await raw.auth('super:secret')).toBe('ok');
    for (const path of ['/bobs', '/nobodys']) {
      const answers = [
        await raw.getData(path),
        await raw.setData(path),
        await raw.getChildren(path),
      ];
      answers.push(
        await raw.exists(path),
        await raw.create(`${path}/x`),
        await raw.delete(`${path}/x`),
      );
      expect(answers).toEqual(['ok', 'ok', 'ok', 'ok', `${path}/x`, 'ok']);
    }
    expect(await raw.getAcl('/bobs')).toEqual([bob]);
    expect(await raw.setAcl('/bobs', openAcl)).toBe('ok');
    if (!target.isAtLeast(3, 7)) return;
    const { body } = await raw.ask('whoAmI', undefined);
    expect(new Set(body?.map(({ scheme, user }) => `${scheme} ${user}`))).toEqual(
      new Set(['ip 127.0.0.1', 'super ', 'digest super']),
    );
  });

  it('of one who only says so open nothing', async () => {
    const [raw, other] = await two(target);
    await other.create('/nobodys', { acl: [{ perms: 0, scheme: 'world', id: 'anyone' }] });
    await raw.auth('super:guess');
    expect(await raw.getData('/nobodys')).toBe('NoAuth');
  });
}

function describeMasks(target: ContractTarget): void {
  const acl = [bob, digest('eve:hash', 2), ip('10.0.0.1'), everyoneReads];
  const masked = [digest('bob:x'), digest('eve:x', 2), ip('10.0.0.1'), everyoneReads];

  it('in an ACL are masked for those who may only read it', async () => {
    const [raw, other] = await two(target);
    await raw.create('/n', { acl });
    expect(aclTexts(await other.getAcl('/n'))).toEqual(aclTexts(masked));
    await other.auth('eve:x');
    expect(aclTexts(await other.getAcl('/n'))).toEqual(aclTexts(masked));
    await other.auth('bob:pw');
    expect(aclTexts(await other.getAcl('/n'))).toEqual(aclTexts(acl));
  });

  it('in an ACL are shown to those who may change but not read it', async () => {
    const [raw] = await two(target);
    const admin = { ...everyoneReads, perms: 16 };
    await raw.create('/n', { acl: [digest('eve:hash'), admin] });
    expect(aclTexts(await raw.getAcl('/n'))).toEqual(aclTexts([digest('eve:hash'), admin]));
    expect(said(await raw.ask('getAcl', { path: `${raw.base}/none` }))).toBe('NoNode');
  });
}
