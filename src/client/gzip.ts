/** The codec that compresses what another one encodes, as Curator's `GzipCompressionProvider` does. */

import { InvalidOptionError } from '../errors/client-errors.js';
import { checkCallable, checkNames, checkNumber } from './checks.js';
import { type ValueCodec } from './codec.js';

/**
 * What compresses, synchronously. Node's own `zlib` is one as it is (`import * as zlib from 'node:zlib'`); in a browser, whose
 * `CompressionStream` is asynchronous, fflate's functions of the same names are.
 */
export interface GzipImplementation {
  gzipSync(data: Uint8Array): Uint8Array;
  /** Throws if it is no gzip stream, or (where it knows the option) inflates to more bytes than it may. */
  gunzipSync(data: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array;
}

/** How {@link gzip} compresses, and what it takes. */
export interface GzipOptions {
  readonly zlib: GzipImplementation;
  /** Data that inflates to more than this does not decode. 1 to 2^31-1; default 16,777,216. */
  readonly maxInflatedBytes?: number;
}

const optionNames: ReadonlySet<string> = new Set(['zlib', 'maxInflatedBytes'] satisfies string[]);
const context = { operation: 'gzip' } as const;
const inflatedRange = { min: 1, max: 0x7fff_ffff } as const;
// Header, the shortest deflate stream, checksum, length.
const shortest = 20;

/**
 * Values of `codec` as one gzip stream, which Curator's clients read and write (`compressed()`), too. A znode without data is
 * given to `codec` as it is. What is no gzip stream, or inflates to more than `maxInflatedBytes`, does not decode
 * (`DecodeError`). Throws `InvalidOptionError` at once.
 *
 * @param codec - how a value becomes the bytes that are compressed
 * @param options - `zlib`, and a limit on what comes out of it
 * @example
 * import * as zlib from 'node:zlib';
 * zk.data$('/config', gzip(json<Config>(), { zlib }));
 */
export function gzip<T>(codec: ValueCodec<T>, options: GzipOptions): ValueCodec<T> {
  checkOptions(options);
  const { zlib, maxInflatedBytes = 16_777_216 } = options;
  return {
    encode: (value) => zlib.gzipSync(codec.encode(value)),
    decode(data) {
      if (data.length === 0) return codec.decode(data);
      // The length at the end may lie, so it can save the work but not the look at the result.
      checkLength(claimedLength(data), maxInflatedBytes);
      const inflated = zlib.gunzipSync(data, { maxOutputLength: maxInflatedBytes });
      checkLength(inflated.length, maxInflatedBytes);
      return codec.decode(inflated);
    },
  };
}

/** The last four bytes: the length of what was compressed, modulo 2^32. */
function claimedLength(data: Uint8Array): number {
  if (data.length < shortest) return 0;
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(
    data.length - 4,
    true,
  );
}

function checkLength(length: number, limit: number): void {
  if (length <= limit) return;
  throw new RangeError(
    `inflates to ${String(length)} bytes, and maxInflatedBytes is ${String(limit)}`,
  );
}

// Partial: a caller without types may have left out what is needed.
function checkOptions(options: Partial<GzipOptions> = {}): void {
  checkNames({ option: '', value: options, context }, optionNames);
  const { zlib, maxInflatedBytes } = options;
  if (zlib === undefined) {
    const reason = 'is needed: Node’s zlib, or another with the same functions';
    throw new InvalidOptionError('zlib', reason, context);
  }
  checkCallable({ option: 'zlib', value: zlib, context }, 'gzipSync');
  checkCallable({ option: 'zlib', value: zlib, context }, 'gunzipSync');
  checkNumber({ option: 'maxInflatedBytes', value: maxInflatedBytes, context }, inflatedRange);
}
