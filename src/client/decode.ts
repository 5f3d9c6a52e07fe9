/** Turns a znode's bytes into a value by a codec; what goes wrong is a `DecodeError` that names the path. */

import { DecodeError } from '../errors/client-errors.js';
import { type ValueCodec } from './codec.js';

const noBytes = new Uint8Array(0);

/** A znode created without data is decoded like one with no bytes. */
export function decodeValue<T>(
  codec: ValueCodec<T>,
  from: { readonly data: Uint8Array | null; readonly path: string; readonly operation: string },
): T {
  try {
    return codec.decode(from.data ?? noBytes);
  } catch (cause) {
    throw new DecodeError({ operation: from.operation, path: from.path, cause });
  }
}
