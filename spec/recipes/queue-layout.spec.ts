/** The names and bytes of queues as other clients have them. */

import { packItems, unpackItems } from '../../src/recipes/queue/curator-items.js';
import {
  compareEntries,
  type EntryLayout,
  entryFormats,
} from '../../src/recipes/queue/queue-layout.js';

const bytes = (...values: number[]) => new Uint8Array(values);

function inOrder(layout: EntryLayout, names: readonly string[]): string[] {
  const { parse } = entryFormats[layout];
  return names
    .flatMap((name) => parse(name) ?? [])
    .sort(compareEntries)
    .map(({ name }) => name);
}

describe('names of new entries', () => {
  it.each([
    ['kazoo', {}, 'entry-100-'],
    ['kazoo', { priority: 0 }, 'entry-000-'],
    ['kazoo-queue', { priority: 999 }, 'entry-999-'],
    ['curator', {}, 'queue-'],
    // DistributedPriorityQueue.priorityToString: a digit for the sign, and two's complement.
    ['curator', { priority: 5 }, 'queue-100000005'],
    ['curator', { priority: 0x7fff_ffff }, 'queue-17FFFFFFF'],
    ['curator', { priority: -1 }, 'queue-0FFFFFFFF'],
    ['curator', { priority: -0x8000_0000 }, 'queue-080000000'],
    // DistributedDelayQueue.epochToString.
    ['curator', { delayUntilMs: 1_700_000_000_000 }, 'queue-|18BCFE56800|'],
    ['curator', { delayUntilMs: 255 }, 'queue-|000000FF|'],
    ['curator-simple', {}, 'qn-'],
  ] as const)('%s %j: %s', (layout, standpoint, prefix) => {
    const { prefix: prefixOf, parse } = entryFormats[layout];
    expect(prefixOf(standpoint)).toBe(prefix);
    for (const digits of ['0000000007', '-2147483648', '-999999999']) {
      const parsed = parse(prefix + digits);
      expect(parsed).toMatchObject({ prefix, sequence: Number(digits) });
      if ('priority' in standpoint) expect(parsed?.priority).toBe(standpoint.priority);
      expect(parsed?.visibleAtMs).toBe('delayUntilMs' in standpoint ? standpoint.delayUntilMs : 0);
    }
  });

  it.each([
    ['kazoo', 'entry-100-'],
    ['kazoo', 'entry-100-123'],
    ['kazoo', 'entry-0000000001'],
    ['kazoo', 'xentry-100-0000000001'],
    ['curator', 'queue-|id with spaces|0000000001'],
    ['curator', 'queue-3000000010000000001'],
    ['curator', 'qn-0000000001'],
    ['curator-simple', 'qn-'],
  ] as const)('%s takes %s for no entry', (layout, name) => {
    expect(entryFormats[layout].parse(name)).toBeUndefined();
  });
});

describe('the order of entries', () => {
  it('is by priority, then by number, over the wrap of the counter', () => {
    const sorted = [
      'entry-007--2147483648',
      'entry-099-2147483647',
      'entry-100-2147483646',
      'entry-100-2147483647',
      'entry-100--2147483648',
      'entry-100--999999999',
      'entry-101-0000000000',
      'entry-1000-0000000000',
    ];
    expect(inOrder('kazoo', [...sorted].reverse())).toEqual(sorted);
    expect(inOrder('kazoo', [...sorted].sort())).toEqual(sorted);
  });

  it('has negative priorities first, and later times last', () => {
    const sorted = [
      'queue-0800000000000000009',
      'queue-0FFFFFFFF0000000003',
      'queue-0000000002',
      'queue-1000000000000000004',
      'queue-1000000050000000001',
      'queue-|18BCFE56800|0000000009',
      'queue-|18BCFE56801|0000000000',
      'queue-|118BCFE56801|0000000000',
    ];
    expect(inOrder('curator', [...sorted].reverse())).toEqual(sorted);
  });

  it('takes a time before 1970 for a time in the past', () => {
    const entry = entryFormats.curator.parse('queue-|FFFFFFFFFFFFFFFF|0000000000');
    expect(entry?.visibleAtMs).toBe(0);
  });
});

describe("the bytes of a Curator queue's entry", () => {
  it('are a version, each item with its length, and an end', () => {
    const packed = packItems([bytes(9, 8), bytes()]);
    expect([...packed]).toEqual([0, 1, 0, 1, 1, 0, 0, 0, 2, 9, 8, 1, 0, 0, 0, 0, 2]);
    expect(unpackItems(packed)).toEqual([bytes(9, 8), bytes()]);
    expect([...packItems([])]).toEqual([0, 1, 0, 1, 2]);
  });

  it('are refused at every truncation, and when something else', () => {
    const packed = packItems([bytes(1, 2, 3), bytes(4)]);
    for (let length = 0; length < packed.length; length++) {
      expect(() => unpackItems(packed.slice(0, length))).toThrow(RangeError);
    }
    expect(() => unpackItems(bytes(0, 1, 0, 2, 2))).toThrow('not an entry');
    expect(() => unpackItems(bytes(0, 1, 0, 1, 3))).toThrow('unknown opcode 3');
    expect(() => unpackItems(bytes(0, 1, 0, 1, 1, 0xff, 0xff, 0xff, 0xff, 2))).toThrow('truncated');
  });
});
