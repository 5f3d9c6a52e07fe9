/** JuteReader: every primitive within its frame, copies that outlive it, and lists of names read as one text. */

import fc from 'fast-check';

import { ProtocolError } from '../../src/errors/client-errors.js';
import { JuteReader } from '../../src/wire/reader.js';
import { statCodec } from '../../src/wire/records.js';
import { encode } from '../../src/wire/writer.js';
import { fromHex } from '../golden/golden-file.js';
import { stat as stats, text } from './arbitraries.js';

function readerOf(hex: string): JuteReader {
  return new JuteReader(fromHex(hex));
}

/** The message of the ProtocolError that reading throws. */
function problem(hex: string, read: (reader: JuteReader) => unknown): string {
  try {
    read(readerOf(hex));
  } catch (error) {
    if (error instanceof ProtocolError) return error.message.replace('Protocol error: ', '');
    throw error;
  }
  return 'nothing was thrown';
}

describe('JuteReader', () => {
  it('reads primitives', () => {
    const reader = readerOf(
      '01' + '00' + '02' + 'fffffffe' + '7fffffffffffffff' + 'ffe0000000000001',
    );
    expect([reader.bool(), reader.bool(), reader.bool()]).toEqual([true, false, true]);
    expect(reader.int()).toBe(-2);
    expect(reader.long()).toBe(2n ** 63n - 1n);
    expect(reader.longNumber()).toBe(Number.MIN_SAFE_INTEGER);
    expect(reader.remaining).toBe(0);
  });

  it('reads null, empty and present values apart', () => {
    const reader = readerOf('ffffffff00000000000000017a');
    expect([reader.buffer(), reader.buffer(), reader.buffer()]).toEqual([
      null,
      new Uint8Array(0),
      new Uint8Array([0x7a]),
    ]);
    const strings = readerOf('ffffffff00000000000000017a');
    expect([strings.string(), strings.string(), strings.string()]).toEqual([null, '', 'z']);
    expect(readerOf('ffffffff').vector((r) => r.int())).toBeNull();
    expect(readerOf('ffffffff').strings()).toBeNull();
  });

  it.each<[string, string, (reader: JuteReader) => unknown]>([
    ['truncated bool: 1 bytes wanted, 0 left in the frame', '', (r) => r.bool()],
    ['truncated int: 4 bytes wanted, 3 left in the frame', '000000', (r) => r.int()],
    ['truncated long: 8 bytes wanted, 7 left in the frame', '00'.repeat(7), (r) => r.long()],
    ['truncated buffer: 2 bytes wanted, 1 left in the frame', '0000000261', (r) => r.buffer()],
    [
      'truncated string: 2147483647 bytes wanted, 0 left in the frame',
      '7fffffff',
      (r) => r.string(),
    ],
    [
      'truncated vector: 16777215 bytes wanted, 1 left in the frame',
      '00ffffff00',
      (r) => r.vector((s) => s.int()),
    ],
    [
      'truncated vector: 16777215 bytes wanted, 1 left in the frame',
      '00ffffff00',
      (r) => r.strings(),
    ],
    ['negative string length -2', 'fffffffe', (r) => r.string()],
    ['negative vector length -2147483648', '80000000', (r) => r.strings()],
    ['path is null', 'ffffffff', (r) => r.text('path')],
  ])('refuses with "%s"', (message, hex, read) => {
    expect(problem(hex, read)).toBe(message);
  });

  it('reads within its window only, and can be pointed at the next', () => {
    const bytes = fromHex('00000001' + '00000002' + '00000003');
    const reader = new JuteReader();
    reader.reset(bytes, 4, 8);
    expect(reader.int()).toBe(2);
    expect(() => reader.bool()).toThrow(ProtocolError);
    reader.reset(bytes.subarray(8), 0, 4);
    expect(reader.int()).toBe(3);
    reader.reset(fromHex('0000000000000009'), 4, 8);
    expect(reader.int()).toBe(9);
  });

  it('copies bytes out, also of a Buffer, whose slice is a view', () => {
    for (const input of [fromHex('000000020102'), Buffer.from('000000020102', 'hex')]) {
      const copy = new JuteReader(input).buffer();
      input.fill(0xff);
      expect(copy).toEqual(new Uint8Array([1, 2]));
      expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype);
    }
  });

  it('keeps a byte order mark, and replaces what is no UTF-8', () => {
    expect(readerOf('00000004efbbbf61').string()).toBe('\ufeffa');
    expect(readerOf('00000002ff61').string()).toBe('\ufffda');
    // CESU-8, as a Java client writes a character beyond the BMP.
    expect(readerOf('00000006eda0b5edb2b5').string()).toBe('\ufffd'.repeat(6));
  });
});

describe('JuteReader.strings', () => {
  const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 300 });

  it.each<[string, fc.Arbitrary<string>]>([
    ['ASCII', ascii],
    ['of all planes', text],
    ['mixed', fc.oneof({ weight: 9, arbitrary: ascii }, { weight: 1, arbitrary: text })],
  ])('reads names as they were written: %s', (_, name) => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 20 }), stats, (names, stat) => {
        const bytes = encode((writer) => {
          writer.vector(names, (w, value) => {
            w.string(value);
          });
          statCodec.write(writer, stat);
        });
        const reader = new JuteReader(bytes);
        expect(reader.strings(68)).toEqual(names);
        expect(statCodec.read(reader)).toEqual(stat);
        const alone = new JuteReader(bytes.subarray(0, bytes.length - 68));
        expect(alone.strings()).toEqual(names);
        expect(alone.remaining).toBe(0);
      }),
    );
  });

  it('reads bytes that are no UTF-8 as one by one it would', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 12 }), (names) => {
        const bytes = encode((writer) => {
          writer.vector(names, (w, value) => {
            w.buffer(value);
          });
        });
        const singly = new JuteReader(bytes).vector((reader) => reader.string());
        expect(new JuteReader(bytes).strings()).toEqual(singly);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads names of which one is null as if it were empty', () => {
    const bytes = encode((writer) => {
      writer.vector(['a', null, 'b', 'c', 'd'], (w, value) => {
        w.string(value);
      });
    });
    expect(new JuteReader(bytes).strings()).toEqual(['a', '', 'b', 'c', 'd']);
  });

  it('errs at every place where a long list is cut', () => {
    const bytes = encode((writer) => {
      writer.vector(['one', 'zwei', 'tři', 'four', 'five'], (w, value) => {
        w.string(value);
      });
    });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => new JuteReader(bytes.slice(0, length)).strings()).toThrow(ProtocolError);
    }
  });
});
