/** SHA-256, synchronous and pure: what migrations are known by, where neither node: nor a Promise may be. */

import { type BlockHash, hashBlocks, rotate, wordAt } from './block-hash.js';

const [initial, constants] = primesHash();
const sha256Blocks: BlockHash = { initial, words: 64, littleEndian: false, mix };

/** The 32 bytes of the SHA-256 of a message. */
export function sha256(message: Uint8Array): Uint8Array {
  return hashBlocks(message, sha256Blocks);
}

function mix(state: Int32Array, words: Int32Array): Int32Array {
  expand(words);
  const rows = Int32Array.from(state);
  const at = (row: number) => wordAt(rows, row);
  for (let i = 0; i < 64; i++) {
    const e = at(4);
    const choice = (e & at(5)) ^ (~e & at(6));
    const bigE = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    const one = (at(7) + bigE + choice + wordAt(constants, i) + wordAt(words, i)) | 0;
    const a = at(0);
    const majority = (a & at(1)) ^ (a & at(2)) ^ (at(1) & at(2));
    const bigA = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    rows.copyWithin(1, 0, 7);
    rows[4] = (at(4) + one) | 0;
    rows[0] = (one + bigA + majority) | 0;
  }
  return rows;
}

function expand(words: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const early = wordAt(words, i - 15);
    const late = wordAt(words, i - 2);
    const smallEarly = rotateRight(early, 7) ^ rotateRight(early, 18) ^ (early >>> 3);
    const smallLate = rotateRight(late, 17) ^ rotateRight(late, 19) ^ (late >>> 10);
    words[i] = (wordAt(words, i - 16) + smallEarly + wordAt(words, i - 7) + smallLate) | 0;
  }
}

/** The standard's numbers: 32 bits behind the point of the square and cube roots of the first primes. */
function primesHash(): readonly [Int32Array, Int32Array] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < 64; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  // Doubles have bits to spare for these.
  const fraction = (root: number) => ((root % 1) * 2 ** 32) | 0;
  return [
    Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  ];
}

function rotateRight(value: number, bits: number): number {
  return rotate(value, 32 - bits);
}
