/** Whether two values are the same to a test: by content, errors by class, code and path, and by what matchers say. */

import { sameError } from './same-error.js';

/** A matcher in the place of a value: jest's and vitest's `expect.any(String)`, and those of this kit. */
export interface ValueMatcher {
  asymmetricMatch(actual: unknown): boolean;
  /** What it is, in words. */
  toAsymmetricMatcher?(): string;
  toString(): string;
}

/** Compares by content; a property that is `undefined` is as good as none. */
export function sameValue(actual: unknown, expected: unknown): boolean {
  return same(actual, expected, new Map());
}

/** `seen`: what each object is being compared with, so that circles end. */
function same(actual: unknown, expected: unknown, seen: Map<object, unknown>): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (Object.is(actual, expected)) return true;
  if (!isObject(actual) || !isObject(expected)) return false;
  if (expected instanceof Error || actual instanceof Error) {
    return expected instanceof Error && sameError(actual, expected);
  }
  if (seen.get(actual) === expected) return true;
  seen.set(actual, expected);
  if (tagOf(actual) !== tagOf(expected)) return false;
  if (actual instanceof Date) return Object.is(actual.getTime(), Number(expected));
  if (isIterable(actual) && isIterable(expected)) {
    const [left, right] = [[...actual], [...expected]];
    return left.length === right.length && left.every((one, i) => same(one, right[i], seen));
  }
  return sameFields({ ...actual }, { ...expected }, seen);
}

type Fields = Readonly<Record<string, unknown>>;

function sameFields(actual: Fields, expected: Fields, seen: Map<object, unknown>): boolean {
  const names = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...names].every((name) => same(actual[name], expected[name], seen));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** Whether it is a matcher, of whatever library. */
export function isMatcher(value: unknown): value is ValueMatcher {
  return (
    isObject(value) && 'asymmetricMatch' in value && typeof value.asymmetricMatch === 'function'
  );
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
