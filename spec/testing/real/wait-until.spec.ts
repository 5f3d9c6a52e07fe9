/** Waiting for a condition. */

import { waitFor } from '../../../src/testing/real/wait-until.js';

describe('waitFor', () => {
  it('says what it waited for in vain, and how things stand', async () => {
    const waiting = waitFor('the tide', {
      probe: () => Promise.resolve(undefined),
      timeoutMs: 20,
      intervalMs: 5,
      explain: () => 'low water',
    });
    await expect(waiting).rejects.toThrow('waited 20 ms in vain for the tide\nlow water');
  });
});
