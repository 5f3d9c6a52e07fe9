/** The small parts of a session on their own: ring, host rotation, watch book. */

import fc from 'fast-check';
import { HostRotation } from '../../src/session/host-rotation.js';
import { Ring } from '../../src/session/ring.js';
import { WatchBook, type WatchErrands } from '../../src/session/watch-registry.js';
import { operations } from '../../src/wire/operations.js';

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
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
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
