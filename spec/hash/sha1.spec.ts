/** SHA-1 against the platform's own. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha1 } from '../../src/hash/sha1.js';

describe('sha1', () => {
  it('hashes every message as the platform does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(Buffer.from(sha1(message)).toString('hex')).toBe(
          createHash('sha1').update(message).digest('hex'),
        );
      }),
    );
  });

  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128])('pads a message of %d bytes', (length) => {
    const message = new Uint8Array(length).fill(0x61);
    expect(Buffer.from(sha1(message)).toString('hex')).toBe(
      createHash('sha1').update(message).digest('hex'),
    );
  });
});
