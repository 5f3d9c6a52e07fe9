/** What MD5, SHA-1 and SHA-256 share: the padding, the blocks, and a state of words that each block is mixed into. */

/** One hash function. */
export interface BlockHash {
  /** The state before the first block; as long as the hash. */
  readonly initial: Int32Array;
  /** How many words `mix` works on: the 16 of a block, and those that it makes of them. */
  readonly words: number;
  /** The order of bytes in a word. */
  readonly littleEndian: boolean;
  /** What a block adds to each word of the state. */
  readonly mix: (state: Int32Array, words: Int32Array) => ArrayLike<number>;
}

const blockBytes = 64;
const wordsOfBlock = 16;

/** The hash of a message. */
export function hashBlocks(message: Uint8Array, hash: BlockHash): Uint8Array {
  const { littleEndian, mix } = hash;
  const view = pad(message, littleEndian);
  const state = Int32Array.from(hash.initial);
  const words = new Int32Array(hash.words);
  for (let at = 0; at < view.byteLength; at += blockBytes) {
    for (let i = 0; i < wordsOfBlock; i++) words[i] = view.getInt32(at + i * 4, littleEndian);
    const added = mix(state, words);
    state.forEach((value, i) => {
      state[i] = value + wordAt(added, i);
    });
  }
  const out = new DataView(new ArrayBuffer(state.byteLength));
  state.forEach((value, i) => {
    out.setInt32(i * 4, value, littleEndian);
  });
  return new Uint8Array(out.buffer);
}

/** The message, a 1 bit, zeros, and the length in bits as 64-bit number, in whole blocks. */
function pad(message: Uint8Array, littleEndian: boolean): DataView {
  const length = Math.ceil((message.length + 9) / blockBytes) * blockBytes;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(length - 8, BigInt(message.length) * 8n, littleEndian);
  return view;
}

/** Turns the bits of a word to the left. */
export function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** A word of a list that is known to be long enough. */
export function wordAt(words: ArrayLike<number>, at: number): number {
  // All callers stay within the list.
  return words[at] as number;
}
