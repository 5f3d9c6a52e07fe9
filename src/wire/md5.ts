/** MD5, synchronous and pure: the hash of DIGEST-MD5, for client and server, where neither node: nor a Promise may be. */

const blockBytes = 64;
const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const sines = Int32Array.from({ length: 64 }, (_, i) =>
  Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32),
);

/** The 16 bytes of the MD5 of a message. Good for a protocol of its time, not for anything new. */
export function md5(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const view = new DataView(padded.buffer);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const words = new Int32Array(16);
  for (let at = 0; at < padded.length; at += blockBytes) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + i * 4, true);
    mix(state, words);
  }
  const hash = new Uint8Array(16);
  const out = new DataView(hash.buffer);
  state.forEach((word, i) => {
    out.setInt32(i * 4, word, true);
  });
  return hash;
}

/** The message, a 1 bit, zeros, and the length in bits as 64-bit number, in whole blocks. */
function pad(message: Uint8Array): Uint8Array {
  const length = Math.ceil((message.length + 9) / blockBytes) * blockBytes;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(length - 8, BigInt(message.length) * 8n, true);
  return padded;
}

function mix(state: Int32Array, words: Int32Array): void {
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const sum = (a + choose(round, [b, c, d]) + word(sines, i) + word(words, place(round, i))) | 0;
    a = d;
    d = c;
    c = b;
    // There are four rounds of four shifts.
    b = (b + rotate(sum, shifts[round]?.[i & 3] ?? 0)) | 0;
  }
  [a, b, c, d].forEach((value, i) => {
    state[i] = (word(state, i) + value) | 0;
  });
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

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function word(words: Int32Array, at: number): number {
  // All callers stay within the array.
  return words[at] as number;
}
