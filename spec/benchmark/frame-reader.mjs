/**
 * Cuts a stream of chunks into length-prefixed frames.
 *
 * A frame that lies whole in a chunk is handed out where it lies; only one that is cut by the end of a chunk is copied.
 */

const INITIAL_BYTES = 4096;

export class FrameReader {
  /** `onFrame(bytes, view, from, to)`: the bytes are valid only during the call. */
  constructor(onFrame) {
    this.onFrame = onFrame;
    this.chunk = undefined;
    this.view = undefined;
    this.cut = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.cutLength = 0;
  }

  push(chunk, length) {
    if (chunk !== this.chunk) {
      this.chunk = chunk;
      this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
    const { view } = this;
    let at = this.cutLength > 0 ? this.completeCut(chunk, length) : 0;
    while (length - at >= 4) {
      const end = at + 4 + view.getInt32(at);
      if (end > length) break;
      this.onFrame(chunk, view, at + 4, end);
      at = end;
    }
    if (at < length) this.keep(chunk, at, length);
  }

  /** Takes what the cut frame still lacks; answers where the next frame begins. */
  completeCut(chunk, length) {
    let at = 0;
    if (this.cutLength < 4) {
      at = Math.min(4 - this.cutLength, length);
      this.keep(chunk, 0, at);
      if (this.cutLength < 4) return length;
    }
    const size = 4 + this.cut.readInt32BE(0);
    const taken = Math.min(size - this.cutLength, length - at);
    this.keep(chunk, at, at + taken);
    if (this.cutLength < size) return length;
    const { cut } = this;
    this.cutLength = 0;
    this.onFrame(cut, new DataView(cut.buffer), 4, size);
    return at + taken;
  }

  keep(chunk, from, to) {
    const length = this.cutLength + to - from;
    if (length > this.cut.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.cut.length * 2));
      larger.set(this.cut.subarray(0, this.cutLength));
      this.cut = larger;
    }
    this.cut.set(chunk.subarray(from, to), this.cutLength);
    this.cutLength = length;
  }
}
