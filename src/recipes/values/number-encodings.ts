/** How the numbers of counters are written on their znodes: as kazoo's `Counter` does, or as Curator does. */

import { parsePythonFloat, pythonRepr } from './python-float.js';
import { fromUtf8, toUtf8 } from '../core/utf8.js';

/**
 * How a counter is written on its znode.
 *
 * | encoding   | bytes                                   | whose                                        | value    |
 * |------------|-----------------------------------------|----------------------------------------------|----------|
 * | `'int'`    | decimal digits: `-3`                    | kazoo's `Counter`, up to ±(2^53 - 1)         | `number` |
 * | `'bigint'` | the same, however large                 | kazoo's `Counter`                            | `bigint` |
 * | `'float'`  | Python's `repr`: `3.0`, `1e-05`, `inf`  | kazoo's `Counter` with a float as default    | `number` |
 * | `'int32'`  | 4 bytes, big-endian                     | Curator's `SharedCount`, `DistributedAtomicInteger`; kazoo with `support_curator` | `number` |
 * | `'int64'`  | 8 bytes, big-endian                     | Curator's `DistributedAtomicLong`            | `bigint` |
 */
export type CounterEncoding = 'int' | 'bigint' | 'float' | 'int32' | 'int64';

/** The type of a counter's value. */
export type CounterValue<E extends CounterEncoding> = E extends 'bigint' | 'int64'
  ? bigint
  : number;

/** One encoding. */
export interface NumberEncoding<V extends number | bigint = number | bigint> {
  readonly zero: V;
  /** What a value must be, for messages; and whether it is. */
  readonly needs: string;
  readonly holds: (value: unknown) => boolean;
  readonly encode: (value: V) => Uint8Array;
  /** Throws if the bytes are no such number. */
  readonly decode: (data: Uint8Array) => V;
}

const maxInt32 = 2 ** 31 - 1;
const maxInt64 = 2n ** 63n - 1n;

const encodings: { readonly [E in CounterEncoding]: NumberEncoding<CounterValue<E>> } = {
  int: {
    zero: 0,
    needs: 'a whole number from -(2^53 - 1) to 2^53 - 1',
    holds: Number.isSafeInteger,
    // Not "-0", which is no way to write a whole number.
    encode: (value) => toUtf8(String(value)),
    decode: (data) => {
      const value = Number(parseInteger(data));
      if (Number.isSafeInteger(value)) return value;
      throw new RangeError("it is beyond 2^53 - 1: use the encoding 'bigint'");
    },
  },
  bigint: {
    zero: 0n,
    needs: 'a bigint',
    holds: (value) => typeof value === 'bigint',
    encode: (value) => toUtf8(String(value)),
    decode: parseInteger,
  },
  float: {
    zero: 0,
    needs: 'a number',
    holds: (value) => typeof value === 'number',
    encode: (value) => toUtf8(pythonRepr(value)),
    decode: (data) => {
      const value = parsePythonFloat(fromUtf8(data));
      if (value === undefined) throw new SyntaxError('it is no number');
      return value;
    },
  },
  int32: {
    zero: 0,
    needs: 'a whole number from -2^31 to 2^31 - 1',
    holds: (value) =>
      Number.isInteger(value) && Number(value) >= -maxInt32 - 1 && Number(value) <= maxInt32,
    encode: (value) =>
      written(4, (view) => {
        view.setInt32(0, value);
      }),
    decode: (data) => viewOf(data, 4).getInt32(0),
  },
  int64: {
    zero: 0n,
    needs: 'a bigint from -2^63 to 2^63 - 1',
    holds: (value) => typeof value === 'bigint' && value >= -maxInt64 - 1n && value <= maxInt64,
    encode: (value) =>
      written(8, (view) => {
        view.setBigInt64(0, value);
      }),
    decode: (data) => viewOf(data, 8).getBigInt64(0),
  },
};

/** The names of all encodings. */
export const encodingNames: readonly string[] = Object.keys(encodings);

export function numberEncoding<E extends CounterEncoding>(
  name: E,
): NumberEncoding<CounterValue<E>> {
  return encodings[name];
}

/** The sum, of two numbers or of two bigints. */
export function sum<V extends number | bigint>(a: V, b: V): V {
  // Of one type they are added; TypeScript has no word for that.
  return ((a as number) + (b as number)) as V;
}

function parseInteger(data: Uint8Array): bigint {
  const text = fromUtf8(data).trim();
  if (!/^[+-]?\d+$/.test(text)) throw new SyntaxError('it is no whole number');
  return BigInt(text.replace(/^\+/, ''));
}

function written(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
}

function viewOf(data: Uint8Array, size: number): DataView {
  if (data.length !== size) {
    throw new RangeError(`it has ${String(data.length)} bytes instead of ${String(size)}`);
  }
  return new DataView(data.buffer, data.byteOffset, size);
}
