/** The contract of setWatches and setWatches2: what a watch that is left again is told at once, and what it waits for. */

import { createFlags } from '../../../src/wire/request-records.js';
import { type SetWatches2Request } from '../../../src/wire/watch-records.js';
import { said } from '../../support/raw-client.js';
import { type RawSession } from '../support/raw-session.js';
import { type ContractTarget } from './target.js';

type List = Exclude<keyof SetWatches2Request, 'relativeZxid'>;

interface Row {
  readonly missed: string;
  readonly list: List;
  /** Done before, with the zxid taken behind it. */
  readonly before?: (writer: RawSession) => Promise<unknown>;
  /** Done while nobody watched. */
  readonly meanwhile?: (writer: RawSession) => Promise<unknown>;
  readonly told: readonly string[];
  /** What a create or setData of `/n`, and then a new child, tell it after that. */
  readonly later: readonly string[];
}

const create = (raw: RawSession): Promise<string> => raw.create('/n');
const set = (raw: RawSession): Promise<string> => raw.setData('/n');
const addChild = (raw: RawSession): Promise<string> => raw.create('/n/x');
const remove = (raw: RawSession): Promise<string> => raw.delete('/n');
const again = async (raw: RawSession): Promise<void> => {
  await remove(raw);
  await create(raw);
};

const before = create;

const rows: readonly Row[] = [
  { missed: 'nothing', list: 'data', before, told: [], later: ['dataChanged /n'] },
  { missed: 'a change', list: 'data', before, meanwhile: set, told: ['dataChanged /n'], later: [] },
  { missed: 'the end', list: 'data', before, meanwhile: remove, told: ['deleted /n'], later: [] },
  {
    missed: 'end and return',
    list: 'data',
    before,
    meanwhile: again,
    told: ['dataChanged /n'],
    later: [],
  },
  {
    missed: 'a child',
    list: 'data',
    before,
    meanwhile: addChild,
    told: [],
    later: ['dataChanged /n'],
  },
  {
    missed: 'a new ACL',
    list: 'data',
    before,
    meanwhile: (raw) => raw.setAcl('/n'),
    told: [],
    later: ['dataChanged /n'],
  },
  { missed: 'nothing', list: 'exist', told: [], later: ['created /n'] },
  { missed: 'the creation', list: 'exist', meanwhile: create, told: ['created /n'], later: [] },
  {
    missed: 'creation and end',
    list: 'exist',
    meanwhile: async (raw) => {
      await create(raw);
      await remove(raw);
    },
    told: [],
    later: ['created /n'],
  },
  { missed: 'nothing', list: 'child', before, told: [], later: ['childrenChanged /n'] },
  {
    missed: 'a child',
    list: 'child',
    before,
    meanwhile: addChild,
    told: ['childrenChanged /n'],
    later: [],
  },
  { missed: 'the end', list: 'child', before, meanwhile: remove, told: ['deleted /n'], later: [] },
  {
    missed: 'a change',
    list: 'child',
    before,
    meanwhile: set,
    told: [],
    later: ['childrenChanged /n'],
  },
  {
    missed: 'a change',
    list: 'persistent',
    before,
    meanwhile: set,
    told: [],
    later: ['dataChanged /n', 'childrenChanged /n'],
  },
  {
    missed: 'the creation',
    list: 'persistent',
    meanwhile: create,
    told: [],
    later: ['dataChanged /n', 'childrenChanged /n'],
  },
  {
    missed: 'the end',
    list: 'persistent',
    before,
    meanwhile: remove,
    told: [],
    later: ['created /n', 'childrenChanged /n'],
  },
  {
    missed: 'a child',
    list: 'persistentRecursive',
    before,
    meanwhile: addChild,
    told: [],
    later: ['dataChanged /n', 'created /n/c'],
  },
  {
    missed: 'the end',
    list: 'persistentRecursive',
    before,
    meanwhile: remove,
    told: [],
    later: ['created /n', 'created /n/c'],
  },
];

export function describeWatchRestoring(target: ContractTarget): void {
  describe('watches that are left again', () => {
    it.each(rows)('in $list, having missed $missed', (row) => expectRow(target, row));
    describeReply(target);
  });
}

const nothing: SetWatches2Request = {
  relativeZxid: 0n,
  data: [],
  exist: [],
  child: [],
  persistent: [],
  persistentRecursive: [],
};

async function expectRow(target: ContractTarget, row: Row): Promise<void> {
  const [raw, writer] = await target.raws(2);
  if (raw === undefined || writer === undefined) throw new Error('two were asked for');
  await row.before?.(writer);
  const relativeZxid = (await raw.ask('ping', undefined, -2)).zxid;
  await row.meanwhile?.(writer);
  const request = { ...nothing, relativeZxid, [row.list]: [`${raw.base}/n`] };
  const name = row.list.startsWith('persistent') ? 'setWatches2' : 'setWatches';
  expect(said(await raw.ask(name, request, -8))).toBe('ok');
  expect(await raw.told()).toEqual(row.told);
  if ((await writer.setData('/n')) === 'NoNode') await writer.create('/n');
  await writer.create('/n/c');
  expect(await raw.told()).toEqual(row.later);
}

function describeReply(target: ContractTarget): void {
  it.each(['setWatches', 'setWatches2'] as const)(
    'by %s are told what they missed before the reply, which has the xid of the request',
    async (name) => {
      const [raw, writer] = await target.raws(2);
      await writer?.create('/n');
      const from = raw?.log.length;
      const paths = [`${raw?.base ?? ''}/n`];
      const request = { ...nothing, data: paths, child: paths };
      expect(await raw?.ask(name, request, -8)).toMatchObject({ xid: -8, error: 0 });
      const frames = raw?.log.slice(from).map(({ kind }) => kind);
      expect(frames).toEqual(['event', 'event', 'reply']);
      const events = raw?.rawEvents().map(({ type, zxid }) => [type, zxid]);
      expect(events).toEqual([
        [3, -1n],
        [4, -1n],
      ]);
      expect(await raw?.ask(name, nothing, 17)).toMatchObject({ xid: 17, error: 0 });
    },
  );

  it('of several paths and kinds are told each of its own', async () => {
    const [raw, writer] = await target.raws(2);
    if (raw === undefined || writer === undefined) throw new Error('two were asked for');
    for (const path of ['/a', '/b', '/p']) await writer.create(path);
    const relativeZxid = (await raw.ask('ping', undefined, -2)).zxid;
    await writer.setData('/a');
    await writer.delete('/b');
    await writer.create('/p/e', { flags: createFlags.ephemeral });
    const at = (...paths: string[]): readonly string[] => paths.map((path) => raw.base + path);
    await raw.ask('setWatches2', {
      relativeZxid,
      data: at('/a', '/b', '/p'),
      exist: at('/none', '/p/e'),
      child: at('/a', '/p'),
      persistent: at('/q'),
      persistentRecursive: at('/r'),
    });
    expect([...(await raw.told())].sort()).toEqual([
      'childrenChanged /p',
      'created /p/e',
      'dataChanged /a',
      'deleted /b',
    ]);
    for (const path of ['/none', '/q', '/r']) await writer.create(path);
    await writer.setData('/p');
    await writer.create('/a/c');
    expect(await raw.told()).toEqual([
      'created /none',
      'created /q',
      'created /r',
      'dataChanged /p',
      'childrenChanged /a',
    ]);
  });
}
