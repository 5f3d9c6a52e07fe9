/** Order in a queue of sequential znodes. */

import fc from 'fast-check';
import {
  inQueueOrder,
  isBefore,
  placeInQueue,
  sequenceAfter,
} from '../../src/recipes/core/sequence.js';

const rivals = ['__lock__'];

/** `%010d` as the server's Java prints it. */
function suffix(sequence: number): string {
  const digits = String(Math.abs(sequence));
  return sequence < 0 ? `-${digits.padStart(9, '0')}` : digits.padStart(10, '0');
}

function name(id: string, sequence: number): string {
  return `${id}__lock__${suffix(sequence)}`;
}

function ahead(children: string[], id: string, ownName: string) {
  return placeInQueue(children, { ownName, ownPrefix: `${id}__lock__`, rivals })?.ahead;
}

describe('sequenceAfter', () => {
  it.each([
    ['a__lock__0000000000', 0],
    ['a__lock__2147483647', 2147483647],
    ['a__lock__-2147483648', -2147483648],
    ['a__lock__-000000003', -3],
  ])('reads %s', (text, sequence) => {
    expect(sequenceAfter(text, '__lock__')).toBe(sequence);
  });

  it.each(['a__lock__', 'a__lock__1', 'a__rlock__0000000001', 'a__lock__0000000001x', 'lock'])(
    'finds no number in %s',
    (text) => {
      expect(sequenceAfter(text, '__lock__')).toBeUndefined();
    },
  );
});

describe('isBefore', () => {
  it('orders over the wrap of the counter', () => {
    expect(isBefore(2147483647, -2147483648)).toBe(true);
    expect(isBefore(-2147483648, 2147483647)).toBe(false);
    expect(isBefore(-1, 0)).toBe(true);
  });

  it('is a strict order for all numbers that are close enough', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (a, distance) => {
        const b = (a + distance) | 0;
        return isBefore(a, b) && !isBefore(b, a);
      }),
    );
  });
});

describe('placeInQueue', () => {
  it('names those ahead, the first in line first, whatever the order of the list and of the ids', () => {
    const children = [name('z', 1), name('own', 7), name('a', 12), name('m', 5), name('b', 3)];
    expect(ahead(children, 'own', name('own', 7))).toEqual([
      name('z', 1),
      name('b', 3),
      name('m', 5),
    ]);
  });

  it('orders numerically over the wrap', () => {
    const queue = [2147483646, 2147483647, -2147483648, -2147483647].map((n) => name('x', n));
    const own = name('own', -2147483646);
    expect(ahead([...queue].reverse().concat(own), 'own', own)).toEqual(queue);
  });

  it('is the order of the creates for any start of the counter', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 20 }), (start, count) => {
        const queue = Array.from({ length: count + 1 }, (_, i) => name(`id${i}`, (start + i) | 0));
        const own = queue[count] ?? '';
        expect(ahead([...queue].sort(), `id${count}`, own)).toEqual(queue.slice(0, -1));
      }),
    );
  });

  it('skips what is no rival', () => {
    const own = name('own', 9);
    const children = ['a__rlock__0000000001', 'b-lock-0000000002', 'config', own];
    expect(ahead(children, 'own', own)).toEqual([]);
  });

  it('counts the znodes of other layouts when told to', () => {
    const own = name('own', 9);
    const foreign = ['_c_0a-lock-0000000002', 'x__rlock__0000000003'];
    const place = placeInQueue([own, ...foreign], {
      ownName: own,
      ownPrefix: 'own__lock__',
      rivals: ['__lock__', '__rlock__', '-lock-'],
    });
    expect(place?.ahead).toEqual(foreign);
  });

  it('says when our own znode is not there', () => {
    expect(ahead([name('a', 1)], 'own', name('own', 9))).toBeUndefined();
  });
});

describe('inQueueOrder', () => {
  const markers = ['__lock__', '__rlock__', 'lock-'];
  const order = (names: readonly string[]) => inQueueOrder(names, markers).map(({ name }) => name);

  it('is the order of the creates for any start of the counter and any order of the list', () => {
    fc.assert(
      fc.property(fc.integer(), fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6]), (start, picked) => {
        const names = picked.map((i) => name(`id${i}`, (start + i) | 0));
        const sorted = [...picked].sort((a, b) => a - b);
        expect(order(names)).toEqual(sorted.map((i) => name(`id${i}`, (start + i) | 0)));
      }),
    );
  });

  it('takes the text right before the number, whatever else of the kind is in the name', () => {
    // An id that holds the name of a lock, and numbers that look like the ends of others.
    const names = ['lock-9-_c_x-lock-0000000002', 'a__lock__0000000007__rlock__0000000001', 'b'];
    expect(inQueueOrder(names, markers)).toEqual([
      { name: names[1], sequence: 1, marker: '__rlock__' },
      { name: names[0], sequence: 2, marker: 'lock-' },
    ]);
  });

  it('leaves the others out', () => {
    expect(order(['config', 'x-lock-12', 'a__lock__', ''])).toEqual([]);
  });
});
