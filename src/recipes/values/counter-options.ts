/** Options of everything that counts, and their checks. */

import { type Given, refuse } from '../../client/checks.js';
import {
  type CounterEncoding,
  type CounterValue,
  encodingNames,
  type NumberEncoding,
  numberEncoding,
} from './number-encodings.js';
import { checkOneOf, type RecipeCall } from '../core/options.js';

/** How a counter is written. All who use it must agree. */
export interface CounterOptions<E extends CounterEncoding = CounterEncoding> {
  /** Default `'int'`: kazoo's. */
  readonly encoding?: E;
  /** The value of a znode that is missing or empty. Default: 0. */
  readonly default?: CounterValue<E>;
}

/** The names of `CounterOptions`. */
export const counterNames = ['encoding', 'default'] as const;

/** The encoding; throws `InvalidOptionError` if it, or the default, cannot be used. */
export function checkCounter<E extends CounterEncoding>(
  options: CounterOptions<E>,
  call: RecipeCall,
): NumberEncoding<CounterValue<E>> {
  checkOneOf({ option: 'encoding', value: options.encoding, context: call }, encodingNames);
  const { default: value } = options;
  if (value !== undefined) checkValue({ option: 'default', value, context: call }, options);
  return encodingOf(options);
}

/** A number that the encoding can hold. */
export function checkValue<E extends CounterEncoding>(
  given: Given<unknown>,
  options: CounterOptions<E>,
): void {
  const { holds, needs } = encodingOf(options);
  if (!holds(given.value)) throw refuse(given, needs);
}

/** Reads a counter's data; throws if it is no number. */
export function counterValue<E extends CounterEncoding>(
  options: CounterOptions<E>,
): (data: Uint8Array | null) => CounterValue<E> {
  const { zero, decode } = encodingOf(options);
  const missing = options.default ?? zero;
  return (data) => (data === null || data.length === 0 ? missing : decode(data));
}

function encodingOf<E extends CounterEncoding>({
  encoding,
}: CounterOptions<E>): NumberEncoding<CounterValue<E>> {
  // Where it is left out, E is 'int'.
  return numberEncoding(encoding ?? ('int' as E));
}
