/**
 * Decodes jute primitives, big-endian, from one frame.
 *
 * Every read is bounds-checked and throws `ProtocolError`. A reader can be pointed at the next frame with `reset`, so a
 * connection needs only one. Byte strings are copied out: nothing that a reader returns refers to the input.
 */

import { ProtocolError } from '../errors/client-errors.js';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
// Below this length building the string from its characters is faster than a call of the decoder.
const shortString = 24;
// Below this length a loop over the bytes is faster than a view of them and a call.
const shortBytes = 32;

export class JuteReader {
  private bytes: Uint8Array;
  private view: DataView;
  private position: number;
  private end: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = 0;
    this.end = bytes.length;
  }

  /** Points this reader at `bytes[from, to)`. */
  reset(bytes: Uint8Array, from: number, to: number): void {
    if (
      bytes.buffer !== this.view.buffer ||
      bytes.byteOffset !== this.view.byteOffset ||
      bytes.length !== this.bytes.length
    ) {
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.bytes = bytes;
    this.position = from;
    this.end = to;
  }

  /** Bytes of the frame not read yet. */
  get remaining(): number {
    return this.end - this.position;
  }

  bool(): boolean {
    return this.bytes[this.advance(1, 'bool')] !== 0;
  }

  int(): number {
    return this.view.getInt32(this.advance(4, 'int'));
  }

  long(): bigint {
    return this.view.getBigInt64(this.advance(8, 'long'));
  }

  /** A long as a number: exact within ±2^53, as times in milliseconds are. */
  longNumber(): number {
    const at = this.advance(8, 'long');
    return this.view.getInt32(at) * 0x1_0000_0000 + this.view.getUint32(at + 4);
  }

  /** A copy of a length-prefixed byte string; `null` for length -1. */
  buffer(): Uint8Array | null {
    const length = this.size('buffer');
    if (length === -1) return null;
    const at = this.advance(length, 'buffer');
    // Not `slice`: on Node's Buffer, which is what a socket hands out, that is a view and no copy.
    const copy = new Uint8Array(length);
    if (length > shortBytes) copy.set(this.bytes.subarray(at, at + length));
    // `advance` has checked that the bytes are there.
    else for (let i = 0; i < length; i++) copy[i] = this.bytes[at + i] as number;
    return copy;
  }

  /** A length-prefixed UTF-8 string; `null` for length -1. */
  string(): string | null {
    const length = this.size('string');
    if (length === -1) return null;
    const at = this.advance(length, 'string');
    return decodeText(this.bytes, at, at + length);
  }

  /** A string that the protocol does not allow to be null. */
  text(what: string): string {
    const value = this.string();
    if (value === null) throw new ProtocolError(`${what} is null`);
    return value;
  }

  /** A count and that many items; `null` for count -1. */
  vector<T>(item: (reader: JuteReader) => T): T[] | null {
    const count = this.size('vector');
    if (count === -1) return null;
    // Each item takes at least a byte, so a huge count in a small frame is refused before anything is allocated.
    if (count > this.remaining) throw this.truncated('vector', count);
    const items = new Array<T>(count);
    for (let i = 0; i < count; i++) items[i] = item(this);
    return items;
  }

  /**
   * A vector of strings, decoded as one text where all of it is ASCII: a list of 10,000 children costs one call of
   * the decoder instead of 10,000. A null element reads as an empty string. `trailing` is the size of what follows
   * the vector in the frame.
   */
  strings(trailing = 0): string[] | null {
    const count = this.size('vector');
    if (count === -1) return null;
    if (count > this.remaining) throw this.truncated('vector', count);
    const base = this.position;
    const end = Math.max(base, this.end - trailing);
    // One UTF-16 unit for each byte holds only if no multi-byte sequence is in it, and then indices are offsets.
    const text = count < 4 ? '' : decoder.decode(this.bytes.subarray(base, end));
    const aligned = count >= 4 && text.length === end - base;
    const items = new Array<string>(count);
    for (let i = 0; i < count; i++) {
      const length = Math.max(0, this.size('string'));
      const at = this.advance(length, 'string');
      items[i] = aligned
        ? text.slice(at - base, at - base + length)
        : decodeText(this.bytes, at, at + length);
    }
    return items;
  }

  private size(what: string): number {
    const size = this.int();
    if (size < -1) throw new ProtocolError(`negative ${what} length ${String(size)}`);
    return size;
  }

  private advance(count: number, what: string): number {
    const at = this.position;
    if (count > this.end - at) throw this.truncated(what, count);
    this.position = at + count;
    return at;
  }

  private truncated(what: string, wanted: number): ProtocolError {
    return new ProtocolError(
      `truncated ${what}: ${String(wanted)} bytes wanted, ${String(this.remaining)} left in the frame`,
    );
  }
}

function decodeText(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > shortString) return decoder.decode(bytes.subarray(from, to));
  let text = '';
  for (let i = from; i < to; i++) {
    // `i` is below the length that `advance` has checked.
    const code = bytes[i] as number;
    if (code > 0x7f) return decoder.decode(bytes.subarray(from, to));
    text += String.fromCharCode(code);
  }
  return text;
}
