/**
 * Encodes jute primitives, big-endian, into one growing buffer.
 *
 * A writer is filled with any number of frames; `take()` hands the bytes written so far to the caller, who then
 * owns them, and the writer goes on behind them. A record that turns out wrong half-way is undone with `rewind`.
 */

const encoder = new TextEncoder();
const initialBytes = 16 * 1024;
// Below this length a loop over the characters is faster than a call of the encoder.
const shortString = 48;

export class JuteWriter {
  private bytes = new Uint8Array(initialBytes);
  private view = new DataView(this.bytes.buffer);
  private start = 0;
  private end = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.end - this.start;
  }

  bool(value: boolean): void {
    this.reserve(1);
    this.bytes[this.end++] = value ? 1 : 0;
  }

  int(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.end, value);
    this.end += 4;
  }

  long(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.end, value);
    this.end += 8;
  }

  /** A long that is known to be a whole number within ±2^53, such as a time in milliseconds. */
  longNumber(value: number): void {
    this.reserve(8);
    this.view.setInt32(this.end, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(this.end + 4, value >>> 0);
    this.end += 8;
  }

  /** A length-prefixed byte string; `null` is its own value (length -1). */
  buffer(value: Uint8Array | null): void {
    if (value === null) {
      this.int(-1);
      return;
    }
    this.reserve(4 + value.length);
    this.view.setInt32(this.end, value.length);
    this.bytes.set(value, this.end + 4);
    this.end += 4 + value.length;
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.end);
    this.end += value.length;
  }

  /** A length-prefixed UTF-8 string; `null` is its own value (length -1). */
  string(value: string | null): void {
    if (value === null) {
      this.int(-1);
      return;
    }
    if (value.length <= shortString && this.shortAscii(value)) return;
    // UTF-8 takes at most three bytes for each UTF-16 code unit.
    this.reserve(4 + value.length * 3);
    const { written } = encoder.encodeInto(value, this.bytes.subarray(this.end + 4));
    this.view.setInt32(this.end, written);
    this.end += 4 + written;
  }

  /** A count and the items, each by `item`; `null` is its own value (count -1). */
  vector<T>(values: readonly T[] | null, item: (writer: JuteWriter, value: T) => void): void {
    if (values === null) {
      this.int(-1);
      return;
    }
    this.int(values.length);
    for (const value of values) item(this, value);
  }

  /** Leaves room for a frame's length; give the mark to `endFrame`, or to `rewind` to undo the frame. */
  beginFrame(): number {
    this.reserve(4);
    const mark = this.end - this.start;
    this.end += 4;
    return mark;
  }

  /** Fills in the length of the frame that `beginFrame` began and returns it (payload bytes). */
  endFrame(mark: number): number {
    const at = this.start + mark;
    const payload = this.end - at - 4;
    this.view.setInt32(at, payload);
    return payload;
  }

  /** Forgets everything written since the mark. */
  rewind(mark: number): void {
    this.end = this.start + mark;
  }

  /** The bytes written since the last `take`. They are the caller's; the writer never touches them again. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(this.start, this.end);
    this.start = this.end;
    return taken;
  }

  private shortAscii(value: string): boolean {
    const { length } = value;
    this.reserve(4 + length);
    const { bytes } = this;
    const from = this.end + 4;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[from + i] = code;
    }
    this.view.setInt32(this.end, length);
    this.end = from + length;
    return true;
  }

  /** Makes room; bytes already taken stay where they are, in the old buffer. */
  private reserve(count: number): void {
    if (this.end + count <= this.bytes.length) return;
    const pending = this.end - this.start;
    const grown = new Uint8Array(Math.max(initialBytes, 2 * (pending + count)));
    grown.set(this.bytes.subarray(this.start, this.end));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
    this.start = 0;
    this.end = pending;
  }
}

/** Encodes one record on its own, without a frame. For tests and cold paths. */
export function encode(write: (writer: JuteWriter) => void): Uint8Array {
  const writer = new JuteWriter();
  write(writer);
  return writer.take().slice();
}
