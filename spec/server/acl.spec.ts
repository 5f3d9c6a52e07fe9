/** Permissions, identities and accepted ACLs: protocol rows 1.10. */

import { digestId } from '../../src/wire/digest-id.js';
import { type Acl } from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { open, type Speaker, startWorld } from './world.js';

const world = (perms: number): Acl => ({ perms, scheme: 'world', id: 'anyone' });
const bob: Acl = { perms: 31, scheme: 'digest', id: digestId('bob:pw') };

/** What each operation says on a znode whose ACL (and whose parent's) gives everybody these permissions. */
function answers(perms: number): Record<string, string> {
  const client = startWorld().connect();
  client.create('/p');
  client.create('/p/n', { acl: [world(perms)] });
  client.create('/p/n/c', { acl: open });
  client.setAcl('/p', [world(perms)]);
  const acl = client.call('getAcl', { path: '/p/n' }).error;
  return {
    getData: client.getData('/p/n'),
    getAcl: acl === 0 ? 'ok' : 'NoAuth',
    setData: client.setData('/p/n'),
    create: client.create('/p/new'),
    delete: client.delete('/p/n/c'),
    setAcl: client.setAcl('/p/n'),
  };
}

describe('permissions', () => {
  // The child below /p/n is there for the deletion; /p/n is made before its ACL matters.
  const denied = {
    getData: 'NoAuth',
    getAcl: 'NoAuth',
    setData: 'NoAuth',
    create: 'NoAuth',
    delete: 'NoAuth',
    setAcl: 'NoAuth',
  };
  it.each([
    ['READ', 1, { getData: 'ok', getAcl: 'ok' }],
    ['WRITE', 2, { setData: 'ok' }],
    ['CREATE', 4, { create: '/p/new' }],
    ['ADMIN', 16, { getAcl: 'ok', setAcl: 'ok' }],
    ['none', 0, {}],
  ])('%s allows what it should', (_name, perms, allowed) => {
    // Without CREATE the child could not be made, and a znode that is not there cannot be deleted.
    expect(answers(perms)).toEqual({ ...denied, ...allowed });
  });

  it('DELETE is asked of the parent', () => {
    const client = startWorld().connect();
    client.create('/p');
    client.create('/p/n', { acl: [world(0)] });
    client.setAcl('/p', [world(8 | 16)]);
    expect(client.delete('/p/n')).toBe('ok');
    client.setAcl('/p', open);
    client.create('/p/n');
    client.setAcl('/p', [world(31 & ~8)]);
    expect(client.delete('/p/n')).toBe('NoAuth');
  });

  it('are given to digest identities that have been proved', () => {
    const { connect } = startWorld();
    const client = connect();
    client.create('/secret', { acl: [bob] });
    expect(client.getData('/secret')).toBe('NoAuth');
    expect(client.auth('bob:wrong')).toBe('ok');
    expect(client.getData('/secret')).toBe('NoAuth');
    expect(client.auth('bob:pw')).toBe('ok');
    expect(client.getData('/secret')).toBe('ok');
    expect(connect().getData('/secret')).toBe('NoAuth');
  });

  it('are given to addresses', () => {
    const { connect } = startWorld();
    const near = connect({ remote: { host: '::ffff:10.1.2.3', port: 1 } });
    near.create('/lan', { acl: [{ perms: 31, scheme: 'ip', id: '10.1.0.0/16' }] });
    expect(near.getData('/lan')).toBe('ok');
    expect(connect({ remote: { host: '10.2.2.3', port: 1 } }).getData('/lan')).toBe('NoAuth');
  });

  it('do not matter to super', () => {
    const client = startWorld({ superDigest: digestId('super:secret') }).connect();
    client.create('/none', { acl: [world(0)] });
    expect(client.getData('/none')).toBe('NoAuth');
    client.auth('super:secret');
    expect([client.getData('/none'), client.setAcl('/none'), client.delete('/none')]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });
});

describe('ACLs that are given', () => {
  it.each([
    ['world', 'anyone', true],
    ['world', 'x', false],
    ['ip', '1.2.3.4/8', true],
    ['ip', '1.2.3', false],
    ['digest', 'a:b', true],
    ['digest', 'a', false],
    ['auth', '', false],
    ['super', '', false],
    ['sasl', 'x', false],
    ['x509', 'CN=x', false],
  ])('%s:%s is accepted: %p', (scheme, id, accepted) => {
    const client = startWorld().connect();
    expect(client.create('/a', { acl: [{ perms: 31, scheme, id }] })).toBe(
      accepted ? '/a' : 'InvalidACL',
    );
  });

  it('lose what is there twice, but not what `auth` makes twice', () => {
    const client = startWorld().connect();
    client.auth('bob:pw');
    const bob = { perms: 17, scheme: 'digest', id: digestId('bob:pw') };
    const auth = { perms: 17, scheme: 'auth', id: '' };
    client.create('/a', { acl: [auth, bob, bob] });
    expect(client.call('getAcl', { path: '/a' }).body?.acl).toEqual([bob, bob]);
  });

  it.each([
    ['3.9.3', 'InvalidACL'],
    ['3.9.4', '/a'],
  ])('name no IPv6 address before 3.9.4: %s', (version, answer) => {
    const client = startWorld({ version }).connect();
    const acl = [{ perms: 31, scheme: 'ip', id: 'fe80::/10' }];
    expect(client.create('/a', { acl })).toBe(answer);
  });

  it('must not be empty, and lose their duplicates', () => {
    const client = startWorld().connect();
    expect(client.create('/a', { acl: [] })).toBe('InvalidACL');
    client.create('/a', { acl: [world(31), world(31), world(1)] });
    expect(client.call('getAcl', { path: '/a' }).body?.acl).toEqual([world(31), world(1)]);
  });

  it('keep unknown permission bits', () => {
    const client = startWorld().connect();
    client.create('/a', { acl: [world(127)] });
    expect(client.call('getAcl', { path: '/a' }).body?.acl).toEqual([world(127)]);
  });

  it('have "auth" replaced by every identity that was proved', () => {
    const client = startWorld().connect();
    client.auth('bob:pw');
    client.auth('eve:pw');
    client.create('/a', { acl: [{ perms: 5, scheme: 'auth', id: 'ignored' }] });
    expect(client.call('getAcl', { path: '/a' }).body?.acl).toMatchObject([
      { perms: 5, scheme: 'digest', id: 'bob:x' },
      { perms: 5, scheme: 'digest', id: 'eve:x' },
    ]);
  });

  it('are refused for a null scheme, and cannot be read with a null id, which "auth" may have', () => {
    const client = startWorld().connect();
    const send = (scheme: string | null, id: string | null): number => {
      client.sendFrame(
        encode((writer) => {
          writer.int(1);
          writer.int(1);
          writer.string('/a');
          writer.buffer(null);
          writer.vector([0], (w) => {
            w.int(31);
            w.string(scheme);
            w.string(id);
          });
          writer.int(0);
        }),
      );
      return client.takeReply().error;
    };
    expect([send(null, 'x'), send('world', null)]).toEqual([-114, -5]);
    expect(send('auth', null)).toBe(-114);
    client.auth('bob:pw');
    expect(send('auth', null)).toBe(0);
  });
});

describe('getACL', () => {
  it('hides the hashes from those who may not change them', () => {
    const { connect } = startWorld();
    const [reader, owner] = [connect(), connect()];
    owner.auth('bob:pw');
    owner.create('/a', { acl: [bob, world(1)] });
    const acl = (client: Speaker) => client.call('getAcl', { path: '/a' }).body?.acl;
    expect(acl(owner)).toEqual([bob, world(1)]);
    expect(acl(reader)).toEqual([{ ...bob, id: 'bob:x' }, world(1)]);
  });

  it('shows the fixed ACL of the configuration', () => {
    const client = startWorld().connect();
    expect(client.call('getAcl', { path: '/zookeeper/config' }).body).toMatchObject({
      acl: [world(1)],
      stat: { aversion: -1 },
    });
  });
});

describe('auth', () => {
  it('answers with the xid of the request and zxid 0', () => {
    const client = startWorld().connect();
    const request = { type: 0, scheme: 'digest', credential: new Uint8Array(0) };
    expect(client.call('auth', request, -4)).toMatchObject({ xid: -4, zxid: 0n, error: 0 });
    expect(client.call('auth', request, 12)).toMatchObject({ xid: 12, zxid: 0n, error: 0 });
  });

  it.each(['world', 'auth', 'super', 'sasl', 'nope'])(
    'refuses the scheme %s and closes',
    (scheme) => {
      const { server, connect } = startWorld();
      const client = connect();
      expect(client.auth('x', scheme)).toBe('AuthFailed');
      expect(client.closed).toBe(true);
      expect(server.sessions()).toHaveLength(1);
    },
  );

  it('refuses a null credential', () => {
    const client = startWorld().connect();
    expect(client.call('auth', { type: 0, scheme: 'digest', credential: null }, -4)).toMatchObject({
      error: -115,
      zxid: 0n,
    });
    expect(client.closed).toBe(true);
  });

  it('adds up, without duplicates, and whoAmI tells', () => {
    const client = startWorld().connect();
    client.auth('bob:pw');
    client.auth('bob:pw');
    client.auth('', 'ip');
    client.auth('nocolon');
    expect(client.call('whoAmI', undefined).body).toEqual([
      { scheme: 'ip', user: '10.0.0.1' },
      { scheme: 'digest', user: 'bob' },
      { scheme: 'digest', user: 'nocolon' },
    ]);
  });
});
