/** Random identifiers from an injected source of chance. */

/** A version 4 UUID as 32 hex digits. `random` gives numbers in [0, 1). */
export function randomUuid(random: () => number): string {
  let id = '';
  for (let digit = 0; digit < 32; digit++) {
    const value = Math.floor(random() * 16);
    // RFC 9562: digit 12 is the version, the upper two bits of digit 16 are the variant.
    if (digit === 12) id += '4';
    else if (digit === 16) id += (0x8 | (value & 0x3)).toString(16);
    else id += value.toString(16);
  }
  return id;
}
