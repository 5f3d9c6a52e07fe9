/** The small parts of a session on their own: ring, host rotation, watch book. */

import fc from 'fast-check';
import { ForwardedCall } from '../../src/session/call.js';
import { HostRotation } from '../../src/session/host-rotation.js';
import { Ring } from '../../src/session/ring.js';
import { WatchBook, type WatchErrands } from '../../src/session/watch-registry.js';
import { type TreeListener } from '../../src/session/tree-watches.js';
import { type WatchChunk } from '../../src/session/watch-chunks.js';
import { operations } from '../../src/wire/operations.js';
import { dice } from '../support/dice.js';

describe('Ring', () => {
  it('behaves as an array does, whatever is pushed, shifted and drained', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 90 }) },
      { weight: 5, arbitrary: fc.constant('shift' as const) },
      { weight: 1, arbitrary: fc.constant('drain' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const ring = new Ring<number>();
        const model: number[] = [];
        let next = 0;
        for (const each of steps) {
          if (each === 'drain') expect(ring.drain()).toEqual(model.splice(0));
          else if (each === 'shift') expect(ring.shift()).toBe(model.shift());
          else
            for (let i = 0; i < each; i++, next++) {
              model.push(next);
              ring.push(next);
            }
          expect(ring.length).toBe(model.length);
          expect(ring.peek()).toBe(model[0]);
        }
        const seen: number[] = [];
        ring.forEach((item) => seen.push(item));
        expect(seen).toEqual(model);
      }),
    );
  });
});

describe('HostRotation', () => {
  const servers = ['a', 'b', 'c'].map((host) => ({ host, port: 1 }));
  const rotation = (shuffle: boolean, random = (): number => 0.5): HostRotation =>
    new HostRotation(servers, { shuffle, random, initialDelayMs: 100, maxDelayMs: 1_000 });

  it('goes round the list', () => {
    const hosts = rotation(false);
    expect([1, 2, 3, 4].map(() => hosts.next().host)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('starts with every server equally often when it shuffles', () => {
    const random = dice(1, 16_807);
    const first = new Map<string, number>();
    for (let i = 0; i < 3_000; i++) {
      const { host } = rotation(true, random).next();
      first.set(host, (first.get(host) ?? 0) + 1);
    }
    for (const host of ['a', 'b', 'c']) expect(first.get(host)).toBeGreaterThan(900);
  });

  it('doubles the bound of its pause with each round, up to the cap, and starts again after a success', () => {
    const hosts = rotation(false);
    const delays = Array.from({ length: 17 }, () => hosts.nextDelayMs());
    expect(delays).toEqual([
      0, 50, 50, 50, 100, 100, 100, 200, 200, 200, 400, 400, 400, 500, 500, 500, 500,
    ]);
    hosts.succeeded();
    expect(hosts.nextDelayMs()).toBe(50);
  });
});

/** Writes down what is to be done on the server. */
function errands(log: string[] = []): WatchErrands {
  return {
    remove: (table, path) => log.push(`${table} ${path}`),
    addTree: (root) => log.push(`add tree ${root}`) > 0,
    removeTree: (root) => log.push(`remove tree ${root}`) > 0,
    sweep: (watches, isDue) => {
      for (const watch of watches.filter(isDue)) log.push(`${watch.table} ${watch.path}`);
    },
  };
}

/** Somebody who follows a tree and knows these znodes of it. */
function follower(known: readonly string[], seen: string[] = []): TreeListener {
  return {
    onTreeEvent: (change, path) => seen.push(`${change} ${path}`),
    onRecursiveRefused: () => seen.push('refused'),
    holds: (_table, path) => known.includes(path),
    forEachEntry: (tell) => {
      for (const path of known) tell('data', path);
    },
    onCompared: () => undefined,
    forEachKnown: (tell) => {
      for (const path of known) {
        tell('data', path);
        tell('child', path);
      }
    },
  };
}

describe('WatchBook with trees', () => {
  const call = (path: string) =>
    new ForwardedCall(
      operations.getData,
      { path, watch: true },
      {
        context: { operation: 'data$', path },
        answer: { reply: () => undefined, fail: () => undefined },
      },
    );

  it('lets no read leave a watch on a root, where a server before 3.9 would take it for the other', () => {
    const book = new WatchBook(errands());
    const listener = follower([]);
    expect(book.requestOf(call('/a'))).toEqual({ path: '/a', watch: true });
    book.listenTree('/a', listener);
    expect(book.requestOf(call('/a'))).toEqual({ path: '/a', watch: false });
    expect(book.requestOf(call('/a/x'))).toEqual({ path: '/a/x', watch: true });
    book.unlistenTree('/a', listener);
    expect(book.requestOf(call('/a'))).toEqual({ path: '/a', watch: true });
  });

  it('tells all trees on the way up, and those who watch the znode', () => {
    const seen: string[] = [];
    const book = new WatchBook(errands());
    book.listenTree('/', follower([], seen));
    book.listenTree('/a', follower([], seen));
    book.listenTree('/b', follower([], seen));
    book.listen('data', '/a', { onWatchEvent: (change) => seen.push(`data ${change}`) });
    book.dispatch(3, '/a');
    expect(seen).toEqual(['data dataChanged', 'dataChanged /a', 'dataChanged /a']);
    // What a child watch of somebody else tells is no news to a recursive one (ZOOKEEPER-4475).
    book.dispatch(4, '/a');
    expect(seen).toHaveLength(3);
  });

  it('puts data back before the recursive watch, which must be the last, and lists after it', () => {
    const book = new WatchBook(errands());
    book.listenTree('/a', follower(['/a', '/a/x']));
    book.listen('child', '/a', { onWatchEvent: () => undefined });
    book.arm(operations.getChildren2, '/a', false);
    const [chunk] = book.restoration(7n);
    expect(chunk).toEqual({
      relativeZxid: 7n,
      data: ['/a', '/a/x'],
      exist: [],
      child: ['/a', '/a', '/a/x'],
      persistentRecursive: ['/a'],
    });
    const long = Array.from({ length: 9000 }, (_, i) => `/a/${'x'.repeat(20)}${String(i)}`);
    book.listenTree('/a/x', follower(long));
    const chunks = book.restoration(7n);
    const at = (find: (chunk: WatchChunk) => boolean) => chunks.findIndex(find);
    expect(chunks.length).toBeGreaterThan(3);
    const recursive = at(({ persistentRecursive }) => persistentRecursive !== undefined);
    expect(chunks.slice(recursive + 1).every(({ data }) => data.length === 0)).toBe(true);
    expect(at(({ child }) => child.length > 0)).toBeGreaterThanOrEqual(recursive);
  });

  it('lets those who watch a root look again when the tree goes, and asks nobody twice who has no trees', () => {
    const seen: string[] = [];
    const log: string[] = [];
    const book = new WatchBook(errands(log));
    book.listen('data', '/a', { onWatchEvent: (change) => seen.push(`data ${change}`) });
    book.listen('child', '/a', { onWatchEvent: (change) => seen.push(`child ${change}`) });
    const listener = follower(['/a', '/a/x'], seen);
    book.listenTree('/a', listener);
    book.unlistenTree('/a', listener);
    expect(log).toEqual(['add tree /a', 'remove tree /a']);
    expect(seen).toEqual(['child childrenChanged', 'data dataChanged', 'child childrenChanged']);
    book.listenTree('/a', listener);
    book.missed({ relativeZxid: 0n, data: [], exist: [], child: [], persistentRecursive: ['/a'] });
    expect(book.recursive).toBe(false);
    expect(seen.slice(4)).toEqual(['refused', 'data dataChanged']);
    book.listenTree('/b', listener);
    book.unlistenTree('/a', listener);
    expect(log).toEqual(['add tree /a', 'remove tree /a', 'add tree /a', 'data /a/x']);
  });
});

describe('WatchBook', () => {
  it('tells data listeners of data, child listeners of children, both of a deletion', () => {
    const seen: string[] = [];
    const book = new WatchBook(errands());
    book.listen('data', '/a', { onWatchEvent: (event) => seen.push(`data ${event}`) });
    book.listen('child', '/a', { onWatchEvent: (event) => seen.push(`child ${event}`) });
    for (const type of [1, 3, 4, 2, 9]) book.dispatch(type, '/a');
    book.dispatch(3, '/elsewhere');
    expect(seen).toEqual([
      'data created',
      'data dataChanged',
      'child childrenChanged',
      'data deleted',
      'child deleted',
    ]);
  });

  it('puts nothing back that has fired, and asks listeners to look when the server could not', () => {
    const seen: string[] = [];
    const book = new WatchBook(errands());
    for (const path of ['/a', '/b']) {
      book.listen('data', path, { onWatchEvent: (event) => seen.push(`${path} ${event}`) });
      book.arm(operations.getData, path, false);
    }
    book.dispatch(3, '/a');
    const chunks = [...book.restoration(7n)];
    expect(chunks).toEqual([{ relativeZxid: 7n, data: ['/b'], exist: [], child: [] }]);
    for (const chunk of chunks) book.missed(chunk);
    expect(seen).toEqual(['/a dataChanged', '/b dataChanged']);
    expect(book.armedCount()).toBe(0);
  });

  it('takes off what was left for nobody', () => {
    const removed: string[] = [];
    const book = new WatchBook(errands(removed));
    book.arm(operations.getChildren2, '/a', false);
    book.arm(operations.getData, '/absent', true);
    expect(removed).toEqual(['child /a']);
  });
});
