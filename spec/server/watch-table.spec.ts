/** The relation of paths and watchers, and the order in which a change is told. */

import { openAcl } from '../../src/server/acl.js';
import { type Watcher, WatchTable } from '../../src/server/watch-table.js';
import { type Change, Watches } from '../../src/server/watches.js';

function listener(mayRead = true): Watcher & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    mayRead: () => mayRead,
    notify: ({ type, path }) => told.push(`${String(type)} ${path}`),
  };
}

const change = (type: Change['type'], path: string): Change => ({
  type,
  path,
  acl: openAcl,
  parentAcl: openAcl,
  bytes: 0,
});

describe('WatchTable', () => {
  it('counts pairs, each once', () => {
    const table = new WatchTable();
    const [a, b] = [listener(), listener()];
    table.add('/x', a);
    table.add('/x', a);
    table.add('/x', b);
    table.add('/y', b);
    expect(table.size).toBe(3);
    expect(table.remove('/x', a)).toBe(true);
    expect(table.remove('/x', a)).toBe(false);
    expect(table.size).toBe(2);
    expect([...(table.take('/x') ?? [])]).toEqual([b]);
    expect(table.take('/x')).toBeUndefined();
    expect(table.size).toBe(1);
  });

  it('forgets all of one watcher and nothing of the others', () => {
    const table = new WatchTable();
    const [a, b] = [listener(), listener()];
    ['/x', '/y', '/z'].forEach((path) => {
      table.add(path, a);
    });
    table.add('/x', b);
    table.drop(a);
    table.drop(a);
    expect(table.size).toBe(1);
    expect([...(table.at('/x') ?? [])]).toEqual([b]);
    expect(table.at('/y')).toBeUndefined();
  });
});

describe('Watches', () => {
  it('tells each watcher once of a znode, however many watches it has', () => {
    const watches = new Watches();
    const a = listener();
    watches.data.add('/n', a);
    watches.child.add('/n', a);
    watches.persistent.add('/n', a);
    watches.recursive.add('/n', a);
    watches.recursive.add('/', a);
    watches.publish(change('deleted', '/n'), 1n);
    expect(a.told).toEqual(['2 /n']);
    expect(watches.size).toBe(3);
  });

  it('tells recursive watchers of znodes at any depth, never of lists', () => {
    const watches = new Watches();
    const [a, top] = [listener(), listener()];
    watches.recursive.add('/a', a);
    watches.recursive.add('/', top);
    watches.publish(change('created', '/a/b/c'), 1n);
    watches.publish(change('created', '/ab'), 2n);
    expect(a.told).toEqual(['1 /a/b/c']);
    expect(top.told).toEqual(['1 /a/b/c', '1 /ab']);
  });

  it('uses a one-shot watch up even if its owner may not read', () => {
    const watches = new Watches();
    const blind = listener(false);
    watches.data.add('/n', blind);
    watches.publish(change('dataChanged', '/n'), 1n);
    expect(blind.told).toEqual([]);
    expect(watches.size).toBe(0);
  });
});
