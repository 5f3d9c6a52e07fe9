/** Decoding of what a recipe read. */

import { DecodeError } from '../../errors/client-errors.js';
import { type RecipeCall } from './options.js';

/** What `decode` makes of the data; what it throws becomes the cause of a `DecodeError`. */
export function decoded<D, T>(data: D, decode: (data: D) => T, call: RecipeCall): T {
  try {
    return decode(data);
  } catch (cause) {
    throw new DecodeError({ ...call, cause });
  }
}
