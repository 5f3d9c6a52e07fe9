/** The one-shot create in all its forms, through the wire. */

import { type CreateOptions } from '../../src/client/znode.js';
import { InvalidOptionError, InvalidPathError } from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

describe('create', () => {
  it('creates a persistent znode without data but with no bytes, open to all', () => {
    const world = new VirtualClient();
    expect(world.run(world.zk.create('/a'))).toBe('/a');
    expect(world.run(world.zk.get('/a')).data).toEqual(new Uint8Array(0));
    expect(world.run(world.zk.getAcl('/a')).acl).toEqual([
      { perms: 31, scheme: 'world', id: 'anyone' },
    ]);
  });

  it.each([
    ['text as UTF-8', 'ü', new Uint8Array([0xc3, 0xbc])],
    ['bytes', new Uint8Array([1]), new Uint8Array([1])],
    ['null as null', null, null],
  ])('writes %s', (_, data, expected) => {
    const world = new VirtualClient();
    world.run(world.zk.create('/a', data));
    expect(world.run(world.zk.get('/a')).data).toEqual(expected);
  });

  it('answers path and stat with withStat', () => {
    const world = new VirtualClient({ chroot: '/app' });
    world.run(world.zk.ensurePath('/'));
    const { path, stat } = world.run(world.zk.create('/a', 'xyz', { withStat: true }));
    expect(path).toBe('/a');
    expect(stat).toMatchObject({ dataLength: 3, version: 0, ephemeralOwner: 0n });
    expect(stat.czxid).toBe(world.server.lastZxid);
  });

  it('gives an ephemeral one to the session, with stat for its fence', () => {
    const world = new VirtualClient();
    const { zk } = world;
    const hold = watch(zk.state$);
    const options = { mode: 'ephemeral', sequential: true, withStat: true } as const;
    const { path, stat } = world.run(zk.create('/lock-', '', options));
    expect(path).toBe('/lock-0000000000');
    expect(stat.ephemeralOwner).toBe(zk.session?.id);
    expect(world.run(zk.ephemerals())).toEqual(['/lock-0000000000']);
    hold.subscription?.unsubscribe();
  });

  it('numbers sequential ones, also with no name and at the top of a chroot', () => {
    const world = new VirtualClient({ chroot: '/app' });
    const { zk, server } = world;
    world.run(zk.ensurePath('/q'));
    const sequential = { sequential: true };
    expect(world.run(zk.create('/q/', null, sequential))).toBe('/q/0000000000');
    expect(world.run(zk.create('/q/x-', null, sequential))).toBe('/q/x-0000000001');
    expect(world.run(zk.create('/', null, sequential))).toBe('/0000000001');
    expect(Object.keys(server.tree())).toContain('/app/0000000001');
  });

  it('creates containers and TTL znodes', () => {
    const world = new VirtualClient({ server: { reapIntervalMs: 100 } });
    const { zk, server, time } = world;
    const hold = watch(zk.state$);
    expect(world.run(zk.create('/c', null, { mode: 'container' }))).toBe('/c');
    const ttl = { mode: 'ttl', ttlMs: 5000, sequential: true, withStat: true } as const;
    const { path, stat } = world.run(zk.create('/t-', null, ttl));
    expect(path).toBe('/t-0000000001');
    expect(stat.ephemeralOwner).toBe(0n);
    world.run(zk.create('/c/x'));
    world.run(zk.delete('/c/x'));
    time.advanceBy(10_000);
    expect(world.run(zk.children('/'))).toEqual(['zookeeper']);
    expect(server.lastZxid).toBeGreaterThan(0n);
    hold.subscription?.unsubscribe();
  });

  it('writes the default ACL of the client, or the one given', () => {
    const defaultAcl = [{ perms: 1, scheme: 'world', id: 'anyone' }];
    const acl = [{ perms: 3, scheme: 'world', id: 'anyone' }];
    const world = new VirtualClient({ client: { defaultAcl } });
    world.run(world.zk.create('/a'));
    world.run(world.zk.create('/b', '', { acl }));
    expect(world.run(world.zk.getAcl('/a')).acl).toEqual(defaultAcl);
    expect(world.run(world.zk.getAcl('/b')).acl).toEqual(acl);
  });

  it('says where it failed, in the words of the user', () => {
    const world = new VirtualClient({ chroot: '/app' });
    world.run(world.zk.ensurePath('/a'));
    const exists = world.fail(world.zk.create('/a'));
    expect(exists).toMatchObject({ name: 'NodeExistsError', message: 'NodeExists: create /a' });
    expect(world.fail(world.zk.create('/x/y'))).toMatchObject({
      name: 'NoNodeError',
      path: '/x/y',
    });
  });

  it.each([
    [{ mode: 'forever' }, 'mode'],
    [{ mode: 'toString' }, 'mode'],
    [{ mode: 'ttl' }, 'ttlMs'],
    [{ mode: 'ttl', ttlMs: 0 }, 'ttlMs'],
    [{ mode: 'ttl', ttlMs: 2 ** 40 }, 'ttlMs'],
    [{ ttlMs: 5 }, 'ttlMs'],
    [{ mode: 'container', sequential: true }, 'sequential'],
    [{ sequential: 'yes' }, 'sequential'],
    [{ withStat: 1 }, 'withStat'],
    [{ acl: [] }, 'acl'],
    [{ ephemeral: true }, 'ephemeral'],
  ])('refuses options %j', (options, option) => {
    const { zk, server } = new VirtualClient();
    // What callers without types may pass.
    const { error } = watch(zk.create('/a', '', options as CreateOptions));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option, operation: 'create', path: '/a' });
    expect(server.connectionCount()).toBe(0);
  });

  it('refuses a path with a slash at the end unless it is sequential, and data of another type', () => {
    const { zk } = new VirtualClient();
    expect(watch(zk.create('/a/')).error).toBeInstanceOf(InvalidPathError);
    // What callers without types may pass.
    expect(watch(zk.create('/a', 5 as unknown as string)).error).toMatchObject({ option: 'data' });
  });
});
