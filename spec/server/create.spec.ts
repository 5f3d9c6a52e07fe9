/** Sequence numbers that no spec can count up to. */

import { AccessControl, openAcl } from '../../src/server/acl.js';
import { applyCreate } from '../../src/server/create.js';
import { Quotas } from '../../src/server/quotas.js';
import { Refusal } from '../../src/server/refusal.js';
import { serverVersion } from '../../src/server/server-version.js';
import { Tree } from '../../src/server/tree.js';

function sequentialIn(tree: Tree): string | number {
  const outcome = applyCreate(
    {
      tree,
      quotas: new Quotas(tree, { enforce: false, onWarning: () => undefined }),
      rules: {
        access: new AccessControl(new Map()),
        version: serverVersion('3.9.3'),
        extendedTypes: true,
      },
      caller: { sessionId: 1n, identities: [] },
      zxid: 1n,
      time: 0,
      changes: [],
    },
    'create',
    { path: '/s', data: null, acl: openAcl, flags: 2 },
  );
  return outcome instanceof Refusal ? outcome.code : outcome.path;
}

function treeAt(counter: number, counterWraps = false): Tree {
  const tree = new Tree({ data: null, acl: openAcl }, { reapUnused: false, counterWraps });
  const root = tree.get('/');
  if (root !== undefined) root.childCreates = counter;
  return tree;
}

describe('sequence numbers', () => {
  it('stick at the largest, which is in the way of the next until it is deleted', () => {
    const tree = treeAt(0x7fff_fffe);
    expect([1, 2, 3].map(() => sequentialIn(tree))).toEqual(['/s2147483646', '/s2147483647', -110]);
    const [root, last] = [tree.get('/'), tree.get('/s2147483647')];
    if (root === undefined || last === undefined) throw new Error('both are there');
    tree.remove(root, last, 5n);
    expect(sequentialIn(tree)).toBe('/s2147483647');
  });

  it('go on with the smallest after the largest where the release does that', () => {
    const tree = treeAt(0x7fff_fffe, true);
    const made = [1, 2, 3].map(() => sequentialIn(tree));
    expect(made).toEqual(['/s2147483646', '/s2147483647', '/s-2147483648']);
  });

  it('below zero have ten characters with their sign', () => {
    expect(sequentialIn(treeAt(-3))).toBe('/s-000000003');
  });
});
