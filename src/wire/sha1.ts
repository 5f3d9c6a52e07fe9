/** SHA-1, synchronous and pure: the hash in `digest` identities, where neither node: nor a Promise may be. */

const blockBytes = 64;

/** The 20 bytes of the SHA-1 of a message. Good for ZooKeeper's digests, not for anything new. */
export function sha1(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const view = new DataView(padded.buffer);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const words = new Int32Array(80);
  for (let at = 0; at < padded.length; at += blockBytes) {
    expand(words, view, at);
    mix(state, words);
  }
  const hash = new Uint8Array(20);
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
  for (let i = 16; i < 80; i++) {
    words[i] = rotate(
      word(words, i - 3) ^ word(words, i - 8) ^ word(words, i - 14) ^ word(words, i - 16),
      1,
    );
  }
}

function mix(state: Int32Array, words: Int32Array): void {
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  for (let i = 0; i < 80; i++) {
    const next = (rotate(a, 5) + choose(i, [b, c, d]) + e + word(words, i)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  [a, b, c, d, e].forEach((value, i) => {
    state[i] = (word(state, i) + value) | 0;
  });
}

function choose(round: number, [b, c, d]: readonly [number, number, number]): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function word(words: Int32Array, at: number): number {
  // All callers stay within the array.
  return words[at] as number;
}
