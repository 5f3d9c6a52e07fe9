/**
 * Cuts a byte stream into frames (int32 length + payload), however the stream was split or merged.
 *
 * Frames that lie whole in a chunk are read in place; only what is cut off at a chunk's end is copied. The buffer for that
 * grows with what really comes, so four bytes that promise a megabyte cost no megabyte. The callback's bytes are valid only
 * during the call.
 */

import { LimitExceededError, ProtocolError } from '../errors/client-errors.js';

/** The largest frame that a server with default settings takes: `jute.maxbuffer` = 0xfffff bytes. */
export const defaultMaxFrameBytes = 0xf_ffff;

// A frame up to this size has its buffer at once.
const promisedBytes = 0x1_0000;

/** Gets each frame as `bytes[from, to)`. Returning `false` stops the splitter for good. */
export type FrameHandler = (bytes: Uint8Array, from: number, to: number) => boolean;

export class FrameSplitter {
  private readonly header = new Uint8Array(4);
  private headerFilled = 0;
  private partial: Uint8Array | undefined;
  private partialLength = 0;
  private partialFilled = 0;
  private stopped = false;

  constructor(
    private readonly maxFrameBytes: number,
    private readonly onFrame: FrameHandler,
  ) {}

  /**
   * Takes the next chunk and calls the handler for each frame that it completes.
   * Throws {@link ProtocolError} for a length that is negative or over the limit (then it has a {@link LimitExceededError} as its cause);
   * the stream is then unusable.
   */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.stopped) {
      at = this.partial === undefined ? this.startFrame(chunk, at) : this.continueFrame(chunk, at);
    }
  }

  private startFrame(chunk: Uint8Array, at: number): number {
    if (this.headerFilled > 0 || chunk.length - at < 4) return this.continueHeader(chunk, at);
    return this.beginPayload(chunk, at + 4, this.checkLength(int32(chunk, at)));
  }

  private continueHeader(chunk: Uint8Array, at: number): number {
    let next = at;
    while (next < chunk.length && this.headerFilled < 4) {
      // `next` is below the chunk's length.
      this.header[this.headerFilled++] = chunk[next++] as number;
    }
    if (this.headerFilled < 4) return next;
    this.headerFilled = 0;
    return this.beginPayload(chunk, next, this.checkLength(int32(this.header, 0)));
  }

  private beginPayload(chunk: Uint8Array, at: number, length: number): number {
    if (chunk.length - at >= length) {
      this.emit(chunk, at, at + length);
      return at + length;
    }
    this.partialFilled = chunk.length - at;
    this.partialLength = length;
    this.partial = new Uint8Array(Math.min(length, Math.max(promisedBytes, this.partialFilled)));
    this.partial.set(chunk.subarray(at));
    return chunk.length;
  }

  private continueFrame(chunk: Uint8Array, at: number): number {
    // Called only while a partial frame is there.
    let partial = this.partial as Uint8Array;
    const count = Math.min(this.partialLength - this.partialFilled, chunk.length - at);
    const filled = this.partialFilled + count;
    if (filled > partial.length) partial = this.grown(partial, filled);
    partial.set(chunk.subarray(at, at + count), this.partialFilled);
    this.partialFilled = filled;
    if (filled === this.partialLength) {
      this.partial = undefined;
      this.emit(partial, 0, filled);
    }
    return at + count;
  }

  private grown(partial: Uint8Array, needed: number): Uint8Array {
    const larger = new Uint8Array(
      Math.min(this.partialLength, Math.max(needed, partial.length * 2)),
    );
    larger.set(partial.subarray(0, this.partialFilled));
    this.partial = larger;
    return larger;
  }

  private checkLength(length: number): number {
    if (length >= 0 && length <= this.maxFrameBytes) return length;
    this.stopped = true;
    if (length < 0) throw new ProtocolError(`negative frame length ${String(length)}`);
    const bound = { limit: this.maxFrameBytes, actual: length };
    throw new ProtocolError(`frame of ${String(length)} bytes, limit ${String(bound.limit)}`, {
      cause: new LimitExceededError('frame bytes', bound),
    });
  }

  private emit(bytes: Uint8Array, from: number, to: number): void {
    if (!this.onFrame(bytes, from, to)) this.stopped = true;
  }
}

function int32(bytes: Uint8Array, at: number): number {
  // The caller has checked that four bytes are there.
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
