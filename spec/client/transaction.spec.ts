/** Transactions and reads of several in one request, through the wire. */

import { check, create, read, remove, set } from '../../src/client/transaction-builders.js';
import { type TransactionOperation } from '../../src/client/transaction.js';
import { ServerError, type Stat, TransactionError } from '../../src/index.js';
import { VirtualClient, watch } from './virtual-client.js';

function setUp(server = {}) {
  const world = new VirtualClient({ chroot: '/app', server });
  world.run(world.zk.ensurePath('/'));
  return world;
}

describe('transaction', () => {
  it('answers a typed tuple, each result at its place', () => {
    const world = setUp();
    const { zk } = world;
    const results = world.run(
      zk.transaction([
        create('/a', 'x'),
        create('/b', 'yz', { withStat: true }),
        set('/a', 'new', { version: 0 }),
        check('/a', 1),
        create('/s-', null, { sequential: true }),
        remove('/b'),
      ]),
    );
    const [path, created, stat, checked, numbered, removed] = results;
    // The annotations are the check of the tuple's type.
    const paths: [string, string, string] = [path, created.path, numbered];
    const stats: [Stat, Stat] = [created.stat, stat];
    const nothing: [undefined, undefined] = [checked, removed];
    expect(paths).toEqual(['/a', '/b', '/s-0000000002']);
    expect(stats).toMatchObject([
      { dataLength: 2, version: 0 },
      { dataLength: 3, version: 1 },
    ]);
    expect(new Set([created.stat.czxid, stat.mzxid])).toEqual(new Set([world.server.lastZxid]));
    expect(nothing).toEqual([undefined, undefined]);
  });

  it('creates in every mode', () => {
    const world = setUp();
    const { zk } = world;
    const hold = watch(zk.state$);
    const [ephemeral, container, ttl] = world.run(
      zk.transaction([
        create('/e', null, { mode: 'ephemeral', withStat: true }),
        create('/c', null, { mode: 'container' }),
        create('/t', null, { mode: 'ttl', ttlMs: 1000, withStat: true }),
      ]),
    );
    expect(ephemeral.stat.ephemeralOwner).toBe(zk.session?.id);
    expect([container, ttl.path]).toEqual(['/c', '/t']);
    hold.subscription?.unsubscribe();
  });

  it('errs with what the server said of each operation, and applies none', () => {
    const world = setUp();
    const { zk } = world;
    const error = world.fail(zk.transaction([create('/a'), check('/none', 3), remove('/a')]));
    expect(error).toBeInstanceOf(TransactionError);
    const { index, message, errors, code } = error as TransactionError;
    expect(index).toBe(1);
    expect(code).toBe(-101);
    expect(message).toBe('NoNode: transaction, operation 2 of 3: check /none');
    expect(errors.map((each) => each?.codeName)).toEqual([
      undefined,
      'NoNode',
      'RuntimeInconsistency',
    ]);
    expect(world.run(zk.exists('/a'))).toBeNull();
  });

  it('may be empty', () => {
    const world = setUp();
    expect(world.run(world.zk.transaction([]))).toEqual([]);
  });

  it('reads the stat behind the transaction where the server does not tell it', () => {
    const world = setUp({ version: '3.8.0' });
    const { zk } = world;
    const [{ path, stat }] = world.run(zk.transaction([create('/a', 'xyz', { withStat: true })]));
    expect(path).toBe('/a');
    expect(stat).toEqual(world.run(zk.exists('/a')));
  });

  it('gives what is certain of a new znode where it cannot be read any more', () => {
    const world = setUp({ version: '3.8.0' });
    const { zk } = world;
    const [{ stat }] = world.run(
      zk.transaction([create('/a', 'ü', { withStat: true }), remove('/a')]),
    );
    const { lastZxid } = world.server;
    expect(stat).toMatchObject({ czxid: lastZxid, pzxid: lastZxid, dataLength: 2, ctime: 0 });
  });

  it.each([
    [[{ type: 'create', path: 'a', data: null, options: {}, withStat: false }], 'InvalidPathError'],
    [[{ type: 'drop', path: '/a' }], 'InvalidOptionError'],
    [[{ type: 'set', path: '/a', data: 5, version: -1 }], 'InvalidOptionError'],
    [[{ type: 'check', path: '/a', version: 'x' }], 'InvalidOptionError'],
    [[create('/a', '', { mode: 'ttl' })], 'InvalidOptionError'],
    ['create', 'InvalidOptionError'],
    [[undefined], 'UsageError'],
  ])('refuses %j', (operations, name) => {
    const { zk, server } = setUp();
    const before = server.requestCounts();
    // What callers without types may pass.
    const { error } = watch(zk.transaction(operations as readonly TransactionOperation[]));
    expect(error).toMatchObject({ name });
    expect(String(error)).toContain('transaction');
    expect(server.requestCounts()).toEqual(before);
  });
});

describe('multiRead', () => {
  it('answers a typed tuple in which a failed read does not fail the others', () => {
    const world = setUp();
    const { zk } = world;
    world.run(zk.transaction([create('/a', 'x'), create('/a/b')]));
    const [node, names, failed] = world.run(
      zk.multiRead([read.data('/a'), read.children('/a'), read.data('/none')]),
    );
    if (node instanceof ServerError || names instanceof ServerError)
      throw new Error('a read failed');
    expect(node).toMatchObject({ path: '/a', data: new Uint8Array([0x78]) });
    expect(names).toEqual(['b']);
    expect(failed).toBeInstanceOf(ServerError);
    expect(failed).toMatchObject({ codeName: 'NoNode', path: '/none' });
  });

  it('refuses what it does not know', () => {
    const { zk } = setUp();
    // What callers without types may pass.
    const { error } = watch(zk.multiRead([{ type: 'acl' as 'get', path: '/a' }]));
    expect(error).toMatchObject({ option: 'type', path: '/a' });
  });
});
