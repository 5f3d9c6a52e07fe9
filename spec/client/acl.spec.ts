/** The helpers that make access control lists, and their text form. */

import fc from 'fast-check';
import { acl, formatAcl, InvalidOptionError, parseAcl, permissions } from '../../src/index.js';
import { withLock, enqueue, semaphore$, leaderElection$ } from '../../src/index.js';
import { NEVER } from 'rxjs';
import { VirtualClient, watch } from './virtual-client.js';

const hash = 'ikIaKsbtGweaHnb/jKn7OHqbunM=';

describe('acl', () => {
  it('makes a list of one entry for each scheme', () => {
    expect(acl.open).toEqual([{ perms: 31, scheme: 'world', id: 'anyone' }]);
    expect(acl.readOnly).toEqual([{ perms: 1, scheme: 'world', id: 'anyone' }]);
    expect(acl.creatorAll).toEqual([{ perms: 31, scheme: 'auth', id: '' }]);
    expect(acl.world(permissions.readWrite)).toEqual([{ ...acl.open[0], perms: 3 }]);
    expect(acl.auth(permissions.change)).toEqual([{ perms: 15, scheme: 'auth', id: '' }]);
    // As `DigestAuthenticationProvider` of a real server prints it for bob:pw.
    expect(acl.digest('bob', 'pw')).toEqual([{ perms: 31, scheme: 'digest', id: `bob:${hash}` }]);
    expect(acl.ip('10.0.0.0/8', 5)).toEqual([{ perms: 5, scheme: 'ip', id: '10.0.0.0/8' }]);
    expect(acl.x509('CN=bob')).toEqual([{ perms: 31, scheme: 'x509', id: 'CN=bob' }]);
    expect(acl.sasl('bob', 0)).toEqual([{ perms: 0, scheme: 'sasl', id: 'bob' }]);
  });

  it('hashes what is not ASCII as UTF-8', () => {
    // printf 'jörg:pässword' | openssl dgst -sha1 -binary | base64
    expect(acl.digest('jörg', 'pässword')[0]?.id).toBe('jörg:eXmaYbRHgGb4DuQSPyx0ImQkekE=');
  });

  it('refuses what no server would understand, and does not tell the password', () => {
    const user = (): unknown => acl.digest('bob:x', 'hush');
    expect(user).toThrow('InvalidOption user: must be a name without ":"');
    expect(user).not.toThrow('hush');
    expect(() => acl.ip('::1', 32)).toThrow(InvalidOptionError);
    expect(() => acl.auth(-1)).toThrow('InvalidOption perms: must be a whole number from 0 to 31');
    // What a caller without types may pass.
    expect(() => acl.sasl(undefined as unknown as string)).toThrow('InvalidOption id');
    expect(() => acl.digest('bob', null as unknown as string)).toThrow('InvalidOption password');
  });

  it('has shared lists that nobody can change', () => {
    // What a caller without types may try.
    expect(() => (acl.open as unknown as unknown[]).push(1)).toThrow(TypeError);
    expect(() => Object.assign(acl.open[0] ?? {}, { perms: 0 })).toThrow(TypeError);
  });
});

describe('parseAcl, formatAcl', () => {
  it('have the text of ZooKeeper’s shell', () => {
    const list = [...acl.open, ...acl.digest('bob', 'pw', permissions.read), ...acl.auth(0)];
    const text = `world:anyone:cdrwa,digest:bob:${hash}:r,auth::`;
    expect(formatAcl(list)).toBe(text);
    expect(parseAcl(text)).toEqual(list);
  });

  it.each([
    ['x509:CN=bob,O=Example:r,ip:10.0.0.1:cdrwa', ['CN=bob,O=Example', '10.0.0.1']],
    ['ip:fe80::1:a,world:anyone:r', ['fe80::1', 'anyone']],
    ['digest:bob:ad:r', ['bob:ad']],
    ['digest:cd:rw:', ['cd:rw']],
  ])('takes commas and colons in ids: %s', (text, ids) => {
    const list = parseAcl(text);
    expect(list.map(({ id }) => id)).toEqual(ids);
    expect(formatAcl(list)).toBe(text);
  });

  it('takes letters in any order', () => {
    expect(parseAcl('world:anyone:wrawr')).toEqual([{ ...acl.open[0], perms: 19 }]);
  });

  it.each([
    '',
    'world',
    'world:anyone',
    'world:anyone:x',
    'world:anyone:r,',
    ',',
    'a:b:r,c:d',
    ':x:r',
  ])('refuses %j and does not quote it', (text) => {
    const parse = (): unknown => parseAcl(text);
    expect(parse).toThrow(/^InvalidOption acl: entry \d is not scheme:id:permissions/);
    expect(parse).toThrow(InvalidOptionError);
  });

  it('take time in proportion to the length of what is no list', () => {
    const started = performance.now();
    expect(() => parseAcl(`a:${':cdrwa,'.repeat(100_000)}`)).toThrow(InvalidOptionError);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('are each other’s inverse', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9.=/+ -]{0,8}$/);
    const scheme = fc.constantFrom('world', 'digest', 'ip', 'x509');
    const entry = fc.record({ perms: fc.integer({ min: 0, max: 31 }), scheme, id: word });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1 }), (list) => {
        expect(parseAcl(formatAcl(list))).toEqual(list);
      }),
    );
  });
});

describe('defaultAcl', () => {
  it('is what the znodes of recipes have, too', () => {
    const credential = { scheme: 'digest', credential: 'bob:pw' };
    const client = { auth: [credential], defaultAcl: acl.creatorAll };
    const { zk, server, time } = new VirtualClient({ client });
    watch(NEVER.pipe(withLock(zk, '/locks/a')));
    watch(NEVER.pipe(withLock(zk, '/locks/b', { layout: 'curator' })));
    watch(semaphore$(zk, '/semaphore', { maxLeases: 2 }));
    watch(leaderElection$(zk, '/election'));
    watch(enqueue(zk, '/queue', new Uint8Array(1)));
    time.advanceBy(1000);
    const paths = Object.keys(server.tree()).filter((path) => !/^\/(zookeeper|$)/.test(path));
    expect(paths.length).toBeGreaterThan(10);
    const lists = paths.map((path) => watch(zk.getAcl(path)));
    time.advanceBy(1000);
    const own = acl.digest('bob', 'pw');
    expect(lists.map(({ values }, index) => [paths[index], values[0]?.acl])).toEqual(
      paths.map((path) => [path, own]),
    );
  });
});
