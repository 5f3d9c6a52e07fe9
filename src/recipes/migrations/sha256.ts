/** SHA-256, synchronous and pure: what migrations are known by, where neither node: nor a Promise may be. */

const blockBytes = 64;
const [initial, constants] = primesHash();

/** The 32 bytes of the SHA-256 of a message. */
export function sha256(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const view = new DataView(padded.buffer);
  const state = Int32Array.from(initial);
  const words = new Int32Array(64);
  for (let at = 0; at < padded.length; at += blockBytes) {
    expand(words, view, at);
    mix(state, words);
  }
  const hash = new Uint8Array(32);
  const out = new DataView(hash.buffer);
  state.forEach((word, i) => {
    out.setInt32(i * 4, word);
  });
  return hash;
}

/** The message, a 1 bit, zeros, and the length in bits as 64-bit number, in whole blocks. */
function pad(message: Uint8Array): Uint8Array {
  const length = Math.ceil((message.length + 9) / blockBytes) * blockBytes;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(length - 8, BigInt(message.length) * 8n);
  return padded;
}

function expand(words: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const early = word(words, i - 15);
    const late = word(words, i - 2);
    const smallEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const smallLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    words[i] = (word(words, i - 16) + smallEarly + word(words, i - 7) + smallLate) | 0;
  }
}

function mix(state: Int32Array, words: Int32Array): void {
  const rows = Int32Array.from(state);
  const at = (row: number) => word(rows, row);
  for (let i = 0; i < 64; i++) {
    const e = at(4);
    const choice = (e & at(5)) ^ (~e & at(6));
    const bigE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const one = (at(7) + bigE + choice + word(constants, i) + word(words, i)) | 0;
    const a = at(0);
    const majority = (a & at(1)) ^ (a & at(2)) ^ (at(1) & at(2));
    const bigA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    rows.copyWithin(1, 0, 7);
    rows[4] = (at(4) + one) | 0;
    rows[0] = (one + bigA + majority) | 0;
  }
  rows.forEach((value, i) => {
    state[i] = (word(state, i) + value) | 0;
  });
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

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

function word(words: Int32Array, at: number): number {
  // All callers stay within the array.
  return words[at] as number;
}
