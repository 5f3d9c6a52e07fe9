/** The authentication schemes: digest and ip. */

import { digestProvider } from '../../src/server/digest-provider.js';
import { ipProvider } from '../../src/server/ip-provider.js';
import { digestId } from '../../src/wire/digest-id.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('digestProvider', () => {
  it('computes the identity that real servers compute', () => {
    expect(digestId('bob:pw')).toBe('bob:ikIaKsbtGweaHnb/jKn7OHqbunM=');
    expect(digestId(bytes('bob:pw'))).toBe('bob:ikIaKsbtGweaHnb/jKn7OHqbunM=');
  });

  it('takes a credential without a colon, and an empty one', () => {
    expect(digestId('nocolon')).toMatch(/^nocolon:.{28}$/);
    expect(digestId('')).toBe(':2jmj7l5rSw0yVb/vlWAYkK/YBwk=');
  });

  it('refuses a null credential', () => {
    expect(digestProvider().authenticate(null, 'h')).toBeUndefined();
  });

  it('proves super by the digest that is configured', () => {
    const provider = digestProvider(digestId('super:secret'));
    expect(provider.authenticate(bytes('super:secret'), 'h')).toEqual([
      { scheme: 'super', id: '' },
      { scheme: 'digest', id: digestId('super:secret') },
    ]);
    expect(provider.authenticate(bytes('super:guess'), 'h')).toHaveLength(1);
  });

  // As measured: Java's split forgets empty parts at the end.
  it.each([
    ['a:b', true],
    [':b', true],
    ['a:b:', true],
    ['a', false],
    ['a:', false],
    ['', false],
    ['a:b:c', false],
  ])('takes %p in an ACL: %p', (id, valid) => {
    expect(digestProvider().isValid(id)).toBe(valid);
  });
});

describe('ipProvider', () => {
  it.each([
    ['1.2.3.4', true],
    ['1.2.3.4/8', true],
    ['1.2.3.4/0', true],
    ['::1', true],
    ['fe80::/10', true],
    ['::ffff:1.2.3.4', true],
    ['1:2:3:4:5:6:7:8', true],
    ['1.2.3', false],
    ['1.2.3.256', false],
    ['1.2.3.4/33', false],
    ['1.2.3.4/', false],
    ['1.2.3.4/8/8', false],
    ['::1/129', false],
    ['1::2::3', false],
    ['1:2:3:4:5:6:7:8:9', false],
    ['1:2:3', false],
    ['host', false],
    ['', false],
  ])('takes %p in an ACL: %p', (id, valid) => {
    expect(ipProvider.isValid(id)).toBe(valid);
  });

  it.each([
    ['1.2.3.4', '1.2.3.4', true],
    ['1.2.3.4', '1.2.3.5', false],
    ['1.2.3.4', '1.2.0.0/16', true],
    ['1.3.3.4', '1.2.0.0/15', true],
    ['1.4.3.4', '1.2.0.0/15', false],
    ['9.9.9.9', '1.2.3.4/0', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['2001:db8:1::5', '2001:db8::/32', true],
    ['2001:db9::5', '2001:db8::/32', false],
    ['::1', '1.2.3.4/0', false],
    ['memory', '1.2.3.4/0', false],
  ])('finds %p in %p: %p', (identity, aclId, matches) => {
    expect(ipProvider.matches(identity, aclId)).toBe(matches);
  });
});
