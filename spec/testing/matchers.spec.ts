/** The matchers as jest has them, with their types. */

import { BadVersionError, NoNodeError } from '../../src/errors/server-error.js';
import { type ZkMatchers, zkMatchers } from '../../src/testing/index.js';

// This is how jest's types are added to.
/* eslint-disable @typescript-eslint/no-namespace, @typescript-eslint/no-empty-object-type */
declare global {
  namespace jest {
    interface Matchers<R> extends ZkMatchers<R> {}
  }
}
/* eslint-enable @typescript-eslint/no-namespace, @typescript-eslint/no-empty-object-type */

expect.extend(zkMatchers);

describe('zkMatchers', () => {
  const noNode = new NoNodeError({ operation: 'get', path: '/a' });

  it('compares errors in expect', () => {
    expect(noNode).toMatchZooKeeperError({ class: NoNodeError, path: '/a' });
    expect(noNode).not.toMatchZooKeeperError(BadVersionError);
    expect(() => {
      expect(noNode).toMatchZooKeeperError({ path: '/b' });
    }).toThrow('expected an error, path /b');
  });
});
