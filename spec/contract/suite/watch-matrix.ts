/** The contract of which change fires which watch: every cell, those that stay silent included. */

import { type MultiOperation } from '../../../src/wire/multi.js';
import { createFlags } from '../../../src/wire/request-records.js';
import { until } from '../support/recording.js';
import { openAcl, type RawSession } from '../support/raw-session.js';
import { all, staged, type Told } from '../support/watch-stage.js';
import { type ContractTarget } from './target.js';

interface Row {
  readonly change: string;
  /** What is there before: `/n` alone if this is missing. */
  readonly given?: readonly string[];
  readonly does: (writer: RawSession) => Promise<unknown>;
  /** Which kinds are told of what. The others are told nothing. */
  readonly told: Told;
}

export function describeWatchMatrix(target: ContractTarget): void {
  describe('watches on /n', () => {
    it.each(rows)('fire for $change', async ({ given = ['/n'], does, told }) => {
      const stage = await staged(target, given);
      await stage.leaveWatches();
      await does(stage.writer);
      expect(await stage.told()).toEqual(all(told));
    });

    it.each(silent)('keep silent for %s', async (_, act) => {
      const stage = await staged(target, ['/n', '/n/c']);
      await stage.leaveWatches();
      await act(stage.writer);
      expect(await stage.told()).toEqual(all({}));
    });

    const itWithTtl = target.settings.ttl ? it : it.skip;
    it('fire for the reaping of a container', () => firesForReaping(target, box));
    itWithTtl('fire for the reaping of a TTL znode', () => firesForReaping(target, shortLived));

    it('fire for the end of the session that owns a child', async () => {
      const stage = await staged(target, ['/n']);
      const owner = await target.raw({ base: stage.writer.base });
      await owner.create('/n/c', { flags: createFlags.ephemeral });
      await stage.leaveWatches();
      await owner.end();
      expect(await stage.told()).toEqual(all(childGone));
    });

    it('fire for the end of the session that owns it', async () => {
      const stage = await staged(target, []);
      const owner = await target.raw({ base: stage.writer.base });
      await owner.create('/n', { flags: createFlags.ephemeral });
      await stage.leaveWatches();
      await owner.end();
      expect(await stage.told()).toEqual(all(gone));
    });
  });
}

const named = { path: '/n/c', data: null, acl: openAcl } as const;
const box: MultiOperation = { ...named, type: 'createContainer', flags: createFlags.container };
const shortLived: MultiOperation = {
  ...named,
  type: 'createTtl',
  flags: createFlags.persistentWithTtl,
  ttlMs: 1,
};

/** What is to be reaped has a child, which keeps it until the watches are left. */
async function firesForReaping(target: ContractTarget, kind: MultiOperation): Promise<void> {
  const stage = await staged(target, ['/n']);
  const { writer } = stage;
  await writer.multi([kind, { ...named, type: 'create', path: '/n/c/x', flags: 0 }]);
  await stage.leaveWatches();
  await writer.delete('/n/c/x');
  await until('the reaper', async () => (await writer.getData('/n/c')) === 'NoNode');
  const recursive = ['deleted /n/c/x', 'deleted /n/c'];
  expect(await stage.told()).toEqual(all({ ...childGone, recursive }));
}

const childMade: Told = {
  child: ['childrenChanged /n'],
  child2: ['childrenChanged /n'],
  persistent: ['childrenChanged /n'],
  recursive: ['created /n/c'],
};

const childGone: Told = { ...childMade, recursive: ['deleted /n/c'] };

const changed: Told = {
  data: ['dataChanged /n'],
  exists: ['dataChanged /n'],
  persistent: ['dataChanged /n'],
  recursive: ['dataChanged /n'],
};

const gone: Told = {
  data: ['deleted /n'],
  exists: ['deleted /n'],
  child: ['deleted /n'],
  child2: ['deleted /n'],
  persistent: ['deleted /n'],
  recursive: ['deleted /n'],
};

const made: Told = {
  exists: ['created /n'],
  persistent: ['created /n'],
  recursive: ['created /n'],
};

const rows: readonly Row[] = [
  { change: 'its creation', given: [], does: (raw) => raw.create('/n'), told: made },
  { change: 'new data', does: (raw) => raw.setData('/n'), told: changed },
  {
    change: 'the same data again',
    does: (raw) => raw.ask('setData', { path: `${raw.base}/n`, data: null, version: -1 }),
    told: changed,
  },
  { change: 'a new ACL', does: (raw) => raw.setAcl('/n'), told: {} },
  { change: 'a new child', does: (raw) => raw.create('/n/c'), told: childMade },
  {
    change: 'a new child by create2',
    does: (raw) => createKind(raw, 'create2', '/n/c'),
    told: childMade,
  },
  {
    change: 'a new container as child',
    does: (raw) => createKind(raw, 'createContainer', '/n/c'),
    told: childMade,
  },
  {
    change: 'a new numbered child',
    does: (raw) => raw.create('/n/', { flags: createFlags.persistentSequential }),
    told: { ...childMade, recursive: ['created /n/0000000000'] },
  },
  {
    change: 'new data of a child',
    given: ['/n', '/n/c'],
    does: (raw) => raw.setData('/n/c'),
    told: { recursive: ['dataChanged /n/c'] },
  },
  {
    change: 'a new ACL of a child',
    given: ['/n', '/n/c'],
    does: (raw) => raw.setAcl('/n/c'),
    told: {},
  },
  {
    change: 'a new grandchild',
    given: ['/n', '/n/c'],
    does: (raw) => raw.create('/n/c/g'),
    told: { recursive: ['created /n/c/g'] },
  },
  {
    change: 'the end of a grandchild',
    given: ['/n', '/n/c', '/n/c/g'],
    does: (raw) => raw.delete('/n/c/g'),
    told: { recursive: ['deleted /n/c/g'] },
  },
  {
    change: 'the end of a child',
    given: ['/n', '/n/c'],
    does: (raw) => raw.delete('/n/c'),
    told: childGone,
  },
  {
    change: 'its end',
    does: (raw) => raw.delete('/n'),
    told: gone,
  },
  {
    change: 'its end and return: persistent ones stay, others fire once',
    does: async (raw) => {
      await raw.delete('/n');
      await raw.create('/n');
      await raw.setData('/n');
    },
    told: {
      ...gone,
      persistent: ['deleted /n', 'created /n', 'dataChanged /n'],
      recursive: ['deleted /n', 'created /n', 'dataChanged /n'],
    },
  },
  {
    change: 'a second child: others fire once',
    does: async (raw) => {
      await raw.create('/n/c');
      await raw.create('/n/d');
    },
    told: {
      child: ['childrenChanged /n'],
      child2: ['childrenChanged /n'],
      persistent: ['childrenChanged /n', 'childrenChanged /n'],
      recursive: ['created /n/c', 'created /n/d'],
    },
  },
  {
    change: 'each operation of a multi, in its order',
    does: (raw) =>
      raw.multi([
        { type: 'create', path: '/n/c', data: null, acl: openAcl, flags: 0 },
        { type: 'setData', path: '/n', data: null, version: -1 },
        { type: 'check', path: '/n', version: -1 },
        { type: 'setData', path: '/n/c', data: null, version: -1 },
        { type: 'delete', path: '/n/c', version: -1 },
        { type: 'delete', path: '/n', version: -1 },
      ]),
    told: {
      data: ['dataChanged /n'],
      exists: ['dataChanged /n'],
      child: ['childrenChanged /n'],
      child2: ['childrenChanged /n'],
      persistent: ['childrenChanged /n', 'dataChanged /n', 'childrenChanged /n', 'deleted /n'],
      recursive: [
        'created /n/c',
        'dataChanged /n',
        'dataChanged /n/c',
        'deleted /n/c',
        'deleted /n',
      ],
    },
  },
];

const silent: readonly (readonly [string, (raw: RawSession) => Promise<unknown>])[] = [
  ['what is read', (raw) => raw.getData('/n')],
  ['sync', (raw) => raw.ask('sync', { path: `${raw.base}/n` })],
  ['a write that is refused', (raw) => raw.setData('/n', 9)],
  ['a create that is refused', (raw) => raw.create('/n/c')],
  ['a delete that is refused', (raw) => raw.delete('/n')],
  ['what is beside it', (raw) => raw.create('/nn')],
  [
    'a multi that is refused',
    (raw) =>
      raw.multi([
        { type: 'setData', path: '/n', data: null, version: -1 },
        { type: 'check', path: '/n', version: 9 },
      ]),
  ],
];

async function createKind(
  raw: RawSession,
  kind: 'create2' | 'createContainer',
  name: string,
): Promise<unknown> {
  return raw.ask(kind, { path: raw.base + name, data: null, acl: openAcl, flags: 0 });
}
