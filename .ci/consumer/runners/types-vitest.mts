/** What a user's compiler says of the matchers in vitest. */
import { NoNodeError } from 'rxzk';
import { type ZkMatchers, zkMatchers } from 'rxzk/testing';
import { expect } from 'vitest';

declare module 'vitest' {
  interface Matchers<T> extends ZkMatchers<T> {}
}

expect.extend(zkMatchers);
expect(new Error('no')).not.toMatchZooKeeperError({ class: NoNodeError, path: '/a' });
// @ts-expect-error -- a code is a number
expect(new Error('no')).toMatchZooKeeperError({ code: 'NoNode' });
