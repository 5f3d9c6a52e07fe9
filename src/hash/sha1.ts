/** SHA-1, synchronous and pure: the hash in `digest` identities, where neither node: nor a Promise may be. */

import { type BlockHash, hashBlocks, rotate, wordAt } from './block-hash.js';

const sha1Blocks: BlockHash = {
  initial: Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0),
  words: 80,
  littleEndian: false,
  mix,
};

/** The 20 bytes of the SHA-1 of a message. Good for ZooKeeper's digests, not for anything new. */
export function sha1(message: Uint8Array): Uint8Array {
  return hashBlocks(message, sha1Blocks);
}

function mix(state: Int32Array, words: Int32Array): readonly number[] {
  expand(words);
  let a = wordAt(state, 0);
  let b = wordAt(state, 1);
  let c = wordAt(state, 2);
  let d = wordAt(state, 3);
  let e = wordAt(state, 4);
  for (let i = 0; i < 80; i++) {
    const next = (rotate(a, 5) + choose(i, [b, c, d]) + e + wordAt(words, i)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  return [a, b, c, d, e];
}

function expand(words: Int32Array): void {
  const before = (i: number, back: number) => wordAt(words, i - back);
  for (let i = 16; i < 80; i++) {
    words[i] = rotate(before(i, 3) ^ before(i, 8) ^ before(i, 14) ^ before(i, 16), 1);
  }
}

function choose(round: number, [b, c, d]: readonly [number, number, number]): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
