/** The contract of when and how often a watch is told: before what reflects the change, once for a path, only to those who may read. */

import { type Acl } from '../../../src/wire/records.js';
import { createFlags } from '../../../src/wire/request-records.js';
import { openAcl, type RawSession } from '../support/raw-session.js';
import { type ContractTarget } from './target.js';

const closed: readonly Acl[] = [
  { perms: 31, scheme: 'digest', id: 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM=' },
];

export function describeWatchOrder(target: ContractTarget): void {
  describe('an event', () => {
    describeFrames(target);
    describeOnce(target);
    describeZxid(target);
    describeReaders(target);
    describeConnections(target);
  });
}

async function two(target: ContractTarget): Promise<readonly [RawSession, RawSession]> {
  const [one, other] = await target.raws(2);
  if (one === undefined || other === undefined) throw new Error('two were asked for');
  return [one, other];
}

function describeFrames(target: ContractTarget): void {
  it('comes before the reply to the request that made it', async () => {
    const [raw] = await two(target);
    await raw.create('/n');
    await raw.getData('/n', true);
    await raw.getChildren('/n', true);
    const from = raw.log.length;
    await raw.setData('/n');
    await raw.create('/n/c');
    expect(raw.log.slice(from).map(({ kind }) => kind)).toEqual([
      'event',
      'reply',
      'event',
      'reply',
    ]);
  });

  it('of own ephemerals comes before the reply that ends the session', async () => {
    const [raw] = await two(target);
    await raw.create('/n', { flags: createFlags.ephemeral });
    await raw.exists('/n', true);
    const from = raw.log.length;
    await raw.ask('closeSession', undefined);
    expect(raw.log.slice(from).map(({ kind }) => kind)).toEqual(['event', 'reply']);
  });

  it('comes before any read that shows the change', async () => {
    const [raw, writer] = await two(target);
    await writer.create('/n');
    for (let round = 0; round < 20; round++) {
      await raw.getData('/n', true);
      const from = raw.log.length;
      const written = writer.setData('/n', round);
      // Reads until the change shows.
      for (let seen = round; seen === round;) {
        const answer = await raw.ask('getData', { path: `${raw.base}/n`, watch: false });
        seen = answer.body?.stat.version ?? 0;
        const told = raw.log.slice(from).some(({ kind }) => kind === 'event');
        expect({ seen, told: told || seen === round }).toEqual({ seen, told: true });
      }
      await written;
    }
  });

  it('of the znode comes before that of its parent', async () => {
    const [raw, writer] = await two(target);
    await writer.create('/p');
    await writer.create('/p/n');
    await raw.getChildren('/p', true);
    await raw.getData('/p/n', true);
    await writer.delete('/p/n');
    expect(await raw.told()).toEqual(['deleted /p/n', 'childrenChanged /p']);
  });

  it('of each ephemeral of an ended session comes, all in one transaction', async () => {
    const [raw, owner] = await two(target);
    for (const path of ['/a', '/b', '/c']) {
      await owner.create(path, { flags: createFlags.ephemeral });
      await raw.exists(path, true);
    }
    await raw.addWatch('', 0);
    await owner.end();
    const told = await raw.told();
    expect([...told].sort()).toEqual([
      ...Array.from({ length: 3 }, () => 'childrenChanged /'),
      'deleted /a',
      'deleted /b',
      'deleted /c',
    ]);
    expect((await raw.stat('')).cversion).toBe(6);
  });
}

function describeOnce(target: ContractTarget): void {
  it('comes once to a connection that watches a path in several ways', async () => {
    const [raw, writer] = await two(target);
    await writer.create('/n');
    for (let i = 0; i < 3; i++) {
      await raw.getData('/n', true);
      await raw.exists('/n', true);
      await raw.getChildren('/n', true);
    }
    await writer.setData('/n');
    expect(await raw.told()).toEqual(['dataChanged /n']);
    await raw.exists('/n', true);
    await writer.delete('/n');
    expect(await raw.told()).toEqual(['deleted /n']);
    await writer.create('/n');
    expect(await raw.told()).toEqual([]);
  });

  it('does not come for a watch that could not be left', async () => {
    const [raw, writer] = await two(target);
    expect(await raw.getData('/n', true)).toBe('NoNode');
    expect(await raw.getChildren('/n', true)).toBe('NoNode');
    await writer.create('/n');
    await writer.create('/n/c');
    expect(await raw.told()).toEqual([]);
  });

  it('does not come for reads of a multiRead, which leave no watch', async () => {
    const [raw, writer] = await two(target);
    await writer.create('/n');
    const path = `${raw.base}/n`;
    await raw.ask('multiRead', [
      { type: 'getData', path, watch: true },
      { type: 'getChildren', path, watch: true },
    ]);
    await writer.setData('/n');
    await writer.create('/n/c');
    expect(await raw.told()).toEqual([]);
  });
}

function describeZxid(target: ContractTarget): void {
  it('carries the zxid of its change in releases from 3.9 on, and -1 before', async () => {
    const [raw, writer] = await two(target);
    await writer.create('/n');
    await raw.getData('/n', true);
    await writer.setData('/n');
    const { mzxid } = await raw.stat('/n');
    const zxid = target.isAtLeast(3, 9) ? mzxid : -1n;
    expect(raw.rawEvents()).toEqual([{ type: 3, state: 3, path: `${raw.base}/n`, zxid }]);
  });
}

function describeReaders(target: ContractTarget): void {
  it('does not come to those who may not read the znode, and their watch is used up', async () => {
    const [raw, bob] = await two(target);
    await bob.auth('bob:pw');
    await raw.exists('/n', true);
    await bob.create('/n', { acl: closed });
    expect(await raw.told()).toEqual([]);
    await bob.setAcl('/n', openAcl);
    await bob.setData('/n');
    expect(await raw.told()).toEqual([]);
  });

  it('of a persistent watch comes as long as the znode may be read', async () => {
    const [raw, bob] = await two(target);
    await bob.auth('bob:pw');
    await raw.addWatch('/n', 0);
    await bob.create('/n');
    await bob.setData('/n');
    await bob.setAcl('/n', closed);
    await bob.setData('/n');
    await bob.create('/n/c');
    expect(await raw.told()).toEqual(['created /n', 'dataChanged /n']);
    await bob.setAcl('/n', openAcl);
    await bob.setData('/n');
    await bob.delete('/n/c');
    await bob.setAcl('/n', closed);
    await bob.delete('/n');
    expect(await raw.told()).toEqual(['dataChanged /n', 'childrenChanged /n']);
  });

  it('of a recursive watch goes by the znode that changed', async () => {
    const [raw, bob] = await two(target);
    await bob.auth('bob:pw');
    await bob.create('/n');
    await raw.addWatch('/n', 1);
    await bob.create('/n/open');
    await bob.create('/n/closed', { acl: closed });
    await bob.setData('/n/closed');
    await bob.delete('/n/closed');
    await bob.setData('/n/open');
    expect(await raw.told()).toEqual(['created /n/open', 'dataChanged /n/open']);
  });

  it('of children goes by the parent, whatever the child is', async () => {
    const [raw, bob] = await two(target);
    await bob.auth('bob:pw');
    await bob.create('/n');
    await raw.getChildren('/n', true);
    await bob.create('/n/closed', { acl: closed });
    expect(await raw.told()).toEqual(['childrenChanged /n']);
  });

  it('comes to those who have proved in the meantime that they may', async () => {
    const [raw, bob] = await two(target);
    await bob.auth('bob:pw');
    await raw.exists('/n', true);
    await raw.auth('bob:pw');
    await bob.create('/n', { acl: closed });
    expect(await raw.told()).toEqual(['created /n']);
  });
}

function describeConnections(target: ContractTarget): void {
  it('does not come to a connection that takes the session over', async () => {
    const [raw, writer] = await two(target);
    await writer.create('/n');
    await raw.getData('/n', true);
    await raw.getChildren('/n', true);
    await raw.addWatch('/n', 0);
    const password = raw.connected?.password ?? new Uint8Array(16);
    const again = await target.raw({ base: raw.base, sessionId: raw.sessionId, password });
    expect(again.sessionId).toBe(raw.sessionId);
    await raw.closes();
    await writer.setData('/n');
    await writer.create('/n/c');
    expect(await again.told()).toEqual([]);
    await again.getData('/n', true);
    await writer.setData('/n');
    expect(await again.told()).toEqual(['dataChanged /n']);
  });
}
