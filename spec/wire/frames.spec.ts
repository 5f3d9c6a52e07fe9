/** FrameSplitter: the same frames come out however the stream was cut, and no bad length gets through. */

import fc from 'fast-check';

import { ProtocolError } from '../../src/errors/client-errors.js';
import { defaultMaxFrameBytes, FrameSplitter } from '../../src/wire/frames.js';

function stream(frames: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    frames.flatMap((frame) => {
      const { length } = frame;
      return [
        length >>> 24,
        (length >>> 16) & 0xff,
        (length >>> 8) & 0xff,
        length & 0xff,
        ...frame,
      ];
    }),
  );
}

/** A splitter and the frames that it has found, as copies. */
function collecting(maxFrameBytes: number) {
  const found: Uint8Array[] = [];
  const splitter = new FrameSplitter(maxFrameBytes, (bytes, from, to) => {
    found.push(bytes.slice(from, to));
    return true;
  });
  return { splitter, found };
}

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, length);
  return bytes;
}

/** What pushing the chunk throws, or `undefined`. */
function pushError(splitter: FrameSplitter, chunk: Uint8Array): unknown {
  try {
    splitter.push(chunk);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('FrameSplitter', () => {
  it('finds the same frames however the stream is cut', () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
    const sizes = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(frames, sizes, (wanted, chunkSizes) => {
        const { splitter, found } = collecting(40);
        const bytes = stream(wanted);
        let at = 0;
        for (const size of chunkSizes) {
          // A chunk is overwritten after the call, as a socket's buffer may be.
          const chunk = bytes.slice(at, at + size);
          splitter.push(chunk);
          chunk.fill(0xee);
          at += size;
        }
        splitter.push(bytes.slice(at));
        expect(found.map((frame) => [...frame])).toEqual(wanted.map((frame) => [...frame]));
      }),
    );
  });

  it('finds every frame byte by byte, and all of them in one chunk', () => {
    const wanted = [[], [1], [2, 3, 4, 5, 6], []].map((frame) => new Uint8Array(frame));
    const [single, whole] = [collecting(5), collecting(5)];
    for (const byte of stream(wanted)) single.splitter.push(new Uint8Array([byte]));
    whole.splitter.push(stream(wanted));
    expect(single.found).toEqual(wanted);
    expect(whole.found).toEqual(wanted);
  });

  it('reads frames in place where they lie whole in a chunk', () => {
    const chunk = stream([new Uint8Array([7, 8, 9])]);
    const places: unknown[] = [];
    const splitter = new FrameSplitter(10, (bytes, from, to) => {
      places.push([bytes === chunk, from, to]);
      return true;
    });
    splitter.push(chunk);
    expect(places).toEqual([[true, 4, 7]]);
  });

  it('takes chunks that are windows of a larger buffer', () => {
    const { splitter, found } = collecting(10);
    const buffer = new Uint8Array([9, 9, ...stream([new Uint8Array([1, 2])]), 9]);
    splitter.push(buffer.subarray(2, 6));
    splitter.push(buffer.subarray(6, 8));
    expect(found).toEqual([new Uint8Array([1, 2])]);
  });

  it('takes a frame of exactly the limit, and none above', () => {
    const { splitter, found } = collecting(3);
    splitter.push(stream([new Uint8Array([1, 2, 3])]));
    expect(found).toHaveLength(1);
    const error = pushError(splitter, header(4));
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as ProtocolError).message).toBe('Protocol error: frame of 4 bytes, limit 3');
    expect(defaultMaxFrameBytes).toBe(1_048_575);
  });

  it.each([-1, -0x8000_0000])('refuses the negative length %d', (length) => {
    const { splitter, found } = collecting(100);
    const error = pushError(splitter, header(length));
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as ProtocolError).message).toContain(`negative frame length ${String(length)}`);
    expect(found).toEqual([]);
  });

  it('finds a bad length in a header that comes in pieces, and is dead from then on', () => {
    const { splitter, found } = collecting(100);
    splitter.push(header(101).subarray(0, 3));
    expect(pushError(splitter, header(101).subarray(3))).toBeInstanceOf(ProtocolError);
    splitter.push(stream([new Uint8Array([1])]));
    expect(found).toEqual([]);
  });

  it('delivers the frames before a bad one', () => {
    const { splitter, found } = collecting(100);
    const chunk = new Uint8Array([...stream([new Uint8Array([1])]), ...header(-5)]);
    expect(pushError(splitter, chunk)).toBeInstanceOf(ProtocolError);
    expect(found).toEqual([new Uint8Array([1])]);
  });

  it('stops for good when the handler says so', () => {
    const seen: number[] = [];
    const splitter = new FrameSplitter(10, (bytes, from) => {
      seen.push(bytes[from] ?? -1);
      return seen.length < 2;
    });
    splitter.push(stream([1, 2, 3].map((byte) => new Uint8Array([byte]))));
    splitter.push(stream([new Uint8Array([4])]));
    expect(seen).toEqual([1, 2]);
  });
});
