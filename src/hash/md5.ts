/** MD5, synchronous and pure: the hash of DIGEST-MD5, for client and server, where neither node: nor a Promise may be. */

import { type BlockHash, hashBlocks, rotate, wordAt } from './block-hash.js';

const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const sines = Int32Array.from({ length: 64 }, (_, i) =>
  Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32),
);
const md5Blocks: BlockHash = {
  initial: Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476),
  words: 16,
  littleEndian: true,
  mix,
};

/** The 16 bytes of the MD5 of a message. Good for a protocol of its time, not for anything new. */
export function md5(message: Uint8Array): Uint8Array {
  return hashBlocks(message, md5Blocks);
}

function mix(state: Int32Array, words: Int32Array): readonly number[] {
  let a = wordAt(state, 0);
  let b = wordAt(state, 1);
  let c = wordAt(state, 2);
  let d = wordAt(state, 3);
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const taken = wordAt(words, place(round, i));
    const sum = (a + choose(round, [b, c, d]) + wordAt(sines, i) + taken) | 0;
    a = d;
    d = c;
    c = b;
    // There are four rounds of four shifts.
    b = (b + rotate(sum, shifts[round]?.[i & 3] ?? 0)) | 0;
  }
  return [a, b, c, d];
}

function choose(round: number, [b, c, d]: readonly [number, number, number]): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (d & b) | (~d & c);
  if (round === 2) return b ^ c ^ d;
  return c ^ (b | ~d);
}

/** Which word of the block a step takes. */
function place(round: number, i: number): number {
  if (round === 0) return i;
  if (round === 1) return (5 * i + 1) & 15;
  if (round === 2) return (3 * i + 5) & 15;
  return (7 * i) & 15;
}
