/** The contract of ACLs as the client makes them: what each helper opens for whom, and the ACL that is the default. */

import { type Observable } from 'rxjs';
import {
  acl,
  type Acl,
  allocateIds,
  createBarrier,
  create,
  enqueue,
  ephemeral$,
  increment,
  join$,
  lease$,
  leaderElection$,
  lock$,
  migrate,
  NoAuthError,
  NoNodeError,
  permissions,
  readLock$,
  register$,
  semaphore$,
  text,
  updateShared,
  type ZooKeeper,
} from '../../../src/index.js';
import { record, until } from '../support/recording.js';
import { type ContractTarget } from './target.js';

const bob = { scheme: 'digest', credential: 'bob:pw' } as const;
const root = { scheme: 'digest', credential: 'super:secret' } as const;
const bobAcl = acl.digest('bob', 'pw');

export function describeAclHelpers(target: ContractTarget): void {
  describe('ACL', () => {
    describeHelpers(target);
    describeDefault(target);
  });
}

/** The permissions that a client turns out to have, in the order of the shell. */
async function permissionsOf(zk: ZooKeeper, path: string, admin: ZooKeeper): Promise<string> {
  await admin.create(`${path}/old`);
  const { acl: list } = await admin.getAcl(path);
  const uses: readonly (readonly [string, PromiseLike<unknown>])[] = [
    ['c', zk.create(`${path}/new`)],
    ['d', zk.delete(`${path}/old`)],
    ['r', zk.get(path)],
    ['w', zk.set(path, 'y')],
    ['a', zk.setAcl(path, list)],
  ];
  const may: string[] = [];
  for (const [letter, use] of uses) {
    await use.then(
      () => may.push(letter),
      (error: unknown) => {
        expect(error).toBeInstanceOf(NoAuthError);
      },
    );
  }
  return may.join('');
}

const { read, change, readWrite } = permissions;

/** Helper, what it gives to bob, who creates, and to eve, and what is kept of it. */
const helpers: readonly (readonly [string, readonly Acl[], string, string, readonly Acl[]])[] = [
  ['acl.creatorAll', acl.creatorAll, 'cdrwa', '', bobAcl],
  ['acl.auth(readWrite)', acl.auth(readWrite), 'rw', '', acl.digest('bob', 'pw', readWrite)],
  ...(
    [
      ['acl.open', acl.open, 'cdrwa', 'cdrwa'],
      ['acl.readOnly', acl.readOnly, 'r', 'r'],
      ['acl.world(change)', acl.world(change), 'cdrw', 'cdrw'],
      ['acl.digest of the creator', bobAcl, 'cdrwa', ''],
      ['acl.digest of another', acl.digest('eve', 'x', change), '', 'cdrw'],
      ['acl.ip', acl.ip('127.0.0.1', change), 'cdrw', 'cdrw'],
      ['acl.ip of another range', acl.ip('10.0.0.0/8'), '', ''],
      ['several put together', [...bobAcl, ...acl.world(read)], 'cdrwa', 'r'],
    ] as const
  ).map(([name, list, bobs, eves]) => [name, list, bobs, eves, list] as const),
];

function describeHelpers(target: ContractTarget): void {
  it.each(helpers)('%s opens what it says, and no more', async (_, list, bobs, eves, kept) => {
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot, { auth: [bob] });
    const eve = target.clientAt(chroot, { auth: [{ scheme: 'digest', credential: 'eve:x' }] });
    const admin = target.clientAt(chroot, { auth: [root] });
    for (const [path, who, expected] of [
      ['/a', zk, bobs],
      ['/b', eve, eves],
    ] as const) {
      await zk.create(path, 'x', { acl: list });
      expect((await admin.getAcl(path)).acl).toEqual(kept);
      expect([path, await permissionsOf(who, path, admin)]).toEqual([path, expected]);
    }
  });
}

const migrations = {
  ...{ id: 'a', lockPath: '/migrations/lock', metaDataPath: '/migrations/done' },
  migrations: [{ operations: [create('/migrated')] }],
};

/** What makes znodes, by the client or by a recipe, with a path of its own. */
const makers: readonly (readonly [string, (zk: ZooKeeper) => Observable<unknown>])[] = [
  ['create', (zk) => zk.create('/n')],
  ['create with parents', (zk) => zk.create('/n/m', '', { parents: 'persistent' })],
  ['ensurePath', (zk) => zk.ensurePath('/n/m')],
  ['transaction', (zk) => zk.transaction([create('/n'), create('/n/m')])],
  ['a namespace', (zk) => zk.namespace('/n/m').create('/o')],
  ['lock$', (zk) => lock$(zk, '/locks/a')],
  ['readLock$', (zk) => readLock$(zk, '/locks/a')],
  ['semaphore$', (zk) => semaphore$(zk, '/locks/a', { maxLeases: 2 })],
  ['lease$', (zk) => lease$(zk, '/locks/a', { durationMs: 60_000 })],
  ['leaderElection$', (zk) => leaderElection$(zk, '/elections/a')],
  ['enqueue', (zk) => enqueue(zk, '/queues/a', 'x')],
  ['join$', (zk) => join$(zk, '/parties/a')],
  ['ephemeral$', (zk) => ephemeral$(zk, '/workers/a', 'x')],
  ['register$', (zk) => register$(zk, '/services', { name: 'search', id: 'a' })],
  ['increment', (zk) => increment(zk, '/counters/a', 1)],
  [
    'updateShared',
    (zk) => updateShared(zk, '/values/a', () => 'x', { codec: text(), initial: '' }),
  ],
  ['allocateIds', (zk) => allocateIds(zk, '/ids/a').next()],
  ['createBarrier', (zk) => createBarrier(zk, '/barriers/a')],
  ['migrate', (zk) => migrate(zk, migrations)],
];

/** What is told of a recipe may be that it is not there yet. */
function isMade(told: unknown): boolean {
  const { status, role } = Object(told) as { readonly status?: unknown; readonly role?: unknown };
  return status === undefined && role === undefined
    ? true
    : status === 'standing' || status === 'registered' || role === 'leader';
}

/** What a request answers; `undefined` if the znode has gone, as containers do. */
function unlessGone<T>(request: PromiseLike<T>): PromiseLike<T | undefined> {
  return request.then(
    (value) => value,
    (error: unknown) => {
      if (error instanceof NoNodeError) return undefined;
      throw error;
    },
  );
}

/** The ACLs of all znodes below a path. */
async function aclsBelow(zk: ZooKeeper, path: string): Promise<readonly (readonly Acl[])[]> {
  const names = (await unlessGone(zk.children(path))) ?? [];
  const lists = await Promise.all(
    names.map(async (name) => {
      const child = `${path === '/' ? '' : path}/${name}`;
      const own = await unlessGone(zk.getAcl(child));
      return [...(own === undefined ? [] : [own.acl]), ...(await aclsBelow(zk, child))];
    }),
  );
  return lists.flat();
}

function describeDefault(target: ContractTarget): void {
  it.each(makers)('by default is that of the client, on all that %s makes', async (_, make) => {
    const chroot = await target.newChroot();
    const zk = target.clientAt(chroot, { auth: [bob], defaultAcl: acl.creatorAll });
    const made = record(make(zk));
    await until('an answer', () => made.values.some(isMade) || made.ended);
    expect(made.error).toBeUndefined();
    const lists = await aclsBelow(zk, '/');
    expect(lists.length).toBeGreaterThan(0);
    expect(lists).toEqual(lists.map(() => bobAcl));
    made.unsubscribe();
  });
}
