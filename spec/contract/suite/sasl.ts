/** The contract of a server with SASL: who logs in, what that opens, and how those are turned away who cannot. */

import {
  acl,
  type Acl,
  AuthFailedError,
  type DigestMd5Options,
  InvalidAclError,
  NoAuthError,
  permissions,
} from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

/** The users of every target that has SASL. */
export const saslUsers = { bob: 'b"o\\b', zoë: 'secret' };

const bob: DigestMd5Options = { mechanism: 'DIGEST-MD5', username: 'bob', password: 'b"o\\b' };
const zoe: DigestMd5Options = { mechanism: 'DIGEST-MD5', username: 'zoë', password: 'secret' };
const creatorOnly: readonly Acl[] = [{ perms: 31, scheme: 'auth', id: '' }];
const saslAcl = (id: string, perms = 31): Acl => ({ perms, scheme: 'sasl', id });

export function describeSasl(target: ContractTarget): void {
  describe('SASL', () => {
    describeAcls(target);
    describeConnections(target);
    describeRefused(target);
  });
}

function describeAcls(target: ContractTarget): void {
  it.each([bob, zoe])('is an identity for ACLs', async (sasl) => {
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot, { sasl, defaultAcl: creatorOnly });
    await zk.create('/mine', 'secret');
    expect((await zk.getAcl('/mine')).acl).toEqual([saslAcl(sasl.username)]);
    expect((await zk.get('/mine')).data).toHaveLength(6);
    const stranger = target.clientAt(chroot);
    await expectFailure(stranger.get('/mine'), NoAuthError, 'NoAuth: get /mine');
    if (target.isAtLeast(3, 7)) {
      expect(await zk.whoAmI()).toContainEqual({ scheme: 'sasl', user: sasl.username });
    }
  });

  it('opens what an ACL gives to its user, and no more', async () => {
    const chroot = await target.newChroot();
    const owner = target.clientAt(chroot, { sasl: bob });
    const reader = target.clientAt(chroot, { sasl: zoe });
    await owner.create('/shared', 'x', {
      acl: [...acl.sasl('bob'), ...acl.sasl('zoë', permissions.read)],
    });
    expect((await reader.get('/shared')).data).toHaveLength(1);
    await expectFailure(reader.set('/shared', 'y'), NoAuthError, 'NoAuth: set /shared');
  });

  it.each(['', 'eve', 'eve/host@REALM', 'e/v/e'])('takes "%s" for a name in ACLs', async (id) => {
    const zk = await target.client({ sasl: bob });
    const list = [saslAcl(id), saslAcl('bob')];
    await zk.create('/n', null, { acl: list });
    expect((await zk.getAcl('/n')).acl).toEqual(list);
  });

  it.each(['eve@a@b', 'e/v/e@REALM'])('does not take "%s" for a name in ACLs', async (id) => {
    const zk = await target.client({ sasl: bob });
    const created = zk.create('/n', null, { acl: [saslAcl(id)] });
    await expectFailure(created, InvalidAclError, 'InvalidACL: create /n');
  });

  it('goes together with credentials of other schemes', async () => {
    const auth = [{ scheme: 'digest', credential: 'eve:x' }];
    const zk = await target.client({ sasl: bob, auth });
    await zk.create('/both', null, { acl: creatorOnly });
    const schemes = (await zk.getAcl('/both')).acl.map(({ scheme }) => scheme);
    expect(schemes.sort()).toEqual(['digest', 'sasl']);
  });
}

function describeConnections(target: ContractTarget): void {
  it('is done anew on every connection, by what the function gives then', async () => {
    let asked = 0;
    const sasl = () => {
      asked++;
      return Promise.resolve(bob);
    };
    const { zk, relay } = await target.relayed({ sasl });
    const states = record(zk.state$);
    await zk.create('/mine', 'secret', { acl: creatorOnly, mode: 'ephemeral' });
    const live = record(zk.data$('/mine'));
    await live.count(1);
    relay.cut();
    await states.count(4);
    await zk.set('/mine', 'again');
    await live.count(2);
    expect(asked).toBe(2);
    expect((await zk.exists('/mine'))?.ephemeralOwner).toBe(zk.session?.id);
  });
}

function describeRefused(target: ContractTarget): void {
  it.each([
    ['a wrong password', { ...bob, password: 'wrong' }],
    // Not with the password of another: 3.8 compares an unknown user's with that of who logged in last (measured).
    ['an unknown user', { ...bob, username: 'eve', password: 'of nobody' }],
  ])('with %s ends the client, and only this one', async (_, sasl) => {
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot, { sasl });
    const states = record(zk.state$);
    await expectFailure(zk.get('/'), AuthFailedError, 'AuthFailed (sasl): get /');
    expect(states.last).toMatchObject({ status: 'authFailed', scheme: 'sasl' });
    await zk.close();
    expect(states.completed).toBe(true);
    expect(await target.clientAt(chroot, { sasl: bob }).children('/')).toEqual([]);
  });
}
