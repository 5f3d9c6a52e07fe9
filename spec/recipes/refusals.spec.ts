/**
 * What every recipe does when it is refused: misspelt options, malformed paths, credentials that do not count, znodes that it may
 * not read or make, a closed client. A new recipe joins with a row.
 */

import { NEVER, type Observable, of } from 'rxjs';
import { InvalidOptionError, InvalidPathError } from '../../src/errors/client-errors.js';
import * as rxzk from '../../src/index.js';
import { recipeNames } from './every/names.js';
import { tell } from './queues.js';
import { nothing, World } from './world.js';

type Zk = rxzk.ZooKeeper;

/** One recipe. Where it meets a refusal, an error: `NoAuthError` if nothing else is said. */
interface Row {
  readonly name: string;
  /** Options come in untyped, so that they can be wrong. */
  readonly run: (zk: Zk, path: string, options: object) => Observable<unknown>;
  /** The last it tells where the znode is closed to readers; `undefined`: it does not read there, and stays. */
  readonly unreadable?: string | undefined;
  /** Where nothing can be made or changed; `undefined`: it does not want that. */
  readonly unwritable?: string | undefined;
  /** With a client that is closed or gets closed: `|`, or the name of the error. */
  readonly closed?: string;
}

const text = { codec: rxzk.text(), initial: '' };
const projected = () => of('done');
/** As far as types go, any options will do. */
const any = (options: object) => options as never;
const noAuth = 'NoAuthError';
const looking = { unreadable: noAuth, unwritable: undefined };
const acting = { unreadable: noAuth, unwritable: noAuth };
const once = { ...acting, closed: 'SessionClosedError' };

const rows: readonly Row[] = [
  { name: 'lock$', run: (zk, path, o) => rxzk.lock$(zk, path, any(o)), ...acting },
  {
    name: 'withLock',
    run: (zk, path, o) => NEVER.pipe(rxzk.withLock(zk, path, any(o))),
    ...acting,
  },
  { name: 'readLock$', run: (zk, path, o) => rxzk.readLock$(zk, path, any(o)), ...acting },
  {
    name: 'withReadLock',
    run: (zk, path, o) => NEVER.pipe(rxzk.withReadLock(zk, path, any(o))),
    ...acting,
  },
  { name: 'writeLock$', run: (zk, path, o) => rxzk.writeLock$(zk, path, any(o)), ...acting },
  {
    name: 'withWriteLock',
    run: (zk, path, o) => NEVER.pipe(rxzk.withWriteLock(zk, path, any(o))),
    ...acting,
  },
  { name: 'multiLock$', run: (zk, path, o) => rxzk.multiLock$(zk, [path], any(o)), ...acting },
  {
    name: 'semaphore$',
    run: (zk, path, o) => rxzk.semaphore$(zk, path, any({ maxLeases: 2, ...o })),
    ...acting,
  },
  {
    name: 'withSemaphore',
    run: (zk, path, o) => NEVER.pipe(rxzk.withSemaphore(zk, path, any({ maxLeases: 2, ...o }))),
    ...acting,
  },
  {
    name: 'leaderElection$',
    run: (zk, path, o) => rxzk.leaderElection$(zk, path, any(o)),
    ...acting,
  },
  {
    name: 'whileLeader',
    run: (zk, path, o) => NEVER.pipe(rxzk.whileLeader(zk, path, any(o))),
    ...acting,
  },
  { name: 'leader$', run: (zk, path, o) => rxzk.leader$(zk, path, any(o)), ...looking },
  { name: 'contenders$', run: (zk, path, o) => rxzk.contenders$(zk, path, any(o)), ...looking },
  { name: 'leaseHolders$', run: (zk, path, o) => rxzk.leaseHolders$(zk, path, any(o)), ...looking },
  {
    name: 'requestRevocation',
    run: (zk, path, o) => rxzk.requestRevocation(zk, path, any(o)),
    ...once,
    unreadable: '|',
  },
  {
    name: 'enqueue',
    run: (zk, path, o) => rxzk.enqueue(zk, path, 'x', any({ layout: 'kazoo-queue', ...o })),
    ...once,
    unreadable: '|',
    unwritable: 'TransactionError',
  },
  {
    name: 'enqueueAll',
    run: (zk, path, o) => rxzk.enqueueAll(zk, path, ['x'], any({ layout: 'kazoo-queue', ...o })),
    ...once,
    unreadable: '|',
    unwritable: 'TransactionError',
  },
  {
    name: 'dequeue$',
    run: (zk, path, o) => rxzk.dequeue$(zk, path, any({ layout: 'kazoo-queue', ...o })),
    ...looking,
  },
  {
    name: 'consume$',
    run: (zk, path, o) =>
      rxzk.consume$(zk, path, projected, any({ layout: 'curator', lockPath: '/marks', ...o })),
    ...looking,
  },
  {
    name: 'queueLength$',
    run: (zk, path, o) => rxzk.queueLength$(zk, path, any({ layout: 'kazoo-queue', ...o })),
    ...looking,
  },
  { name: 'childrenData$', run: (zk, path, o) => rxzk.childrenData$(zk, path, any(o)), ...looking },
  {
    name: 'settledChildren$',
    run: (zk, path, o) => rxzk.settledChildren$(zk, path, 10, any(o)),
    ...looking,
  },
  { name: 'tree$', run: (zk, path, o) => zk.tree$(path, any(o)), ...looking },
  { name: 'counter$', run: (zk, path, o) => rxzk.counter$(zk, path, any(o)), ...looking },
  { name: 'increment', run: (zk, path, o) => rxzk.increment(zk, path, 1, any(o)), ...once },
  {
    name: 'sharedValue$',
    run: (zk, path, o) => rxzk.sharedValue$(zk, path, any({ ...text, ...o })),
    ...looking,
  },
  {
    name: 'updateShared',
    run: (zk, path, o) =>
      rxzk.updateShared(zk, path, (value) => `${String(value)}x`, any({ ...text, ...o })),
    ...once,
  },
  { name: 'barrier$', run: (zk, path, o) => rxzk.barrier$(zk, path, any(o)), ...looking },
  {
    name: 'createBarrier',
    run: (zk, path, o) => rxzk.createBarrier(zk, `${path}/new`, any(o)),
    ...once,
    unreadable: '|',
  },
  {
    name: 'removeBarrier',
    run: (zk, path, o) => rxzk.removeBarrier(zk, `${path}/here`, any(o)),
    ...once,
    unreadable: '|',
  },
  {
    name: 'ephemeral$',
    run: (zk, path, o) => rxzk.ephemeral$(zk, `${path}/new`, '', any(o)),
    ...acting,
    unreadable: undefined,
  },
  {
    name: 'join$',
    run: (zk, path, o) => rxzk.join$(zk, path, any({ identifier: 'x', ...o })),
    ...acting,
    unreadable: undefined,
  },
  {
    name: 'lease$',
    run: (zk, path, o) => rxzk.lease$(zk, path, any({ durationMs: 3000, ...o })),
    ...acting,
  },
  {
    name: 'partition$',
    run: (zk, path, o) => rxzk.partition$(zk, path, ['a'], any({ settleMs: 10, ...o })),
    ...acting,
    unreadable: undefined,
  },
  {
    name: 'doubleBarrier$',
    run: (zk, path, o) => rxzk.doubleBarrier$(zk, path, any({ count: 2, ...o })),
    ...acting,
  },
  {
    name: 'withDoubleBarrier',
    run: (zk, path, o) => NEVER.pipe(rxzk.withDoubleBarrier(zk, path, any({ count: 2, ...o }))),
    ...acting,
  },
  {
    name: 'allocateIds',
    run: (zk, path, o) => rxzk.allocateIds(zk, path, any(o)).next(),
    ...once,
  },
  { name: 'members$', run: (zk, path, o) => rxzk.members$(zk, path, any(o)), ...looking },
  {
    name: 'persistentTtl$',
    run: (zk, path, o) => rxzk.persistentTtl$(zk, path, '', any({ ttlMs: 1000, ...o })),
    ...acting,
  },
  {
    name: 'register$',
    run: (zk, path, o) => rxzk.register$(zk, path, { name: 'x', id: 'x' }, any(o)),
    ...acting,
    unreadable: undefined,
  },
  {
    name: 'register$ of a static instance',
    run: (zk, path, o) =>
      rxzk.register$(zk, path, { name: 'x', id: 'x', serviceType: 'STATIC' }, any(o)),
    ...acting,
    unreadable: undefined,
  },
  { name: 'services$', run: (zk, path, o) => rxzk.services$(zk, path, any(o)), ...looking },
  {
    name: 'instances$',
    run: (zk, path, o) => rxzk.instances$(zk, rxzk.parentPath(path), rxzk.baseName(path), any(o)),
    ...looking,
  },
  {
    name: 'migrate',
    run: (zk, path, o) => {
      const migrations = [{ operations: [rxzk.create('/made')] }];
      return rxzk.migrate(zk, { id: 'x', lockPath: path, metaDataPath: path, migrations }, any(o));
    },
    ...once,
    unreadable: undefined,
  },
];

it('has a row for every recipe', () => {
  const named = new Set(rows.map(({ name }) => name.split(' ')[0]));
  expect(recipeNames.filter((name) => !named.has(name))).toEqual([]);
});

const cases = rows.map((row) => [row.name, row] as const);
const only = (perms: number) => [{ perms, scheme: 'world', id: 'anyone' }];
const all = 31;
const read = 1;
const mayDelete = 8;

/** A client, and a znode `/closed` with these rights. */
function atZnode(perms: number) {
  const world = new World();
  const { zk } = world.join();
  zk.create('/closed', '2').subscribe();
  zk.create('/closed/here', '1').subscribe();
  zk.setAcl('/closed', only(perms)).subscribe();
  world.time.advanceBy(50);
  return { world, zk };
}

describe.each(cases)('%s, refused', (_name, row) => {
  const end = row.closed ?? '|';

  it('names an option that there is not, on subscribe, and the malformed path', () => {
    const world = new World();
    const { zk } = world.join();
    const misspelt = tell(row.run(zk, '/a', { signl: 1 }));
    expect(misspelt.errors[0]).toBeInstanceOf(InvalidOptionError);
    expect((misspelt.errors[0] as Error).message).toMatch(/signl/);
    const malformed = tell(row.run(zk, 'a//b', {}));
    expect(malformed.errors[0]).toBeInstanceOf(InvalidPathError);
    world.time.advanceBy(100);
    expect(Object.keys(world.server.tree()).filter((name) => !name.startsWith('/zoo'))).toEqual([
      '/',
    ]);
    expect(zk.state.status).toBe('closed');
  });

  it('errs when its credentials do not count', () => {
    const world = new World();
    const { zk } = world.join({ auth: [{ scheme: 'unheard-of', credential: 'x' }] });
    const told = tell(row.run(zk, '/a', {}));
    world.time.advanceBy(2000);
    expect(told.log.at(-1)).toBe('AuthFailedError');
  });

  it('ends with a client that is closed, before and meanwhile', () => {
    const world = new World();
    const { zk, address } = world.join();
    world.network.at(address).partition();
    const meanwhile = tell(row.run(zk, '/a', {}));
    world.time.advanceBy(100);
    void zk.close();
    world.time.advanceBy(5000);
    expect(meanwhile.log.at(-1)).toBe(end);
    const after = tell(row.run(zk, '/a', {}));
    world.time.advanceBy(100);
    expect(after.log.at(-1)).toBe(end);
  });

  it('errs where it may not read', () => {
    const { world, zk } = atZnode(all - read);
    const told = tell(row.run(zk, '/closed', {}));
    world.time.advanceBy(3000);
    if (row.unreadable === undefined) expect(told.errors).toEqual([]);
    else expect(told.log.at(-1)).toBe(row.unreadable);
    told.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('errs where it may not write', () => {
    const { world, zk } = atZnode(read);
    const told = tell(row.run(zk, '/closed', {}));
    world.time.advanceBy(3000);
    if (row.unwritable === undefined) expect(told.errors).toEqual([]);
    else expect(told.log.at(-1)).toBe(row.unwritable);
    told.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });

  it('ends all the same, with its session, where it may not delete what it has made', () => {
    const { world, zk } = atZnode(all - mayDelete);
    const told = tell(row.run(zk, '/closed', {}));
    world.time.advanceBy(500);
    told.subscription.unsubscribe();
    expect(world.leftovers()).toEqual(nothing);
  });
});
