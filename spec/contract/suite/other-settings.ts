/** The contract of a server that is set up the other way round: no TTL znodes, no ACLs checked, quotas enforced. */

import { create, QuotaExceededError, TransactionError } from '../../../src/index.js';
import { type Acl } from '../../../src/wire/records.js';
import { createFlags } from '../../../src/wire/request-records.js';
import { said } from '../../support/raw-client.js';
import { openAcl, type RawSession } from '../support/raw-session.js';
import { expectFailure } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const closed: readonly Acl[] = [{ perms: 0, scheme: 'digest', id: 'bob:hash' }];
const noAcl: readonly Acl[] = [];

export function describeOtherSettings(target: ContractTarget): void {
  describe('a server with other settings', () => {
    describeTtl(target);
    describeSkippedAcls(target);
    describeQuotas(target);
  });
}

async function one(target: ContractTarget): Promise<RawSession> {
  return target.raw({ base: await target.newChroot() });
}

function describeTtl(target: ContractTarget): void {
  const ttl = (raw: RawSession, path: string) =>
    ({ path: raw.base + path, data: null, acl: noAcl, flags: 5, ttlMs: 0 }) as const;

  it('has no TTL znodes, whatever else is wrong, and the connection stays', async () => {
    const raw = await one(target);
    for (const path of ['/n', '/none/x', '/', '/n\0']) {
      expect([path, said(await raw.ask('createTtl', ttl(raw, path)))]).toEqual([
        path,
        'Unimplemented',
      ]);
    }
    expect(await raw.create('/n', { flags: createFlags.persistentWithTtl })).toBe('Unimplemented');
    expect(await raw.multi([{ type: 'createTtl', ...ttl(raw, ''), path: '/n' }])).toEqual([
      'Unimplemented',
    ]);
    expect(await raw.exists('/n')).toBe('NoNode');
  });
}

function describeSkippedAcls(target: ContractTarget): void {
  it('checks no ACL, but takes none that is not valid', async () => {
    const raw = await one(target);
    expect(await raw.create('/n', { acl: closed })).toBe('/n');
    expect(await raw.create('/x', { acl: noAcl })).toBe('InvalidACL');
    await raw.addWatch('/n', 1);
    const answers = [await raw.getData('/n'), await raw.setData('/n'), await raw.exists('/n')];
    answers.push(await raw.create('/n/c'), await raw.delete('/n/c'), await raw.getChildren('/n'));
    answers.push(String(await raw.multi([{ type: 'check', path: '/n', version: 1 }])));
    expect(answers).toEqual(['ok', 'ok', 'ok', '/n/c', 'ok', 'ok', 'ok']);
    expect(await raw.getAcl('/n')).toEqual(closed);
    expect(await raw.told()).toEqual(['dataChanged /n', 'created /n/c', 'deleted /n/c']);
    expect(await raw.setAcl('/n')).toBe('ok');
  });
}

function describeQuotas(target: ContractTarget): void {
  it('refuses what exceeds a hard quota, before it looks at the version', async () => {
    const raw = await limited(target, 'count=3,bytes=8=;byteHardLimit=8;countHardLimit=3');
    const setData = (length: number, version = -1) =>
      raw.ask('setData', { path: `${raw.base}/a`, data: new Uint8Array(length), version });
    expect(said(await setData(9, 77))).toBe('QuotaExceeded');
    expect(said(await setData(8, 77))).toBe('BadVersion');
    expect(said(await setData(8))).toBe('ok');
    expect(await raw.create('/e', { flags: createFlags.ephemeral })).toBe('/e');
    expect(await raw.create('/b')).toBe('QuotaExceeded');
    expect(await raw.create('/a')).toBe('NodeExists');
    expect(await raw.create('/e/x')).toBe('NoChildrenForEphemerals');
    await raw.delete('/a');
    expect(await raw.create('/b')).toBe('/b');
  });

  it('is told by the client as an error of its own, with the path', async () => {
    const raw = await limited(target, 'count=3,bytes=8=;byteHardLimit=8;countHardLimit=3');
    const zk = target.clientAt(raw.base);
    const tooLong = zk.set('/a', 'nine byte');
    await expectFailure(tooLong, QuotaExceededError, 'QuotaExceeded: set /a');
    await zk.create('/b');
    await expectFailure(zk.create('/c'), QuotaExceededError, 'QuotaExceeded: create /c');
    const many = zk.transaction([create('/c')]);
    const message = 'QuotaExceeded: transaction, operation 1 of 1: create /c';
    await expectFailure(many, TransactionError, message);
  });

  it('keeps count of what there is below a quota', async () => {
    const raw = await limited(target, 'count=1,bytes=1');
    await raw.create('/b', { data: new Uint8Array(5) });
    await raw.setData('/a');
    const { body } = await raw.ask('getData', {
      path: quotaOf(raw, '/zookeeper_stats'),
      watch: false,
    });
    expect(String(Buffer.from(body?.data ?? []))).toBe('count=3,bytes=6');
  });
}

const quotaOf = (raw: RawSession, path: string): string => `/zookeeper/quota${raw.base}${path}`;

/** A session below a quota, with `/a`. */
async function limited(target: ContractTarget, limits: string): Promise<RawSession> {
  const raw = await one(target);
  await raw.create('/a');
  const make = (path: string, text: string | null) => {
    const data = text === null ? null : new TextEncoder().encode(text);
    return raw.ask('create', { path: quotaOf(raw, path), data, acl: openAcl, flags: 0 });
  };
  await make('', null);
  await make('/zookeeper_limits', limits);
  await make('/zookeeper_stats', 'count=0,bytes=0');
  return raw;
}
