/**
 * The contract of several kinds of watches on one path and connection. Since 3.9 they do not touch each other; before,
 * the last one left wins (ZOOKEEPER-4466), which is why a client never mixes them.
 */

import { type RawSession } from '../support/raw-session.js';
import { type ContractTarget } from './target.js';

interface Row {
  readonly mix: string;
  readonly leave: (raw: RawSession) => Promise<unknown>;
  /** What two new children, new data twice and the end of all tell it, from 3.9 on. */
  readonly since39: readonly string[];
  readonly before39: readonly string[];
}

const rows: readonly Row[] = [
  {
    mix: 'persistent, then child',
    leave: async (raw) => {
      await raw.addWatch('/n', 0);
      await raw.getChildren('/n', true);
    },
    since39: ['childrenChanged /n', 'childrenChanged /n', 'dataChanged /n', 'dataChanged /n'],
    before39: ['childrenChanged /n', 'dataChanged /n', 'dataChanged /n'],
  },
  {
    mix: 'persistent, then data',
    leave: async (raw) => {
      await raw.addWatch('/n', 0);
      await raw.getData('/n', true);
    },
    since39: ['childrenChanged /n', 'childrenChanged /n', 'dataChanged /n', 'dataChanged /n'],
    before39: ['childrenChanged /n', 'childrenChanged /n', 'dataChanged /n'],
  },
  {
    mix: 'data and child, then persistent',
    leave: async (raw) => {
      await raw.getData('/n', true);
      await raw.getChildren('/n', true);
      await raw.addWatch('/n', 0);
    },
    since39: ['childrenChanged /n', 'childrenChanged /n', 'dataChanged /n', 'dataChanged /n'],
    before39: ['childrenChanged /n', 'childrenChanged /n', 'dataChanged /n', 'dataChanged /n'],
  },
  {
    mix: 'persistent, then recursive',
    leave: async (raw) => {
      await raw.addWatch('/n', 0);
      await raw.addWatch('/n', 1);
    },
    since39: [
      'created /n/a',
      'childrenChanged /n',
      'created /n/b',
      'childrenChanged /n',
      'dataChanged /n',
      'dataChanged /n',
    ],
    before39: ['created /n/a', 'created /n/b', 'dataChanged /n', 'dataChanged /n'],
  },
  {
    mix: 'recursive, then persistent',
    leave: async (raw) => {
      await raw.addWatch('/n', 1);
      await raw.addWatch('/n', 0);
    },
    since39: [
      'created /n/a',
      'childrenChanged /n',
      'created /n/b',
      'childrenChanged /n',
      'dataChanged /n',
      'dataChanged /n',
    ],
    before39: ['childrenChanged /n', 'childrenChanged /n', 'dataChanged /n', 'dataChanged /n'],
  },
  {
    mix: 'recursive on the parent, then all on the znode',
    leave: async (raw) => {
      await raw.addWatch('', 1);
      await raw.addWatch('/n', 1);
    },
    since39: ['created /n/a', 'created /n/b', 'dataChanged /n', 'dataChanged /n'],
    before39: ['created /n/a', 'created /n/b', 'dataChanged /n', 'dataChanged /n'],
  },
];

export function describeWatchModes(target: ContractTarget): void {
  describe('several kinds of watches on one path', () => {
    it.each(rows)('do as the release has them: $mix', async ({ leave, since39, before39 }) => {
      const [raw, writer] = await target.raws(2);
      if (raw === undefined || writer === undefined) throw new Error('two were asked for');
      await writer.create('/n');
      await leave(raw);
      await writer.create('/n/a');
      await writer.create('/n/b');
      await writer.setData('/n');
      await writer.setData('/n');
      expect(await raw.told()).toEqual(target.isAtLeast(3, 9) ? since39 : before39);
    });

    it('keep apart on several connections', async () => {
      const [one, other, writer] = await target.raws(3);
      await writer?.create('/n');
      await one?.addWatch('/n', 1);
      await other?.getChildren('/n', true);
      await writer?.create('/n/c');
      expect(await other?.told()).toEqual(['childrenChanged /n']);
      expect(await one?.told()).toEqual(['created /n/c']);
    });
  });
}
