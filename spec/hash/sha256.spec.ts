/** SHA-256 against Node's own. */

import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { sha256 } from '../../src/hash/sha256.js';

const nodes = (message: Uint8Array) => createHash('sha256').update(message).digest('hex');
const ours = (message: Uint8Array) => Buffer.from(sha256(message)).toString('hex');

describe('sha256', () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])('hashes %d bytes', (length) => {
    const message = Uint8Array.from({ length }, (_, i) => i * 7);
    expect(ours(message)).toBe(nodes(message));
  });

  it('hashes whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(ours(message)).toBe(nodes(message));
      }),
    );
  });
});
