/** The contract of authentication: credentials, what they open, what is refused, and what refused ones mean. */

import {
  acl,
  type Acl,
  AuthFailedError,
  InvalidAclError,
  NoAuthError,
  TransactionError,
  create,
  formatAcl,
  parseAcl,
  permissions,
} from '../../../src/index.js';
import { expectFailure, record } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const creatorOnly: readonly Acl[] = [{ perms: 31, scheme: 'auth', id: '' }];
const bob = { scheme: 'digest', credential: 'bob:pw' } as const;
// base64(sha1('bob:pw')), as every server computes it.
const bobAcl: Acl = { perms: 31, scheme: 'digest', id: 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM=' };

export function describeAuth(target: ContractTarget): void {
  describe('authentication', () => {
    describeCredentials(target);
    describePermissions(target);
    describeRefused(target);
  });
}

function describeCredentials(target: ContractTarget): void {
  it('by addAuth gives the connection an identity', async () => {
    const zk = await target.client();
    await expectFailure(
      zk.create('/early', null, { acl: creatorOnly }),
      InvalidAclError,
      'InvalidACL: create /early',
    );
    expect(await zk.addAuth('digest', 'bob:pw')).toBeUndefined();
    await zk.addAuth('digest', new TextEncoder().encode('eve:x'));
    await zk.create('/mine', null, { acl: creatorOnly });
    const { acl: stored } = await zk.getAcl('/mine');
    expect(stored).toContainEqual(bobAcl);
    expect(stored).toHaveLength(2);
    if (target.isAtLeast(3, 7)) {
      expect(await zk.whoAmI()).toContainEqual({ scheme: 'digest', user: 'bob' });
    }
  });

  it('by options is there before the first request', async () => {
    const zk = await target.client({ auth: [bob], defaultAcl: creatorOnly });
    await zk.create('/mine', 'secret');
    expect((await zk.getAcl('/mine')).acl).toEqual([bobAcl]);
    await zk.ensurePath('/deep/down');
    expect((await zk.getAcl('/deep')).acl).toEqual([bobAcl]);
  });

  it('is given to every connection anew', async () => {
    const { zk, relay } = await target.relayed({ auth: [bob] });
    const states = record(zk.state$);
    await zk.create('/mine', 'secret', { acl: [bobAcl] });
    await zk.addAuth('digest', 'eve:x');
    relay.cut();
    await states.count(4);
    expect((await zk.get('/mine')).data).toHaveLength(6);
    await zk.create('/both', null, { acl: creatorOnly });
    expect((await zk.getAcl('/both')).acl).toHaveLength(2);
  });
}

function describePermissions(target: ContractTarget): void {
  it('keeps others out', async () => {
    const chroot = await target.newChroot();
    const owner = target.clientAt(chroot, { auth: [bob] });
    const stranger = target.clientAt(chroot);
    await owner.create('/mine', 'secret', { acl: creatorOnly });
    await expectFailure(stranger.get('/mine'), NoAuthError, 'NoAuth: get /mine');
    await expectFailure(stranger.set('/mine', 'x'), NoAuthError, 'NoAuth: set /mine');
    await expectFailure(stranger.children('/mine'), NoAuthError, 'NoAuth: children /mine');
    await expectFailure(stranger.create('/mine/x'), NoAuthError, 'NoAuth: create /mine/x');
    const open: readonly Acl[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];
    await expectFailure(stranger.setAcl('/mine', open), NoAuthError, 'NoAuth: setAcl /mine');
    const both = stranger.transaction([create('/free'), create('/mine/x')]);
    const message = 'NoAuth: transaction, operation 2 of 2: create /mine/x';
    await expectFailure(both, TransactionError, message);
    expect(await stranger.exists('/free')).toBeNull();
    await owner.setAcl('/mine', [...open]);
    expect((await stranger.get('/mine')).data).toHaveLength(6);
  });

  it('errs only the live reads of what is closed', async () => {
    const chroot = await target.newChroot();
    const owner = target.clientAt(chroot, { auth: [bob] });
    const stranger = target.clientAt(chroot);
    await owner.create('/mine', 'secret', { acl: creatorOnly });
    const open = record(stranger.children$('/'));
    const data = record(stranger.data$('/mine'));
    const names = record(stranger.children$('/mine'));
    expect(await data.failure()).toBeInstanceOf(NoAuthError);
    expect(await data.failure()).toMatchObject({ message: 'NoAuth: data$ /mine', path: '/mine' });
    expect(await names.failure()).toMatchObject({ message: 'NoAuth: children$ /mine' });
    await owner.create('/next');
    await open.settles('two names', (value) => value?.length === 2);
  });

  it('is as the helpers of ACLs make it, and as their text says', async () => {
    const chroot = await target.newChroot();
    const owner = target.clientAt(chroot, { auth: [bob], defaultAcl: acl.creatorAll });
    const stranger = target.clientAt(chroot);
    await owner.create('/mine');
    expect((await owner.getAcl('/mine')).acl).toEqual(acl.digest('bob', 'pw'));
    const mixed = [
      ...acl.digest('bob', 'pw'),
      ...acl.readOnly,
      ...acl.ip('10.0.0.0/8', permissions.change),
    ];
    await owner.create('/mixed', 'x', { acl: mixed });
    const text = formatAcl((await owner.getAcl('/mixed')).acl);
    expect(text.split(',').sort()).toEqual(formatAcl(mixed).split(',').sort());
    await owner.create('/again', 'x', { acl: parseAcl(text) });
    expect((await stranger.get('/again')).data).toHaveLength(1);
    await expectFailure(stranger.set('/again', 'y'), NoAuthError, 'NoAuth: set /again');
    await owner.create('/open', 'x', { acl: acl.open });
    expect((await stranger.set('/open', 'y')).version).toBe(1);
  });

  it('hides the secret of an ACL from those who may not change it', async () => {
    const chroot = await target.newChroot();
    const owner = target.clientAt(chroot, { auth: [bob] });
    const reader: Acl = { perms: 1, scheme: 'world', id: 'anyone' };
    await owner.create('/a', null, { acl: [bobAcl, reader] });
    const { acl: shown } = await target.clientAt(chroot).getAcl('/a');
    expect(shown).toContainEqual({ perms: 31, scheme: 'digest', id: 'bob:x' });
    expect((await owner.getAcl('/a')).acl).toContainEqual(bobAcl);
  });
}

function describeRefused(target: ContractTarget): void {
  it('that is refused ends the client, and only this one', async () => {
    const chroot = await target.newChroot();
    const [zk, other] = [target.clientAt(chroot), target.clientAt(chroot)];
    const states = record(zk.state$);
    const live = record(zk.children$('/'));
    await live.count(1);
    const message = 'AuthFailed (unheard-of): addAuth';
    await expectFailure(zk.addAuth('unheard-of', 'x'), AuthFailedError, message);
    expect(states.last).toEqual({ status: 'authFailed', scheme: 'unheard-of' });
    expect(await live.failure()).toBeInstanceOf(AuthFailedError);
    const refused = zk.get('/');
    await expectFailure(refused, AuthFailedError, 'AuthFailed (unheard-of): get /');
    await zk.close();
    expect(states.completed).toBe(true);
    expect(await other.children('/')).toEqual([]);
  });

  it('that is refused at the start errs what waits', async () => {
    const zk = await target.client({ auth: [{ scheme: 'unheard-of', credential: 'x' }] });
    const reading = record(zk.data$('/'));
    const written = zk.create('/a');
    await expectFailure(written, AuthFailedError, 'AuthFailed (unheard-of): create /a');
    expect(await reading.failure()).toBeInstanceOf(AuthFailedError);
    expect(zk.state).toEqual({ status: 'authFailed', scheme: 'unheard-of' });
  });
}
