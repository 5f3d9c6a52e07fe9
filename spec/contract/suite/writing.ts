/** The contract of set, delete and the ACL one-shots: versions, refusals, whole subtrees. */

import {
  BadArgumentsError,
  BadVersionError,
  ConnectionLossError,
  InvalidAclError,
  NoNodeError,
  NotEmptyError,
  type Request,
  retryWithBackoff,
  TimeoutError,
  type ZooKeeper,
} from '../../../src/index.js';
import { expectFailure, record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const anyone = { scheme: 'world', id: 'anyone' } as const;

export function describeWriting(target: ContractTarget): void {
  describeLostAnswers(target);
  describeSet(target);
  describeDelete(target);
  describeAcl(target);
}

function describeLostAnswers(target: ContractTarget): void {
  describe('a write whose answer is lost', () => {
    /** Sends it, lets the server carry it out, and breaks the connection before the answer can come. */
    async function lost<T>(
      { zk, relay, other }: Awaited<ReturnType<ContractTarget['relayed']>>,
      send: () => Request<T>,
      isDone: (other: ZooKeeper) => PromiseLike<boolean>,
    ): Promise<T> {
      await zk.exists('/');
      relay.holdReplies();
      const answer = Promise.resolve(send());
      await until('it to be carried out', () => isDone(other));
      relay.cut();
      relay.restore();
      return answer;
    }
    const exists = (zk: ZooKeeper) => zk.exists('/a').then((stat) => stat !== null);
    const isSet = (zk: ZooKeeper) => zk.exists('/a').then((stat) => stat?.version === 1);

    it('is sent again when it is idempotent, and knows its own znode', async () => {
      const world = await target.relayed();
      const { zk } = world;
      const options = { mode: 'ephemeral', idempotent: true } as const;
      expect(await lost(world, () => zk.create('/a', 'x', options), exists)).toBe('/a');
      const set = () => zk.set('/a', 'y', { version: 0, idempotent: true });
      expect(await lost(world, set, isSet)).toMatchObject({ version: 1, dataLength: 1 });
      const gone = async (other: ZooKeeper) => !(await exists(other));
      await lost(world, () => zk.delete('/a', { idempotent: true }), gone);
    });

    it('errs when it is not, and a guaranteed delete goes on', async () => {
      const world = await target.relayed();
      const { zk } = world;
      const unknown = lost(world, () => zk.create('/a', 'x'), exists);
      await expect(unknown).rejects.toMatchObject({ name: 'ConnectionLossError', path: '/a' });
      const gone = async (other: ZooKeeper) => !(await exists(other));
      await lost(world, () => zk.delete('/a', { guaranteed: true }), gone);
    });

    it('does not wait for a connection any longer than it may', async () => {
      const { zk, relay } = await target.relayed({ waitForConnectionMs: 30 });
      // Whoever waits for ever is not meant.
      await zk.exists('/', { timeoutMs: Infinity });
      relay.refuse();
      const states = record(zk.state$);
      await states.value('a lost connection', ({ status }) => status === 'suspended');
      await expectFailure(zk.create('/a'), ConnectionLossError, 'ConnectionLoss: create /a');
      relay.restore();
      await zk.create('/a', 'x', { timeoutMs: Infinity });
    });

    it('is tried again after a pause when it was not sent in time', async () => {
      const { zk, relay } = await target.relayed();
      await zk.exists('/');
      relay.refuse();
      const states = record(zk.state$);
      await states.value('a lost connection', ({ status }) => status === 'suspended');
      const request = zk.create('/a', 'x', { timeoutMs: 30 });
      const retried = record(request.pipe(retryWithBackoff({ maxRetries: Infinity })));
      await expectFailure(request, TimeoutError, 'Timeout after 30 ms: create /a');
      relay.restore();
      await retried.completion();
      expect(retried.values).toEqual(['/a']);
    });
  });
}

function describeSet(target: ContractTarget): void {
  describe('set', () => {
    it('answers the new stat', async () => {
      const zk = await target.client();
      await zk.create('/a', 'x');
      const stat = await zk.set('/a', 'longer');
      expect(stat).toMatchObject({ version: 1, dataLength: 6 });
      expect(stat).toEqual(await zk.exists('/a'));
    });

    it('tells no data from no bytes', async () => {
      const zk = await target.client();
      await zk.create('/a', 'x');
      await zk.set('/a', null);
      expect((await zk.get('/a')).data).toBeNull();
      await zk.set('/a', '');
      expect((await zk.get('/a')).data).toHaveLength(0);
    });

    it('goes through only with the version that the znode has', async () => {
      const zk = await target.client();
      await zk.create('/a', 'x');
      expect((await zk.set('/a', 'y', { version: 0 })).version).toBe(1);
      const stale = zk.set('/a', 'z', { version: 0 });
      await expectFailure(stale, BadVersionError, 'BadVersion: set /a');
      await expectFailure(
        zk.set('/a', 'z', { version: -2 }),
        BadVersionError,
        'BadVersion: set /a',
      );
      expect((await zk.set('/a', 'z', { version: -1 })).version).toBe(2);
      await expectFailure(zk.set('/none', 'z'), NoNodeError, 'NoNode: set /none');
    });
  });
}

function describeDelete(target: ContractTarget): void {
  describe('delete', () => {
    it('goes through only with the version that the znode has, and without children', async () => {
      const zk = await target.client();
      await zk.create('/a');
      await zk.create('/a/b');
      const wrong = zk.delete('/a', { version: 3 });
      await expectFailure(wrong, BadVersionError, 'BadVersion: delete /a');
      await expectFailure(zk.delete('/a'), NotEmptyError, 'NotEmpty: delete /a');
      await zk.delete('/a/b', { version: 0 });
      expect(await zk.delete('/a')).toBeUndefined();
      await expectFailure(zk.delete('/a'), NoNodeError, 'NoNode: delete /a');
    });

    it('takes whole subtrees, whatever is in them', async () => {
      const zk = await target.client();
      await zk.ensurePath('/top/x/y');
      const names = Array.from({ length: 300 }, (_, index) => `/top/x/n${String(index)}`);
      await Promise.all(names.map((path) => zk.create(path)));
      await zk.create('/top/e', null, { mode: 'ephemeral' });
      await zk.delete('/top', { recursive: true });
      expect(await zk.children('/')).toEqual([]);
      const none = zk.delete('/top', { recursive: true });
      await expectFailure(none, NoNodeError, 'NoNode: delete /top');
    });

    it('looks at the version before it takes a subtree', async () => {
      const zk = await target.client();
      await zk.ensurePath('/top/x');
      const wrong = zk.delete('/top', { recursive: true, version: 7 });
      await expectFailure(wrong, BadVersionError, 'BadVersion: delete /top');
      expect(await zk.exists('/top/x')).not.toBeNull();
      await zk.delete('/top', { recursive: true, version: 0 });
      expect(await zk.exists('/top')).toBeNull();
    });

    it('does not take what the server itself needs', async () => {
      const zk = target.clientAt('');
      await expectFailure(
        zk.delete('/zookeeper'),
        BadArgumentsError,
        'BadArguments: delete /zookeeper',
      );
    });
  });
}

function describeAcl(target: ContractTarget): void {
  describe('getAcl, setAcl', () => {
    it('answer and change who may do what', async () => {
      const zk = await target.client();
      const { stat } = await zk.create('/a', null, { withStat: true });
      expect(await zk.getAcl('/a')).toEqual({ acl: [{ ...anyone, perms: 31 }], stat });
      const local = { perms: 5, scheme: 'ip', id: '127.0.0.1/8' };
      const changed = await zk.setAcl('/a', [{ ...anyone, perms: 31 }, local]);
      expect(changed.aversion).toBe(1);
      const { acl } = await zk.getAcl('/a');
      expect(new Set(acl.map(({ scheme }) => scheme))).toEqual(new Set(['world', 'ip']));
      expect(acl).toContainEqual(local);
    });

    it('go through only with the version that the ACL has', async () => {
      const zk = await target.client();
      await zk.create('/a', 'x');
      await zk.set('/a', 'y');
      const acl = [{ ...anyone, perms: 31 }];
      expect((await zk.setAcl('/a', acl, { version: 0 })).aversion).toBe(1);
      const stale = zk.setAcl('/a', acl, { version: 0 });
      await expectFailure(stale, BadVersionError, 'BadVersion: setAcl /a');
      await expectFailure(zk.setAcl('/none', acl), NoNodeError, 'NoNode: setAcl /none');
      await expectFailure(zk.getAcl('/none'), NoNodeError, 'NoNode: getAcl /none');
      const senseless = zk.setAcl('/a', [{ perms: 31, scheme: 'digest', id: 'no colon' }]);
      await expectFailure(senseless, InvalidAclError, 'InvalidACL: setAcl /a');
    });
  });
}
