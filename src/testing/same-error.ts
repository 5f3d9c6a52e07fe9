/**
 * Errors compared by what programs branch on: class, code and path, never by message or stack.
 *
 * Test runners compare errors by their message (two errors of different classes with one message are "equal"), or by
 * their stack; neither is what a test of coordination means.
 */

import { ZooKeeperError } from '../errors/base.js';
import { ServerError } from '../errors/server-error.js';

/** What an error should be; what is left out may be anything. */
export interface ErrorShape {
  /** The class, or one that extends it. */
  // `never` because constructors differ in their parameters, and nobody calls them here.
  readonly class?: abstract new (...parameters: never) => Error;
  /** The name of the class: `NoNodeError`. */
  readonly name?: string;
  /** The server's code, as in `errorCodes`. */
  readonly code?: number;
  readonly path?: string;
  readonly operation?: string;
  /** Of a lost or late request. */
  readonly outcome?: 'unknown' | 'not-sent';
}

/** What to compare an error with: its class, the name of its class, its shape, or an error that is like it. */
export type ExpectedError = NonNullable<ErrorShape['class']> | string | ErrorShape | Error;

const shapeFields = ['name', 'code', 'path', 'operation', 'outcome'] as const;

/**
 * Whether an error is the one that was expected: by class, code and path, and whatever else the shape names.
 *
 * An error to compare with is taken as its class (exactly), code, path and outcome; its message does not count. One that
 * is not of rxzk is compared by class and message.
 */
export function sameError(actual: unknown, expected: ExpectedError): boolean {
  if (typeof expected === 'string') return actual instanceof Error && actual.name === expected;
  if (typeof expected === 'function') return actual instanceof expected;
  if (expected instanceof Error) return actual instanceof Error && isAlike(actual, expected);
  if (!(actual instanceof Error)) return false;
  if (expected.class !== undefined && !(actual instanceof expected.class)) return false;
  return shapeFields.every(
    (field) => expected[field] === undefined || fieldOf(actual, field) === expected[field],
  );
}

function isAlike(actual: Error, expected: Error): boolean {
  if (actual.constructor !== expected.constructor || actual.name !== expected.name) return false;
  if (!(expected instanceof ZooKeeperError)) return actual.message === expected.message;
  return (['code', 'path', 'outcome'] as const).every(
    (field) => fieldOf(actual, field) === fieldOf(expected, field),
  );
}

function fieldOf(error: Error, field: (typeof shapeFields)[number]): unknown {
  // Asked by name, because errors differ in what they have.
  return (error as Partial<Record<typeof field, unknown>>)[field];
}

/** An error in a few words: `NoNodeError (NoNode: get /a)`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = error instanceof ServerError ? `, code ${String(error.code)}` : '';
  return `${error.name} (${error.message}${code})`;
}

/** What was expected, in a few words. */
export function describeExpectedError(expected: ExpectedError): string {
  if (typeof expected === 'string') return expected;
  if (typeof expected === 'function') return expected.name;
  if (expected instanceof Error) return describeError(expected);
  const { class: type, ...fields } = expected;
  const given = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`);
  return [type?.name ?? 'an error', ...given].join(', ');
}
