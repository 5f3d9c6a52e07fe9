/** The contract of transactions: typed results, every way to be refused, all or nothing. */

import {
  BadVersionError,
  check,
  create,
  NodeExistsError,
  NoNodeError,
  NotEmptyError,
  remove,
  type ServerError,
  set,
  TransactionError,
  type TransactionOperation,
  type ZooKeeper,
} from '../../../src/index.js';
import { expectFailure } from '../support/recording.js';
import { type ContractTarget } from './target.js';

export function describeTransactions(target: ContractTarget): void {
  describe('transaction', () => {
    describeResults(target);
    describeRefusals(target);
    describeAtomicity(target);
  });
}

function describeResults(target: ContractTarget): void {
  it('answers each operation at its place, with its own type', async () => {
    const zk = await target.client();
    await zk.create('/old', 'x');
    const [made, changed, checked, numbered, gone] = await zk.transaction([
      create('/a', 'data'),
      set('/old', 'y', { version: 0 }),
      check('/old', 1),
      create('/a/n-', null, { sequential: true }),
      remove('/old', { version: 1 }),
    ]);
    // Their types are part of the contract.
    const typed: [string, number, undefined, string, undefined] = [
      made,
      changed.version,
      checked,
      numbered,
      gone,
    ];
    expect(typed).toEqual(['/a', 1, undefined, '/a/n-0000000000', undefined]);
    expect((await zk.get('/a/n-0000000000')).data).toBeNull();
    expect([...(await zk.children('/'))].sort()).toEqual(['a']);
  });

  it('answers the stat of a create that asks for it', async () => {
    const zk = await target.client();
    const [{ path, stat }, plain] = await zk.transaction([
      create('/a', 'data', { withStat: true }),
      create('/a/e', null, { mode: 'ephemeral' }),
    ]);
    expect([path, plain]).toEqual(['/a', '/a/e']);
    expect(stat).toMatchObject({ version: 0, dataLength: 4, ephemeralOwner: 0n });
    expect(stat.czxid).toBe((await zk.exists('/a/e'))?.czxid);
  });

  it('makes containers and sequential ephemerals', async () => {
    const zk = await target.client();
    const [box, first, second] = await zk.transaction([
      create('/box', null, { mode: 'container' }),
      create('/box/e-', null, { mode: 'ephemeral', sequential: true }),
      create('/box/e-', null, { mode: 'ephemeral', sequential: true }),
    ]);
    expect([box, first, second]).toEqual(['/box', '/box/e-0000000000', '/box/e-0000000001']);
    expect((await zk.exists(first))?.ephemeralOwner).toBe(zk.session?.id);
  });

  it('may be empty', async () => {
    const zk = await target.client();
    expect(await zk.transaction([])).toEqual([]);
  });

  it('happens at one zxid', async () => {
    const zk = await target.client();
    await zk.transaction([create('/a'), create('/b'), set('/a', 'x')]);
    const [a, b] = [await zk.exists('/a'), await zk.exists('/b')];
    expect(new Set([a?.czxid, a?.mzxid, b?.czxid]).size).toBe(1);
  });
}

const refusals: readonly (readonly [
  string,
  readonly TransactionOperation[],
  new () => ServerError,
  string,
])[] = [
  ['a check', [create('/n'), check('/full', 9)], BadVersionError, 'BadVersion|2 of 2: check /full'],
  ['a check of nothing', [check('/none')], NoNodeError, 'NoNode|1 of 1: check /none'],
  ['a set', [set('/full', 'x', { version: 9 })], BadVersionError, 'BadVersion|1 of 1: set /full'],
  ['a set of nothing', [create('/n'), set('/none', 'x')], NoNodeError, 'NoNode|2 of 2: set /none'],
  ['a create', [create('/full'), create('/n')], NodeExistsError, 'NodeExists|1 of 2: create /full'],
  ['an orphan', [create('/x/y')], NoNodeError, 'NoNode|1 of 1: create /x/y'],
  ['a remove', [remove('/full')], NotEmptyError, 'NotEmpty|1 of 1: remove /full'],
  ['a remove of nothing', [remove('/none')], NoNodeError, 'NoNode|1 of 1: remove /none'],
  [
    'what a part of itself has done',
    [create('/n'), create('/n')],
    NodeExistsError,
    'NodeExists|2 of 2: create /n',
  ],
];

function describeRefusals(target: ContractTarget): void {
  it.each(refusals)('is refused for %s', async (_, operations, type, expected) => {
    const zk = await withFullNode(target);
    const [code = '', place = ''] = expected.split('|');
    const message = `${code}: transaction, operation ${place}`;
    const error = await expectFailure(zk.transaction(operations), TransactionError, message);
    expect(error.cause).toBeInstanceOf(type);
    expect(error).toMatchObject({ codeName: code, index: Number(place[0]) - 1 });
    expect(await zk.children('/')).toEqual(['full']);
  });

  it('says of each operation how it stands', async () => {
    const zk = await withFullNode(target);
    const refused = zk.transaction([
      create('/a'),
      check('/full', 0),
      set('/none', 'x'),
      create('/b'),
      remove('/also-none'),
    ]);
    const message = 'NoNode: transaction, operation 3 of 5: set /none';
    const error = await expectFailure(refused, TransactionError, message);
    // Just looked at.
    const { errors, index } = error as TransactionError;
    expect(index).toBe(2);
    expect(errors.map((one) => one?.codeName)).toEqual([
      undefined,
      undefined,
      'NoNode',
      'RuntimeInconsistency',
      'RuntimeInconsistency',
    ]);
    expect(errors.map((one) => one?.path)).toEqual([
      undefined,
      undefined,
      '/none',
      '/b',
      '/also-none',
    ]);
  });
}

function describeAtomicity(target: ContractTarget): void {
  it('leaves nothing of a refused one, not even in the numbers', async () => {
    const zk = await withFullNode(target);
    const refused = zk.transaction([
      create('/full/n-', null, { sequential: true }),
      set('/full', 'changed'),
      check('/full', 77),
    ]);
    await expectFailure(refused, TransactionError, /BadVersion/);
    expect((await zk.exists('/full'))?.version).toBe(0);
    expect(await zk.create('/full/n-', null, { sequential: true })).toBe('/full/n-0000000001');
  });

  it('lets one of many who compare and set go through each round', async () => {
    const chroot = await target.newChroot();
    const clients = [1, 2, 3, 4].map(() => target.clientAt(chroot));
    await clients[0]?.create('/counter', '0');
    await Promise.all(clients.map((zk) => countUp(zk, 10)));
    const { data, stat } = (await clients[0]?.get('/counter')) ?? {};
    expect(String(Buffer.from(data ?? []))).toBe('40');
    expect(stat?.version).toBe(40);
  });
}

async function withFullNode(target: ContractTarget): Promise<ZooKeeper> {
  const zk = await target.client();
  await zk.transaction([create('/full', 'x'), create('/full/child')]);
  return zk;
}

/** Adds one to the counter that many times, by a transaction that goes through only if nobody else was faster. */
async function countUp(zk: ZooKeeper, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const { data, stat } = await zk.get('/counter');
    const next = String(Number(Buffer.from(data ?? [])) + 1);
    try {
      await zk.transaction([check('/counter', stat.version), set('/counter', next)]);
      done++;
    } catch (error) {
      if (!(error instanceof TransactionError && error.codeName === 'BadVersion')) throw error;
    }
  }
}
