/**
 * The first bytes of a connection: a four-letter word, or the beginning of a handshake.
 *
 * A server cannot tell before it has four of them. A word that takes an argument waits for that too; everything
 * else is handed on untouched.
 */

import { argumentBytesOf, wordBytes } from './four-letter-words.js';

/** What the first bytes are; `undefined` as long as that cannot be said. */
export type Greeting =
  | { readonly kind: 'word'; readonly word: string; readonly argument: bigint }
  | { readonly kind: 'frames'; readonly bytes: Uint8Array };

const maxBytes = wordBytes + 8;

export class GreetingReader {
  private readonly bytes = new Uint8Array(maxBytes);
  private filled = 0;

  /** Takes the next chunk. `bytes` of the result are all that have come so far, and valid as long as the chunk. */
  take(chunk: Uint8Array): Greeting | undefined {
    const whole = this.filled === 0 ? chunk : this.join(chunk);
    if (whole.length < wordBytes) {
      this.keep(whole);
      return undefined;
    }
    const word = String.fromCharCode(...whole.subarray(0, wordBytes));
    const more = argumentBytesOf(word);
    if (more === undefined) return { kind: 'frames', bytes: whole };
    if (whole.length < wordBytes + more) {
      this.keep(whole);
      return undefined;
    }
    return { kind: 'word', word, argument: more === 0 ? 0n : long(whole, wordBytes) };
  }

  private join(chunk: Uint8Array): Uint8Array {
    const whole = new Uint8Array(this.filled + chunk.length);
    whole.set(this.bytes.subarray(0, this.filled));
    whole.set(chunk, this.filled);
    return whole;
  }

  private keep(whole: Uint8Array): void {
    this.bytes.set(whole);
    this.filled = whole.length;
  }
}

function long(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(at);
}
