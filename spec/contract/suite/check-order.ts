/** The contract of which error wins: for each write a request with several faults, and the one that is answered. */

import { type Acl } from '../../../src/wire/records.js';
import { type MultiOperation } from '../../../src/wire/multi.js';
import { openAcl, type RawSession } from '../support/raw-session.js';
import { said } from '../../support/raw-client.js';
import { type ContractTarget } from './target.js';

type Ask = (raw: RawSession) => Promise<unknown>;
type Row = readonly [winner: string, error: string | readonly string[], ask: Ask];

const noAcl: readonly Acl[] = [];
const bobsAcl: readonly Acl[] = [
  { perms: 31, scheme: 'digest', id: 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM=' },
];

export function describeCheckOrder(target: ContractTarget): void {
  describe('order of checks', () => {
    it.each(creates)('of create: %s: %s', (...row) => expectRow(target, row));
    it.each(deletes)('of delete: %s: %s', (...row) => expectRow(target, row));
    it.each(setDatas)('of setData: %s: %s', (...row) => expectRow(target, row));
    it.each(setAcls)('of setACL: %s: %s', (...row) => expectRow(target, row));
    it.each(checks)('of check: %s: %s', (...row) => expectRow(target, row));
    it.each(versions)('of versions: %s: %s', (...row) => expectRow(target, row));
    describeZxids(target);
  });
}

/**
 * The stage: `/a`; `/full` with a child; `/closed` and `/closed/there`, on which only bob may do anything; `/e`, the
 * session's own ephemeral, and `/bobs-e`, one that is closed.
 */
async function onStage(target: ContractTarget): Promise<RawSession> {
  const [raw, bob] = await target.raws(2);
  if (raw === undefined || bob === undefined) throw new Error('two were asked for');
  await bob.auth('bob:pw');
  for (const path of ['/a', '/full', '/full/child', '/closed', '/closed/there']) {
    await bob.create(path);
  }
  await bob.setAcl('/closed', bobsAcl);
  await bob.setAcl('/closed/there', bobsAcl);
  await raw.create('/e', { flags: 1 });
  await raw.create('/bobs-e', { flags: 1, acl: bobsAcl });
  return raw;
}

async function expectRow(target: ContractTarget, [, error, ask]: Row): Promise<void> {
  expect(await ask(await onStage(target))).toEqual(error);
}

/** A create that is exactly this, below no base. */
const bareCreate = async (raw: RawSession, path: string, acl = openAcl): Promise<string> =>
  said(await raw.ask('create', { path, data: null, acl, flags: 0 }));

const createTtl =
  (path: string, ttlMs: number, { flags = 5, acl = openAcl } = {}): Ask =>
  async (raw) =>
    said(await raw.ask('createTtl', { path: raw.base + path, data: null, acl, flags, ttlMs }));

const creates: readonly Row[] = [
  [
    'unknown flags before the ACL',
    'BadArguments',
    (raw) => raw.create('/none/x', { flags: 9, acl: noAcl }),
  ],
  ['negative flags', 'BadArguments', (raw) => raw.create('/x', { flags: -1 })],
  [
    'the flag of a TTL without one',
    'BadArguments',
    (raw) => raw.create('/x', { flags: 5, acl: noAcl }),
  ],
  ['a TTL of 0 before the ACL', 'BadArguments', createTtl('/none/x', 0, { acl: noAcl })],
  ['a negative TTL', 'BadArguments', createTtl('/x', -1)],
  ['too long a TTL', 'BadArguments', createTtl('/x', 2 ** 40)],
  ['nothing, of the longest TTL', 'ok', createTtl('/x', 2 ** 40 - 1)],
  ['no slash before the ACL', 'BadArguments', (raw) => bareCreate(raw, 'nn', noAcl)],
  ['NUL before the ACL', 'BadArguments', (raw) => raw.create('/none/\0', { acl: noAcl })],
  ['the ACL before the parent', 'InvalidACL', (raw) => raw.create('/none/x', { acl: noAcl })],
  ['the ACL before CREATE', 'InvalidACL', (raw) => raw.create('/closed/there/x', { acl: noAcl })],
  ['the ACL before existence', 'InvalidACL', (raw) => raw.create('/a', { acl: noAcl })],
  ['the parent before the full path', 'NoNode', (raw) => raw.create('/none/\u0001')],
  ['the parent of an empty component', 'NoNode', (raw) => raw.create('/a//b')],
  ['CREATE before the full path', 'NoAuth', (raw) => raw.create('/closed/\u0001')],
  ['CREATE before existence', 'NoAuth', (raw) => raw.create('/closed/there')],
  ['CREATE before the ephemeral parent', 'NoAuth', (raw) => raw.create('/bobs-e/x')],
  ['the full path before the ephemeral parent', 'BadArguments', (raw) => raw.create('/e/\u0001')],
  ['the full path that is there but for its end', 'BadArguments', (raw) => raw.create('/a/')],
  ['existence', 'NodeExists', (raw) => raw.create('/a')],
  ['existence of the root', 'NodeExists', (raw) => bareCreate(raw, '/')],
  ['the ephemeral parent', 'NoChildrenForEphemerals', (raw) => raw.create('/e/x')],
  ['CREATE below the configuration', 'NoAuth', (raw) => bareCreate(raw, '/zookeeper/config/x')],
];

const bareDelete = async (raw: RawSession, path: string): Promise<string> =>
  said(await raw.ask('delete', { path, version: 77 }));

const deletes: readonly Row[] = [
  ['no slash', 'BadArguments', (raw) => bareDelete(raw, 'nn')],
  ['the root', 'BadArguments', (raw) => bareDelete(raw, '/')],
  ['what the server needs', 'BadArguments', (raw) => bareDelete(raw, '/zookeeper')],
  ['the quotas', 'BadArguments', (raw) => bareDelete(raw, '/zookeeper/quota')],
  ['the configuration', 'BadArguments', (raw) => bareDelete(raw, '/zookeeper/config')],
  ['the parent', 'NoNode', (raw) => raw.delete('/none/x', 9)],
  ['DELETE on the parent before the znode', 'NoAuth', (raw) => raw.delete('/closed/none', 9)],
  ['DELETE on the parent before the version', 'NoAuth', (raw) => raw.delete('/closed/there', 9)],
  ['the znode', 'NoNode', (raw) => raw.delete('/none', 9)],
  ['the znode with a slash behind it', 'NoNode', (raw) => raw.delete('/a/')],
  ['the version before the children', 'BadVersion', (raw) => raw.delete('/full', 9)],
  ['the children', 'NotEmpty', (raw) => raw.delete('/full')],
  ['nothing, of a znode that is closed itself', 'ok', (raw) => raw.delete('/bobs-e')],
];

const setDatas: readonly Row[] = [
  ['the path before the znode', 'BadArguments', (raw) => raw.setData('/none/', 9)],
  ['a path of nothing', 'BadArguments', async (raw) => said(await bareSet(raw, ''))],
  ['the znode', 'NoNode', (raw) => raw.setData('/none', 9)],
  ['WRITE before the version', 'NoAuth', (raw) => raw.setData('/closed', 9)],
  ['the version', 'BadVersion', (raw) => raw.setData('/a', 9)],
];

const bareSet = (raw: RawSession, path: string) =>
  raw.ask('setData', { path, data: null, version: -1 });

const setAcls: readonly Row[] = [
  ['the path before the ACL', 'BadArguments', (raw) => raw.setAcl('/none/', noAcl, 9)],
  ['the ACL before the znode', 'InvalidACL', (raw) => raw.setAcl('/none', noAcl, 9)],
  ['the ACL before ADMIN', 'InvalidACL', (raw) => raw.setAcl('/closed', noAcl, 9)],
  ['the znode', 'NoNode', (raw) => raw.setAcl('/none', openAcl, 9)],
  ['ADMIN before the version', 'NoAuth', (raw) => raw.setAcl('/closed', openAcl, 9)],
  ['the version', 'BadVersion', (raw) => raw.setAcl('/a', openAcl, 9)],
];

const check = (path: string, version = 9): Ask => multi([{ type: 'check', path, version }]);

const checks: readonly Row[] = [
  ['the path before the znode', ['BadArguments'], check('/none/')],
  ['the znode', ['NoNode'], check('/none')],
  ['READ before the version', ['NoAuth'], check('/closed')],
  ['the version', ['BadVersion'], check('/a')],
];

const versions: readonly Row[] = [
  ['-1 is any, of setData', 'ok', (raw) => raw.setData('/a', -1)],
  ['-2 is compared, of setData', 'BadVersion', (raw) => raw.setData('/a', -2)],
  ['-1 is any, of delete', 'ok', (raw) => raw.delete('/a', -1)],
  ['-2 is compared, of delete', 'BadVersion', (raw) => raw.delete('/a', -2)],
  ['-1 is any, of setACL', 'ok', (raw) => raw.setAcl('/a', openAcl, -1)],
  ['-2 is compared, of setACL', 'BadVersion', (raw) => raw.setAcl('/a', openAcl, -2)],
  [
    'the version of the ACL, not of the data',
    'BadVersion',
    async (raw) => {
      await raw.setData('/a');
      return raw.setAcl('/a', openAcl, 1);
    },
  ],
  ['-1 is any, of check', 'ok', async (raw) => String(await check('/a', -1)(raw))],
  ['-2 is compared, of check', 'BadVersion', async (raw) => String(await check('/a', -2)(raw))],
];

function multi(operations: readonly MultiOperation[]): Ask {
  return (raw) => raw.multi(operations);
}

const failures: readonly (readonly [string, Ask])[] = [
  ['create', (raw) => raw.create('/a')],
  ['create with a bad path', (raw) => raw.create('/a/')],
  ['create with a bad ACL', (raw) => raw.create('/n', { acl: noAcl })],
  ['create with bad flags', (raw) => raw.create('/n', { flags: 9 })],
  ['delete', (raw) => raw.delete('/none')],
  ['setData', (raw) => raw.setData('/a', 9)],
  ['setACL', (raw) => raw.setAcl('/a', openAcl, 9)],
  ['multi', multi([{ type: 'delete', path: '/none', version: -1 }])],
  ['multi of nothing', multi([])],
  [
    'reconfig',
    (raw) => raw.ask('reconfig', { joining: null, leaving: '9', newMembers: null, configId: -1n }),
  ],
];

function describeZxids(target: ContractTarget): void {
  it('every attempt to write takes a zxid, and no read does', async () => {
    const raw = await onStage(target);
    for (const [name, fails] of failures) {
      const before = (await raw.ask('ping', undefined)).zxid;
      await fails(raw);
      expect([name, (await raw.ask('ping', undefined)).zxid - before]).toEqual([name, 1n]);
    }
    const before = (await raw.ask('ping', undefined)).zxid;
    await raw.getData('/none');
    await raw.exists('/a', true);
    await raw.addWatch('/a', 0);
    expect((await raw.ask('sync', { path: '/' })).zxid).toBe(before);
  });

  it('a refused create gives its number back, and a refused multi all of its numbers', async () => {
    const raw = await onStage(target);
    await raw.create('/full/n-', { flags: 2, acl: noAcl });
    await raw.create('/full/child');
    await raw.multi([
      { type: 'create', path: '/full/n-', data: null, acl: openAcl, flags: 2 },
      { type: 'check', path: '/none', version: -1 },
    ]);
    expect(await raw.create('/full/n-', { flags: 2 })).toBe('/full/n-0000000001');
  });
}
