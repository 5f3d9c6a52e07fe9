/** The contract of the one-shots that read, and of what is the same for all one-shots. */

import { firstValueFrom } from 'rxjs';
import {
  DecodeError,
  json,
  NoNodeError,
  read,
  ReconfigDisabledError,
  text,
} from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeReading(target: ContractTarget): void {
  describeGet(target);
  describeExistsAndChildren(target);
  describeMultiRead(target);
  describeInquiries(target);
  describeOneShots(target);
}

function describeGet(target: ContractTarget): void {
  describe('get', () => {
    it('answers path, data and stat, decoded if asked', async () => {
      const zk = await target.client();
      const { stat } = await zk.create('/a', '{"port":1}', { withStat: true });
      expect(await zk.get('/a', text())).toEqual({ path: '/a', data: '{"port":1}', stat });
      expect((await zk.get('/a', json<{ port: number }>())).data).toEqual({ port: 1 });
      expect((await zk.get('/a', { timeoutMs: 5000 })).data).toHaveLength(10);
    });

    it('errs without a znode, and with data that does not decode', async () => {
      const zk = await target.client();
      await expectFailure(zk.get('/none'), NoNodeError, 'NoNode: get /none');
      await zk.create('/a', 'no json');
      await expectFailure(zk.get('/a', json()), DecodeError, 'Decode: get /a');
    });

    it('shows in the stat what happened to the znode', async () => {
      const zk = await target.client();
      const { stat: made } = await zk.create('/a', 'x', { withStat: true });
      await zk.set('/a', 'four');
      await zk.create('/a/b');
      await zk.create('/a/c');
      await zk.delete('/a/b');
      await zk.setAcl('/a', [{ perms: 31, scheme: 'world', id: 'anyone' }]);
      const { stat } = await zk.get('/a');
      expect(stat).toMatchObject({
        czxid: made.czxid,
        ctime: made.ctime,
        version: 1,
        cversion: 3,
        aversion: 1,
        dataLength: 4,
        numChildren: 1,
        ephemeralOwner: 0n,
      });
      expect(stat.mzxid).toBeGreaterThan(stat.czxid);
      expect(stat.pzxid).toBeGreaterThan(stat.mzxid);
      expect(stat.mtime).toBeGreaterThanOrEqual(stat.ctime);
      expect(Math.abs(stat.ctime - Date.now())).toBeLessThan(60_000);
    });
  });
}

function describeExistsAndChildren(target: ContractTarget): void {
  describe('exists, children, sync', () => {
    it('answer what there is', async () => {
      const zk = await target.client();
      expect(await zk.exists('/a')).toBeNull();
      const { stat } = await zk.create('/a', 'x', { withStat: true });
      expect(await zk.exists('/a')).toEqual(stat);
      expect(await zk.children('/a')).toEqual([]);
      await Promise.all(['b', 'c', 'd'].map((name) => zk.create(`/a/${name}`)));
      expect([...(await zk.children('/a'))].sort()).toEqual(['b', 'c', 'd']);
      await expectFailure(zk.children('/none'), NoNodeError, 'NoNode: children /none');
      const listed = await zk.children('/a', { withStat: true });
      expect([...listed.children].sort()).toEqual(['b', 'c', 'd']);
      expect(listed.stat).toEqual(await zk.exists('/a'));
      expect(await zk.sync('/a')).toBeUndefined();
      expect(await zk.sync('/none')).toBeUndefined();
    });

    it('show a client that syncs what another has done', async () => {
      const chroot = await target.newChroot();
      const [writer, reader] = [target.clientAt(chroot), target.clientAt(chroot)];
      for (let round = 0; round < 20; round++) {
        await writer.create(`/r${String(round)}`);
        await reader.sync('/');
        expect(await reader.children('/')).toHaveLength(round + 1);
      }
    });

    it('lists thousands of children', async () => {
      const zk = await target.client();
      const names = Array.from({ length: 2000 }, (_, index) => `child-${String(index)}`);
      await Promise.all(names.map((name) => zk.create(`/${name}`)));
      expect(new Set(await zk.children('/'))).toEqual(new Set(names));
      expect(await zk.countDescendants('/')).toBe(2000);
    });
  });
}

function describeMultiRead(target: ContractTarget): void {
  describe('multiRead', () => {
    it('answers each read at its place, the refused ones with their error', async () => {
      const zk = await target.client();
      const { stat } = await zk.create('/a', 'x', { withStat: true });
      const [data, none, names, noList] = await zk.multiRead([
        read.data('/a'),
        read.data('/none'),
        read.children('/'),
        read.children('/none'),
      ]);
      expect(data).toMatchObject({ path: '/a', stat });
      expect(messageOf(none)).toBe('NoNode: multiRead, get /none');
      expect(names).toEqual(['a']);
      expect(messageOf(noList)).toBe('NoNode: multiRead, children /none');
      expect(none).toBeInstanceOf(NoNodeError);
      expect(await zk.multiRead([])).toEqual([]);
    });
  });
}

function describeInquiries(target: ContractTarget): void {
  describe('ephemerals, countDescendants, whoAmI, getConfig, reconfig', () => {
    it('answer about the session and the subtree', async () => {
      const zk = await target.client();
      await zk.create('/a');
      await zk.create('/a/e1', null, { mode: 'ephemeral' });
      await zk.create('/ab', null, { mode: 'ephemeral' });
      expect([...(await zk.ephemerals())].sort()).toEqual(['/a/e1', '/ab']);
      expect(await zk.ephemerals('/a')).toEqual(['/a/e1']);
      expect(await zk.countDescendants('/a')).toBe(1);
      expect(await zk.countDescendants('/')).toBe(3);
      await expectFailure(
        zk.countDescendants('/none'),
        NoNodeError,
        'NoNode: countDescendants /none',
      );
    });

    it('answer about the connection and the ensemble', async () => {
      const zk = await target.client();
      if (target.isAtLeast(3, 7)) {
        expect(await zk.whoAmI()).toContainEqual({ scheme: 'ip', user: '127.0.0.1' });
      }
      const { stat } = await zk.getConfig();
      expect(stat.aversion).toBe(-1);
      const refused = zk.reconfig({ leaving: '1' });
      await expectFailure(
        refused,
        ReconfigDisabledError,
        'ReconfigDisabled: reconfig /zookeeper/config',
      );
    });
  });
}

function describeOneShots(target: ContractTarget): void {
  describe('one-shot', () => {
    it('sends nothing until it is subscribed to, and once for each subscription', async () => {
      const zk = await target.client();
      const create = zk.create('/n-', null, { sequential: true });
      expect(zk.state.status).toBe('closed');
      expect(await create).toBe('/n-0000000000');
      expect(await firstValueFrom(create)).toBe('/n-0000000001');
      const recording = record(create);
      await recording.completion();
      expect(recording.values).toEqual(['/n-0000000002']);
    });

    it('is carried out in the order of asking', async () => {
      const zk = await target.client();
      const [, first, , second] = await Promise.all([
        zk.create('/a', '1'),
        zk.get('/a', text()),
        zk.set('/a', '22'),
        zk.get('/a', text()),
      ]);
      expect([first.data, second.data]).toEqual(['1', '22']);
    });

    it('ends with the reason of its signal', async () => {
      const zk = await target.client();
      const stop = new AbortController();
      const request = zk.get('/', { signal: stop.signal });
      const recording = record(request);
      stop.abort(new Error('enough'));
      expect(recording.error).toMatchObject({ message: 'enough' });
      await expect(request.then()).rejects.toThrow('enough');
      expect(await zk.exists('/')).not.toBeNull();
    });
  });
}

function messageOf(value: unknown): string | undefined {
  return value instanceof Error ? value.message : undefined;
}
