/** Suggestions for misspelt names. */

import { nearestName } from '../../src/client/nearest-name.js';

describe('nearestName', () => {
  const known = ['sessionTimeoutMs', 'connectTimeoutMs', 'random'];

  it.each([
    ['sessionTimeout', 'sessionTimeoutMs'],
    ['SESSIONTIMEOUTMS', 'sessionTimeoutMs'],
    ['conectTimeoutMs', 'connectTimeoutMs'],
    ['randm', 'random'],
  ])('finds what %s was meant to be', (name, meant) => {
    expect(nearestName(name, known)).toBe(meant);
  });

  it('suggests nothing that is far away', () => {
    expect(nearestName('xyz', known)).toBeUndefined();
  });
});
