/** Values as a failure prints them: short, on one line, and close to what one would write in a test. */

import { describeError } from './same-error.js';
import { isMatcher, type ValueMatcher } from './same-value.js';

const maxDepth = 4;
const maxItems = 20;

/** A value in a few words. */
export function show(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value === 'function') return `function ${value.name}`.trimEnd();
  if (typeof value !== 'object' || value === null) return String(value);
  if (isMatcher(value)) return showMatcher(value);
  if (value instanceof Error) return describeError(value);
  if (value instanceof Uint8Array) return showBytes(value);
  if (value instanceof Date) return `Date(${String(value.getTime())})`;
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) return `[${list(value, (item) => show(item, depth + 1))}]`;
  if (value instanceof Map || value instanceof Set) {
    return `${value.constructor.name}(${list([...value], (item) => show(item, depth + 1))})`;
  }
  const fields = list(
    Object.entries(value),
    ([name, field]) => `${name}: ${show(field, depth + 1)}`,
  );
  return fields === '' ? '{}' : `{ ${fields} }`;
}

function list<T>(items: readonly T[], one: (item: T) => string): string {
  const shown = items.slice(0, maxItems).map(one);
  return [...shown, ...(items.length > maxItems ? ['…'] : [])].join(', ');
}

/** The text that the bytes are, if they are one. */
function showBytes(bytes: Uint8Array): string {
  try {
    return `bytes(${JSON.stringify(new TextDecoder('utf-8', { fatal: true }).decode(bytes))})`;
  } catch {
    const hex = [...bytes.subarray(0, maxItems)].map((byte) => byte.toString(16).padStart(2, '0'));
    return `bytes(${hex.join(' ')}${bytes.length > maxItems ? ' …' : ''})`;
  }
}

/** Matchers of jest and vitest say what they are by `toAsymmetricMatcher`, those of this kit by `toString`. */
function showMatcher(matcher: ValueMatcher): string {
  return matcher.toAsymmetricMatcher?.() ?? matcher.toString();
}
