/** Requests made of several: delete recursive and ensurePath, through the wire, with others in the way. */

import { create, remove } from '../../src/client/transaction-builders.js';
import { VirtualClient, watch } from './virtual-client.js';

const closed = [{ perms: 1, scheme: 'world', id: 'anyone' }];

describe('delete recursive', () => {
  it('deletes a znode and everything below it', () => {
    const world = new VirtualClient();
    const { zk, server } = world;
    for (const path of ['/a/b/c', '/a/b/d/e', '/a/f', '/ab']) world.run(zk.ensurePath(path));
    world.run(zk.delete('/a', { recursive: true }));
    expect(Object.keys(server.tree()).filter((path) => path.startsWith('/a'))).toEqual(['/ab']);
  });

  it('deletes a wide tree in batches', () => {
    const world = new VirtualClient();
    const { zk, server } = world;
    world.run(zk.create('/a'));
    for (let i = 0; i < 2500; i++) watch(zk.create(`/a/${String(i)}`));
    world.time.advanceBy(1000);
    world.run(zk.delete('/a', { recursive: true }));
    expect(world.run(zk.exists('/a'))).toBeNull();
    expect(server.requestCounts()).toMatchObject({ delete: 2501 });
  });

  it('errs if the znode is not there', () => {
    const world = new VirtualClient();
    const error = world.fail(world.zk.delete('/none', { recursive: true }));
    expect(error).toMatchObject({ name: 'NoNodeError', message: 'NoNode: delete /none' });
  });

  it('deletes nothing if the version is wrong', () => {
    const world = new VirtualClient();
    const { zk } = world;
    world.run(zk.ensurePath('/a/b'));
    const error = world.fail(zk.delete('/a', { recursive: true, version: 4 }));
    expect(error).toMatchObject({ message: 'BadVersion: delete /a' });
    expect(world.run(zk.children('/a'))).toEqual(['b']);
    world.run(zk.delete('/a', { recursive: true, version: 0 }));
    expect(world.run(zk.exists('/a'))).toBeNull();
  });

  it('never deletes the root, but the chroot if that is meant', () => {
    const world = new VirtualClient();
    const app = world.client('/app');
    world.run(app.ensurePath('/a'));
    expect(watch(world.zk.delete('/', { recursive: true })).error).toMatchObject({
      name: 'InvalidPathError',
    });
    world.run(app.delete('/', { recursive: true }));
    expect(world.run(world.zk.children('/'))).toEqual(['zookeeper']);
  });

  it('deletes what somebody adds meanwhile, and ignores what somebody deletes', () => {
    const world = new VirtualClient({ latencyMs: 10 });
    const { zk, time } = world;
    const other = world.client();
    world.run(zk.ensurePath('/a/b'));
    world.run(zk.create('/a/c'));
    const hold = watch(other.state$);
    time.advanceBy(100);
    const record = watch(zk.delete('/a', { recursive: true }));
    time.advanceBy(25);
    watch(other.transaction([remove('/a/c'), create('/a/b/late')]));
    time.advanceBy(1000);
    expect(record.log()).toEqual(['undefined', '|']);
    expect(world.run(zk.exists('/a'))).toBeNull();
    hold.subscription?.unsubscribe();
  });

  it('stops when it is unsubscribed', () => {
    const world = new VirtualClient({ latencyMs: 10 });
    const { zk, time } = world;
    world.run(zk.ensurePath('/a/b'));
    const record = watch(zk.delete('/a', { recursive: true }));
    time.advanceBy(15);
    record.subscription?.unsubscribe();
    time.advanceBy(1000);
    expect(world.run(zk.exists('/a/b'))).not.toBeNull();
  });

  it('has one time limit for all its steps', () => {
    const world = new VirtualClient({ latencyMs: 10 });
    const { zk, time } = world;
    world.run(zk.ensurePath('/a/b/c/d/e/f'));
    const record = watch(zk.delete('/a', { recursive: true, timeoutMs: 50 }));
    time.advanceBy(51);
    expect(record.error).toMatchObject({
      name: 'TimeoutError',
      timeoutMs: 50,
      operation: 'delete',
    });
  });

  it('errs on subscribe for options that it does not know', () => {
    const { zk } = new VirtualClient();
    // What callers without types may pass.
    const options = { recursive: true, force: true } as { recursive: boolean };
    expect(watch(zk.delete('/a', options)).error).toMatchObject({ option: 'force', path: '/a' });
    expect(watch(zk.delete('a', { recursive: true })).error).toMatchObject({
      name: 'InvalidPathError',
    });
  });
});

describe('ensurePath', () => {
  it('creates what is missing and leaves what is there', () => {
    const world = new VirtualClient();
    const { zk } = world;
    world.run(zk.create('/a', 'kept'));
    world.run(zk.ensurePath('/a/b/c'));
    expect(world.run(zk.get('/a')).data).toHaveLength(4);
    expect(world.run(zk.get('/a/b/c')).data).toEqual(new Uint8Array(0));
  });

  it('takes one request where all is there', () => {
    const world = new VirtualClient();
    const { zk, server } = world;
    world.run(zk.ensurePath('/a/b/c'));
    const before = server.requestCounts();
    world.run(zk.ensurePath('/a/b/c'));
    expect(server.requestCounts()).toEqual({ ...before, create: Number(before.create) + 1 });
  });

  it('creates the chroot, too', () => {
    const world = new VirtualClient({ chroot: '/deep/app' });
    world.run(world.zk.ensurePath('/x'));
    expect(Object.keys(world.server.tree())).toEqual(expect.arrayContaining(['/deep/app/x']));
    world.run(world.zk.ensurePath('/'));
    world.run(world.client().ensurePath('/'));
  });

  it('writes the ACL given to all that it creates', () => {
    const world = new VirtualClient();
    const { zk } = world;
    const acl = [{ perms: 31, scheme: 'ip', id: '127.0.0.1' }];
    world.run(zk.ensurePath('/a/b', { acl }));
    expect(world.run(zk.getAcl('/a')).acl).toEqual(acl);
    expect(watch(zk.ensurePath('/c', { acl: [] })).error).toMatchObject({
      option: 'acl',
      path: '/c',
    });
  });

  it('is content where it may not create but all is there', () => {
    const world = new VirtualClient();
    const { zk } = world;
    world.run(zk.ensurePath('/a/b'));
    world.run(zk.setAcl('/a', closed));
    world.run(zk.ensurePath('/a/b'));
    const refused = world.fail(zk.ensurePath('/a/c'));
    expect(refused).toMatchObject({ name: 'NoAuthError', message: 'NoAuth: ensurePath /a/c' });
  });

  it('says where it failed', () => {
    const world = new VirtualClient();
    const { zk } = world;
    const hold = watch(zk.state$);
    world.run(zk.create('/e', '', { mode: 'ephemeral' }));
    expect(world.fail(zk.ensurePath('/e/x/y'))).toMatchObject({
      message: 'NoChildrenForEphemerals: ensurePath /e/x',
    });
    hold.subscription?.unsubscribe();
  });

  it('repeats a step whose reply was lost', () => {
    const world = new VirtualClient({ latencyMs: 10 });
    const { zk, time, network } = world;
    const hold = watch(zk.state$);
    time.advanceBy(100);
    const record = watch(zk.ensurePath('/a/b'));
    time.advanceBy(15);
    for (const link of network.links()) link.reset();
    time.advanceBy(5000);
    expect(record.log()).toEqual(['undefined', '|']);
    expect(world.run(zk.exists('/a/b'))).not.toBeNull();
    hold.subscription?.unsubscribe();
  });
});
