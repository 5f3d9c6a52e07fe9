/** JuteWriter: the bytes of each primitive, growth, frames, and who owns what after `take`. */

import { JuteReader } from '../../src/wire/reader.js';
import { encode, JuteWriter } from '../../src/wire/writer.js';
import { toHex } from '../golden/golden-file.js';

function hexOf(write: (writer: JuteWriter) => void): string {
  return toHex(encode(write));
}

describe('JuteWriter', () => {
  it.each<[string, (writer: JuteWriter) => void, string]>([
    [
      'true',
      (w) => {
        w.bool(true);
      },
      '01',
    ],
    [
      'false',
      (w) => {
        w.bool(false);
      },
      '00',
    ],
    [
      'an int',
      (w) => {
        w.int(-2);
      },
      'fffffffe',
    ],
    [
      'a long',
      (w) => {
        w.long(-(2n ** 63n));
      },
      '8000000000000000',
    ],
    [
      'a long of a number',
      (w) => {
        w.longNumber(1_795_451_202_563);
      },
      '000001a2093b2c03',
    ],
    [
      'a negative long of a number',
      (w) => {
        w.longNumber(-1);
      },
      'ffffffffffffffff',
    ],
    [
      'the largest safe number',
      (w) => {
        w.longNumber(Number.MAX_SAFE_INTEGER);
      },
      '001fffffffffffff',
    ],
    [
      'the smallest safe number',
      (w) => {
        w.longNumber(Number.MIN_SAFE_INTEGER);
      },
      'ffe0000000000001',
    ],
    [
      'null bytes',
      (w) => {
        w.buffer(null);
      },
      'ffffffff',
    ],
    [
      'no bytes',
      (w) => {
        w.buffer(new Uint8Array(0));
      },
      '00000000',
    ],
    [
      'bytes',
      (w) => {
        w.buffer(new Uint8Array([1, 255]));
      },
      '0000000201ff',
    ],
    [
      'bytes as they are',
      (w) => {
        w.raw(new Uint8Array([1, 255]));
      },
      '01ff',
    ],
    [
      'a null string',
      (w) => {
        w.string(null);
      },
      'ffffffff',
    ],
    [
      'an empty string',
      (w) => {
        w.string('');
      },
      '00000000',
    ],
    [
      'ASCII',
      (w) => {
        w.string('/a');
      },
      '000000022f61',
    ],
    [
      'two and three bytes a character',
      (w) => {
        w.string('ž€');
      },
      '00000005c5bee282ac',
    ],
    [
      'four bytes a character',
      (w) => {
        w.string('𝒵');
      },
      '00000004f09d92b5',
    ],
    [
      'a lone surrogate as U+FFFD',
      (w) => {
        w.string('\ud800');
      },
      '00000003efbfbd',
    ],
    [
      'a null vector',
      (w) => {
        w.vector(null, () => undefined);
      },
      'ffffffff',
    ],
    [
      'a vector',
      (w) => {
        w.vector([1, 2], (v, n) => {
          v.bool(n > 1);
        });
      },
      '000000020001',
    ],
  ])('writes %s', (_, write, hex) => {
    expect(hexOf(write)).toBe(hex);
  });

  it.each([47, 48, 49, 100, 20_000])('writes a string of %d characters, ASCII or not', (length) => {
    for (const last of ['x', 'é', '€', '𝒵']) {
      const value = 'x'.repeat(length - 1) + last;
      const bytes = encode((writer) => {
        writer.string(value);
      });
      expect(bytes).toHaveLength(4 + Buffer.byteLength(value));
      expect(new JuteReader(bytes).string()).toBe(value);
    }
  });

  it('grows as needed and keeps what was written', () => {
    const writer = new JuteWriter();
    const big = new Uint8Array(100_000).fill(7);
    for (let i = 0; i < 5000; i++) writer.int(i);
    writer.buffer(big);
    writer.string('end');
    expect(writer.length).toBe(5000 * 4 + 4 + 100_000 + 7);
    const reader = new JuteReader(writer.take());
    const numbers = Array.from({ length: 5000 }, () => reader.int());
    expect(numbers.every((number, index) => number === index)).toBe(true);
    expect(Buffer.compare(reader.buffer() ?? big.subarray(1), big)).toBe(0);
    expect(reader.string()).toBe('end');
  });

  it('hands out what was written since the last take, and never touches it again', () => {
    const writer = new JuteWriter();
    expect(writer.take()).toHaveLength(0);
    const taken: Uint8Array[] = [];
    for (let round = 0; round < 3000; round++) {
      writer.int(round);
      writer.string(`round ${String(round)}`);
      taken.push(writer.take());
    }
    expect(writer.length).toBe(0);
    const read = taken.map((bytes) => {
      const reader = new JuteReader(bytes);
      return [reader.int(), reader.string(), reader.remaining];
    });
    expect(read).toEqual(taken.map((_, round) => [round, `round ${String(round)}`, 0]));
  });

  it('fills in the lengths of frames, before and after growth', () => {
    const writer = new JuteWriter();
    const first = writer.beginFrame();
    writer.string('ab');
    expect(writer.endFrame(first)).toBe(6);
    const second = writer.beginFrame();
    writer.raw(new Uint8Array(50_000));
    expect(writer.endFrame(second)).toBe(50_000);
    const bytes = writer.take();
    expect(toHex(bytes.subarray(0, 14))).toBe('00000006000000026162' + '0000c350');
    expect(bytes).toHaveLength(4 + 6 + 4 + 50_000);
  });

  it('forgets a frame that is rewound, and only that', () => {
    const writer = new JuteWriter();
    writer.int(1);
    writer.take();
    writer.int(2);
    const mark = writer.beginFrame();
    writer.raw(new Uint8Array(40_000));
    writer.rewind(mark);
    expect(writer.length).toBe(4);
    writer.int(3);
    expect(toHex(writer.take())).toBe('0000000200000003');
  });
});
