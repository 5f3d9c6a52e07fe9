/** A growing buffer of outgoing bytes that is handed to a socket in one write. */

const INITIAL_BYTES = 64 * 1024;

export class Output {
  constructor() {
    this.length = 0;
    this.allocate(INITIAL_BYTES);
  }

  /** Room for `count` more bytes; answers where it begins. */
  reserve(count) {
    const at = this.length;
    if (at + count > this.bytes.length) this.grow(at + count);
    this.length = at + count;
    return at;
  }

  flushTo(socket) {
    if (this.length === 0) return;
    socket.write(this.bytes.subarray(0, this.length));
    // Nearly always the kernel has taken everything before `write` returns, and the same memory serves again.
    if (socket.writableLength > 0) this.allocate(INITIAL_BYTES);
    this.length = 0;
  }

  grow(wanted) {
    const old = this.bytes;
    this.allocate(Math.max(wanted, old.length * 2));
    this.bytes.set(old.subarray(0, this.length));
  }

  allocate(size) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = new DataView(this.bytes.buffer);
  }
}
