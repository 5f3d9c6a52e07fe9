/** CRC-32 (as in zlib and PNG): whether bytes are the ones that were written. */

const table = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum as a signed 32-bit number; `before` is that of the bytes that these follow. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  // Both indices are within their arrays.
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc;
}
