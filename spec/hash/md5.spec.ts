/** MD5 against the vectors of RFC 1321, and against another implementation. */

import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { hex } from '../../src/wire/digest-md5.js';
import { md5 } from '../../src/hash/md5.js';
import { bytes } from '../server/world.js';

describe('md5', () => {
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ])('of "%s" is that of the RFC', (text, digest) => {
    expect(hex(md5(bytes(text)))).toBe(digest);
  });

  it('is what others compute, around every length of a block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        expect(hex(md5(message))).toBe(createHash('md5').update(message).digest('hex'));
      }),
    );
  });
});
