/** The tree alone: stat rules, counters, lists by owner, and undoing. */

import { openAcl } from '../../src/server/acl.js';
import { Tree } from '../../src/server/tree.js';
import { virginTree } from '../../src/server/virgin-tree.js';
import { statOf, type Znode, type ZnodeKind } from '../../src/server/znode.js';

const content = { data: null, acl: openAcl };

function root(tree: Tree): Znode {
  const node = tree.get('/');
  if (node === undefined) throw new Error('no root');
  return node;
}

function add(
  tree: Tree,
  path: string,
  {
    kind = 'persistent',
    owner = 0n,
    zxid = 1n,
  }: { kind?: ZnodeKind; owner?: bigint; zxid?: bigint } = {},
): Znode {
  const parent = tree.get(path.slice(0, path.lastIndexOf('/')));
  if (parent === undefined) throw new Error(`no parent of ${path}`);
  return tree.create(parent, { path, kind, owner, ttlMs: 0, zxid, time: 5 }, content);
}

function everything(tree: Tree): unknown {
  return {
    nodes: new Map(
      [...tree.all()].map((node) => [node.path, { ...statOf(node), next: node.childCreates }]),
    ),
    expirable: new Set(tree.expirable),
    ephemerals: new Set(tree.ephemeralsOf(7n)),
  };
}

describe('Tree', () => {
  it('starts as a real server does', () => {
    const tree = virginTree();
    expect([...tree.all()].map(({ path }) => path)).toEqual([
      '/',
      '/zookeeper',
      '/zookeeper/quota',
      '/zookeeper/config',
    ]);
    const stats = ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'].map((path) => {
      const node = tree.get(path);
      return node === undefined ? undefined : statOf(node);
    });
    expect(stats.map((stat) => stat?.cversion)).toEqual([-1, -2, 0, 0]);
    expect(stats.map((stat) => stat?.aversion)).toEqual([0, 0, 0, -1]);
    expect(tree.countDescendants('/')).toBe(3);
    expect(root(tree).childCreates).toBe(0);
  });

  it('finds the root as "" too, and no other path that is not one', () => {
    const tree = virginTree();
    expect(tree.get('')).toBe(tree.get('/'));
    expect(tree.get('/zookeeper/')).toBeUndefined();
  });

  it('shows creations plus deletions as cversion and counts creations only', () => {
    const tree = new Tree(content);
    const a = add(tree, '/a');
    const b = add(tree, '/b', { zxid: 2n });
    tree.remove(root(tree), a, 3n);
    expect(statOf(root(tree))).toMatchObject({ cversion: 3, numChildren: 1, pzxid: 3n });
    expect(root(tree).childCreates).toBe(2);
    tree.setData(b, new Uint8Array(4), { zxid: 9n, time: 77 });
    tree.setAcl(b, []);
    expect(statOf(b)).toMatchObject({
      czxid: 2n,
      mzxid: 9n,
      pzxid: 2n,
      ctime: 5,
      mtime: 77,
      version: 1,
      aversion: 1,
      dataLength: 4,
    });
    expect(statOf(root(tree)).pzxid).toBe(3n);
  });

  it('wraps a data version', () => {
    const tree = new Tree(content);
    const a = add(tree, '/a');
    a.version = 0x7fff_ffff;
    tree.setData(a, null, { zxid: 2n, time: 6 });
    expect(statOf(a).version).toBe(-0x8000_0000);
  });

  it('lets the counter of children stick at its largest value', () => {
    const tree = new Tree(content);
    root(tree).childCreates = 0x7fff_ffff;
    add(tree, '/a', { zxid: 8n });
    expect(root(tree).childCreates).toBe(0x7fff_ffff);
  });

  it('knows the ephemerals of a session and what the reaper must look at', () => {
    const tree = new Tree(content);
    add(tree, '/e', { kind: 'ephemeral', owner: 7n });
    const box = add(tree, '/box', { kind: 'container' });
    expect([...tree.expirable]).toEqual([]);
    const inside = add(tree, '/box/e', { kind: 'ephemeral', owner: 7n });
    expect([...tree.ephemeralsOf(7n)]).toEqual(['/e', '/box/e']);
    tree.remove(box, inside, 4n);
    expect([...tree.expirable]).toEqual(['/box']);
    tree.remove(root(tree), box, 5n);
    expect([...tree.expirable]).toEqual([]);
    expect(tree.ephemeralCount).toBe(1);
  });

  it('counts descendants at any depth', () => {
    const tree = new Tree(content);
    ['/a', '/a/b', '/a/b/c', '/a/d', '/ab'].forEach((path) => add(tree, path));
    expect(['/', '/a', '/a/b', '/ab'].map((path) => tree.countDescendants(path))).toEqual([
      5, 3, 1, 0,
    ]);
    // Below nothing at all there is the root too, as a real server has it.
    expect(tree.countDescendants('')).toBe(6);
  });

  it('undoes everything that was done since begin', () => {
    const tree = new Tree(content);
    add(tree, '/e', { kind: 'ephemeral', owner: 7n });
    const box = add(tree, '/box', { kind: 'container' });
    const x = add(tree, '/box/x');
    const before = everything(tree);
    tree.begin();
    add(tree, '/new', { kind: 'ephemeral', owner: 7n, zxid: 9n });
    tree.remove(box, x, 9n);
    tree.remove(root(tree), box, 9n);
    tree.setData(root(tree), new Uint8Array(3), { zxid: 9n, time: 99 });
    tree.setAcl(root(tree), []);
    expect(everything(tree)).not.toEqual(before);
    tree.rollBack();
    expect(everything(tree)).toEqual(before);
  });

  it('cannot undo what was committed', () => {
    const tree = new Tree(content);
    tree.begin();
    add(tree, '/a');
    tree.commit();
    tree.rollBack();
    expect(tree.get('/a')).toBeDefined();
  });
});
