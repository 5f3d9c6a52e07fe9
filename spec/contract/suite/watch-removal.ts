/** The contract of asking for and removing watches, and of the modes and types that exist. */

import { said } from '../../support/raw-client.js';
import { type RawSession } from '../support/raw-session.js';
import { type ContractTarget } from './target.js';

const types = { children: 1, data: 2, any: 3, persistent: 4, recursive: 5 } as const;
type Type = keyof typeof types;

type Ask = (raw: RawSession, type: number) => Promise<string>;

const onN =
  (name: 'checkWatches' | 'removeWatches'): Ask =>
  async (raw, watcherType) =>
    said(await raw.ask(name, { path: `${raw.base}/n`, watcherType }));

const check = onN('checkWatches');
const remove = onN('removeWatches');

interface Row {
  readonly left: string;
  readonly leave: (raw: RawSession) => Promise<string>;
  /** The types that find it. */
  readonly types: readonly Type[];
}

const rows: readonly Row[] = [
  { left: 'a data watch', leave: (raw) => raw.getData('/n', true), types: ['data', 'any'] },
  { left: 'an exists watch', leave: (raw) => raw.exists('/n', true), types: ['data', 'any'] },
  {
    left: 'a child watch',
    leave: (raw) => raw.getChildren('/n', true),
    types: ['children', 'any'],
  },
  {
    left: 'a persistent watch',
    leave: (raw) => raw.addWatch('/n', 0),
    types: ['persistent', 'any'],
  },
  { left: 'a recursive watch', leave: (raw) => raw.addWatch('/n', 1), types: ['recursive', 'any'] },
];

export function describeWatchRemoval(target: ContractTarget): void {
  describe('checkWatches and removeWatches', () => {
    describeFound(target);
    describeRemoved(target);
    describeNothing(target);
  });
}

/** The types that this release knows. */
const known = (target: ContractTarget): readonly Type[] =>
  target.isAtLeast(3, 9)
    ? ['children', 'data', 'any', 'persistent', 'recursive']
    : ['children', 'data', 'any'];

/** Before 3.9 a persistent watch is half a data and half a child watch. */
function finders(target: ContractTarget, row: Row): readonly Type[] {
  if (target.isAtLeast(3, 9)) return row.types;
  return row.left.includes('persistent') || row.left.includes('recursive')
    ? ['children', 'data', 'any']
    : row.types;
}

async function staged(target: ContractTarget): Promise<readonly [RawSession, RawSession]> {
  const [raw, writer] = await target.raws(2);
  if (raw === undefined || writer === undefined) throw new Error('two were asked for');
  await writer.create('/n');
  return [raw, writer];
}

function describeFound(target: ContractTarget): void {
  it.each(rows)('find $left by its types alone', async (row) => {
    const [raw] = await staged(target);
    expect(await row.leave(raw)).toBe('ok');
    const found = [];
    for (const type of known(target)) {
      const answer = await check(raw, types[type]);
      if (answer === 'ok') found.push(type);
      else expect([type, answer]).toEqual([type, 'NoWatcher']);
    }
    expect(new Set(found)).toEqual(new Set(finders(target, row)));
  });

  it('find nothing of others', async () => {
    const [raw, other] = await staged(target);
    await other.getData('/n', true);
    // Before 3.9 asking looks at the path alone, whoever watches it.
    const checked = target.isAtLeast(3, 9) ? 'NoWatcher' : 'ok';
    expect([await check(raw, 2), await remove(raw, 3)]).toEqual([checked, 'NoWatcher']);
    await raw.setData('/n');
    expect(await other.told()).toEqual(['dataChanged /n']);
  });
}

function describeRemoved(target: ContractTarget): void {
  it.each(rows)('remove $left, and it is told of nothing', async (row) => {
    const [raw, writer] = await staged(target);
    await row.leave(raw);
    // The last is `any`, which takes all of it in every release.
    expect(await remove(raw, types.any)).toBe('ok');
    expect([await check(raw, types.any), await remove(raw, types.any)]).toEqual([
      'NoWatcher',
      'NoWatcher',
    ]);
    await writer.setData('/n');
    await writer.create('/n/c');
    expect(await raw.told()).toEqual([]);
  });

  it.each(rows)('leave $left alone where another type is asked for', async (row) => {
    const [raw, writer] = await staged(target);
    await row.leave(raw);
    for (const type of known(target)) {
      if (finders(target, row).includes(type)) continue;
      expect([type, await remove(raw, types[type])]).toEqual([type, 'NoWatcher']);
    }
    await writer.setData('/n');
    await writer.create('/n/c');
    expect(await raw.told()).not.toEqual([]);
  });

  it('remove each of two kinds on its own', async () => {
    const [raw, writer] = await staged(target);
    await raw.getData('/n', true);
    await raw.getChildren('/n', true);
    expect(await remove(raw, types.data)).toBe('ok');
    await writer.setData('/n');
    await writer.create('/n/c');
    expect(await raw.told()).toEqual(['childrenChanged /n']);
  });
}

function describeNothing(target: ContractTarget): void {
  it.each(Object.values(types))('have no type %d where there is no watch', async (type) => {
    const [raw] = await staged(target);
    const expected = type <= 3 || target.isAtLeast(3, 9) ? 'NoWatcher' : 'MarshallingError';
    expect([await check(raw, type), await remove(raw, type)]).toEqual([expected, expected]);
  });

  it.each([0, 6, -1, 2 ** 30])('do not know type %d, and the connection stays', async (type) => {
    const [raw] = await staged(target);
    await raw.getData('/n', true);
    expect([await check(raw, type), await remove(raw, type)]).toEqual([
      'MarshallingError',
      'MarshallingError',
    ]);
    expect(await check(raw, types.data)).toBe('ok');
  });

  it.each([2, -1, 7])('addWatch does not know mode %d, and the connection stays', async (mode) => {
    const [raw] = await staged(target);
    expect(await raw.addWatch('/n', mode)).toBe('MarshallingError');
    expect(await check(raw, types.any)).toBe('NoWatcher');
  });

  it('addWatch works on any path, existing or not', async () => {
    const [raw] = await staged(target);
    expect([await raw.addWatch('/none/of/this', 0), await raw.addWatch('/n/', 1)]).toEqual([
      'ok',
      'ok',
    ]);
  });
}
