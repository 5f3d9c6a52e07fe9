/** The differential test itself: that it finds what is wrong, shrinks it, and finds nothing where nothing is. */

import { isSame, sideBySide } from './compare.js';
import { embedded } from './contestant.js';
import { compareServers, playBoth } from './differential.js';
import { mutants, tampered } from './mutants.js';
import { type Ask, countAsks, type Script } from './script.js';

const seed = 1;
const timeoutMs = 240_000;
const open = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const honest = embedded({});

describe('the differential test', () => {
  it(
    'finds nothing between two servers that are the same',
    async () => {
      const { disagreement, asked } = await compareServers([honest, honest], { seed, runs: 20 });
      expect(disagreement).toBeUndefined();
      expect(asked).toBeGreaterThan(300);
    },
    timeoutMs,
  );

  it.each(Object.entries(mutants))(
    'finds %s, in a short script',
    async (_name, newTamper) => {
      const contestants = [honest, tampered(honest, newTamper)] as const;
      const { disagreement, script } = await compareServers(contestants, { seed, runs: 100 });
      expect(disagreement).toContain('\n>>>  ');
      expect(countAsks(script ?? [])).toBeLessThanOrEqual(4);
    },
    timeoutMs,
  );

  it('shows the script, what both said, and where they first differ', async () => {
    const deaf = tampered(honest, mutants['no event of a deletion'] ?? (() => (frames) => frames));
    const step = (session: 'a' | 'b', op: Ask['op'], body: unknown): Script[number] => ({
      kind: 'ask',
      session,
      asks: [{ op, body }],
    });
    const pair = await playBoth(
      [
        step('a', 'addWatch', { path: '~/x', mode: 0 }),
        step('b', 'create', { path: '~/x', data: null, acl: open, flags: 1 }),
        step('b', 'closeSession', undefined),
      ],
      [honest, deaf],
    );
    expect(isSame(pair)).toBe(false);
    expect(sideBySide(pair, ['embedded', 'tampered']).split('\n')).toEqual([
      '  1. a: addWatch path=~/x mode=0',
      '               a is a, 10000 ms, 16 bytes',
      '               a addWatch +1 ok 0',
      '  2. b: create path=~/x data=null acl=[world:anyone=31] flags=1',
      '               a event created ~/x state=3 -1',
      '               b is b, 10000 ms, 16 bytes',
      '               b create +3 ok ~/x',
      '  3. b: closeSession',
      '>>>  embedded  a event deleted ~/x state=3 -1',
      '               b closeSession +4 ok',
      '               b is closed',
      '  4. what is left',
      ...['/', '~', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'].map((path): unknown =>
        expect.stringMatching(new RegExp(`^ {15}${path} ""`)),
      ),
    ]);
  });
});
