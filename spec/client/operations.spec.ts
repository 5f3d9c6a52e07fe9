/** The one-shots that read, change and ask, through the wire, below a chroot. */

import { json } from '../../src/client/codecs.js';
import { type ReconfigChange } from '../../src/client/zookeeper.js';
import { DecodeError } from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

function setUp() {
  const world = new VirtualClient({ chroot: '/app' });
  world.run(world.zk.ensurePath('/'));
  return world;
}

describe('get', () => {
  it('gives path, data and stat', () => {
    const world = setUp();
    world.run(world.zk.create('/a', 'x'));
    const { path, data, stat } = world.run(world.zk.get('/a'));
    expect([path, data, stat.dataLength]).toEqual(['/a', new Uint8Array([0x78]), 1]);
    expect(world.run(world.zk.get('/')).path).toBe('/');
  });

  it('decodes with a codec', () => {
    const world = setUp();
    world.run(world.zk.create('/a', '{"n":1}'));
    const { n }: { n: number } = world.run(world.zk.get('/a', json<{ n: number }>())).data;
    expect(n).toBe(1);
    expect(world.run(world.zk.get('/a', json(), { timeoutMs: 500 })).data).toEqual({ n: 1 });
  });

  it('errs with DecodeError that names the path and has the cause', () => {
    const world = setUp();
    world.run(world.zk.create('/a', '{'));
    const error = world.fail(world.zk.get('/a', json()));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ message: 'Decode: get /a', cause: { name: 'SyntaxError' } });
  });
});

describe('exists', () => {
  it('gives the stat, or null', () => {
    const world = setUp();
    world.run(world.zk.create('/a', 'xy'));
    expect(world.run(world.zk.exists('/a'))).toMatchObject({ dataLength: 2 });
    expect(world.run(world.zk.exists('/b'))).toBeNull();
  });
});

describe('set and delete', () => {
  it('go through with the right version only', () => {
    const world = setUp();
    const { zk } = world;
    world.run(zk.create('/a'));
    expect(world.run(zk.set('/a', 'x'))).toMatchObject({ version: 1 });
    expect(world.run(zk.set('/a', null, { version: 1 }))).toMatchObject({ version: 2 });
    const stale = world.fail(zk.set('/a', 'y', { version: 1 }));
    expect(stale).toMatchObject({ name: 'BadVersionError', message: 'BadVersion: set /a' });
    expect(world.fail(zk.delete('/a', { version: 0 }))).toMatchObject({
      message: 'BadVersion: delete /a',
    });
    world.run(zk.delete('/a', { version: 2 }));
    expect(world.fail(zk.delete('/a'))).toMatchObject({ message: 'NoNode: delete /a' });
  });

  it('refuse versions that are none', () => {
    const { zk } = setUp();
    expect(watch(zk.set('/a', '', { version: 1.5 })).error).toMatchObject({ option: 'version' });
    expect(watch(zk.delete('/a', { version: 2 ** 31 })).error).toMatchObject({ option: 'version' });
  });

  it('refuse data left out, which would empty the znode', () => {
    const { zk } = setUp();
    // What callers without types may pass.
    expect(watch(zk.set('/a', undefined as unknown as null)).error).toMatchObject({
      option: 'data',
    });
  });
});

describe('getAcl and setAcl', () => {
  it('read and write it by its own version', () => {
    const world = setUp();
    const { zk } = world;
    world.run(zk.create('/a'));
    const acl = [{ perms: 17, scheme: 'world', id: 'anyone' }];
    expect(world.run(zk.setAcl('/a', acl, { version: 0 }))).toMatchObject({ aversion: 1 });
    expect(world.run(zk.getAcl('/a'))).toMatchObject({ acl, stat: { aversion: 1 } });
    expect(world.fail(zk.setAcl('/a', acl, { version: 0 }))).toMatchObject({
      message: 'BadVersion: setAcl /a',
    });
    expect(watch(zk.setAcl('/a', [])).error).toMatchObject({ option: 'acl' });
  });
});

describe('children, countDescendants, ephemerals', () => {
  it('see what is below the chroot', () => {
    const world = setUp();
    const { zk } = world;
    const hold = watch(zk.state$);
    world.run(zk.ensurePath('/a/b'));
    for (const path of ['/a/e', '/a/b/e', '/ab'])
      world.run(zk.create(path, '', { mode: 'ephemeral' }));
    expect([...world.run(zk.children('/'))].sort()).toEqual(['a', 'ab']);
    expect(world.run(zk.countDescendants('/a'))).toBe(3);
    expect([...world.run(zk.ephemerals())].sort()).toEqual(['/a/b/e', '/a/e', '/ab']);
    // The server itself takes /ab for something below /a.
    expect([...world.run(zk.ephemerals('/a'))].sort()).toEqual(['/a/b/e', '/a/e']);
    hold.subscription?.unsubscribe();
  });

  it('leave out what a sibling of the chroot has', () => {
    const world = setUp();
    const whole = world.client('');
    const hold = watch(world.zk.state$);
    world.run(whole.create('/app2'));
    world.run(world.zk.create('/e', '', { mode: 'ephemeral' }));
    expect(world.run(world.zk.ephemerals('/'))).toEqual(['/e']);
    hold.subscription?.unsubscribe();
  });
});

describe('sync, whoAmI, getConfig, reconfig', () => {
  it('ask the server', () => {
    const world = setUp();
    const { zk } = world;
    world.run(zk.sync('/a'));
    expect(world.run(zk.whoAmI())).toContainEqual(expect.objectContaining({ scheme: 'ip' }));
    expect(world.run(zk.getConfig()).stat).toMatchObject({ aversion: -1 });
    expect(world.fail(zk.reconfig({ members: 'server.1=a:1:2' }))).toMatchObject({
      codeName: 'ReconfigDisabled',
      operation: 'reconfig',
    });
  });

  it.each([
    [{}],
    [{ members: 'x', leaving: '1' }],
    [{ member: 'x' }],
    [{ members: 5 }],
    [{ leaving: '1', fromConfig: 1 }],
  ])('refuse the change %j', (change) => {
    // What callers without types may pass.
    const { error } = watch(setUp().zk.reconfig(change as unknown as ReconfigChange));
    expect(error).toMatchObject({ name: 'InvalidOptionError', operation: 'reconfig' });
  });
});

describe('addAuth', () => {
  it('gives each new connection, and each new session, the same credentials once, however often they were added', () => {
    const world = setUp();
    const { zk, server } = world;
    const asked = () => server.requestCounts().auth ?? 0;
    let session = watch(zk.state$).subscription;
    for (let i = 0; i < 3; i++) world.run(zk.addAuth('digest', 'user:secret'));
    world.run(zk.addAuth('digest', 'other:secret'));
    expect(asked()).toBe(4);
    world.network.reset();
    world.time.advanceBy(5000);
    expect(asked()).toBe(6);
    session?.unsubscribe();
    world.time.advanceBy(5000);
    session = watch(zk.state$).subscription;
    world.time.advanceBy(5000);
    expect(asked()).toBe(8);
    expect(world.run(zk.whoAmI()).filter(({ scheme }) => scheme === 'digest')).toHaveLength(2);
    session?.unsubscribe();
  });

  it('gives the connection another identity', () => {
    const world = setUp();
    const { zk } = world;
    const hold = watch(zk.state$);
    world.run(zk.addAuth('digest', 'user:secret'));
    expect(world.run(zk.whoAmI())).toContainEqual({ scheme: 'digest', user: 'user' });
    hold.subscription?.unsubscribe();
  });

  it('gives it to the next session, too', () => {
    const world = setUp();
    const { zk, time } = world;
    world.run(zk.addAuth('digest', 'user:secret'));
    time.advanceBy(5000);
    expect(zk.state.status).toBe('closed');
    expect(world.run(zk.whoAmI())).toContainEqual({ scheme: 'digest', user: 'user' });
  });

  it('ends in authFailed if the server refuses it', () => {
    const world = setUp();
    const { zk } = world;
    const states = watch(zk.state$);
    expect(world.fail(zk.addAuth('nonsense', 'x'))).toMatchObject({ name: 'AuthFailedError' });
    expect(states.values.at(-1)).toMatchObject({ status: 'authFailed' });
    expect(world.fail(zk.exists('/'))).toMatchObject({ name: 'AuthFailedError', path: '/' });
    states.subscription?.unsubscribe();
  });

  it('has a time limit and a signal', () => {
    const world = setUp();
    const { zk, network, time } = world;
    network.partition();
    const controller = new AbortController();
    const timed = watch(zk.addAuth('digest', 'u:p', { timeoutMs: 50 }));
    const aborted = watch(zk.addAuth('digest', 'u:p', { signal: controller.signal }));
    controller.abort('enough');
    time.advanceBy(60);
    expect(timed.error).toMatchObject({ name: 'TimeoutError', operation: 'addAuth' });
    expect(aborted.error).toBe('enough');
  });

  it.each([
    ['', 'x', 'scheme'],
    ['digest', 5, 'credential'],
  ])('refuses %j, %j', (scheme, credential, option) => {
    // What callers without types may pass.
    const { error } = watch(setUp().zk.addAuth(scheme, credential as string));
    expect(error).toMatchObject({ option, operation: 'addAuth' });
  });
});
