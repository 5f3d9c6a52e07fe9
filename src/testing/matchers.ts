/** A matcher for `expect.extend`, as jest and vitest have it; neither is imported. */

import {
  describeError,
  describeExpectedError,
  type ExpectedError,
  sameError,
} from './same-error.js';

/** What a matcher answers. */
export interface MatcherVerdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * What {@link zkMatchers} adds to `expect`, for a compiler that wants to be told.
 *
 * @example
 * declare module 'vitest' { interface Matchers<T> extends ZkMatchers<T> {} }
 * declare global { namespace jest { interface Matchers<R> extends ZkMatchers<R> {} } }
 */
export interface ZkMatchers<R = unknown> {
  /** Compares an error by class, code and path, not by its message. */
  toMatchZooKeeperError(expected: ExpectedError): R;
}

/**
 * Matchers to give to `expect.extend`.
 *
 * @example
 * expect.extend(zkMatchers);
 * expect(error).toMatchZooKeeperError({ class: NoNodeError, path: '/a' });
 */
export const zkMatchers = {
  /** Compares an error by class, code and path; see {@link sameError}. */
  toMatchZooKeeperError(received: unknown, expected: ExpectedError): MatcherVerdict {
    const pass = sameError(received, expected);
    const message = (): string =>
      [
        `expected ${pass ? 'anything but ' : ''}${describeExpectedError(expected)}`,
        `got      ${describeError(received)}`,
      ].join('\n');
    return { pass, message };
  },
};
