/** What the bare client puts on the wire and how it reads replies: every field, like a real client. */

const OPEN_TIMEOUT_MS = 30_000;
// As large as the pool that Node's own buffers are cut from.
const SLAB_BYTES = 8 * 1024;

/** Copies bytes out of a chunk that is used again, into slabs: an allocation for each copy costs several times as much. */
class Copier {
  constructor() {
    this.slab = new ArrayBuffer(SLAB_BYTES);
    this.used = 0;
  }

  copy(bytes, from, length) {
    if (length > SLAB_BYTES / 2) return new Uint8Array(bytes.subarray(from, from + length));
    if (this.used + length > SLAB_BYTES) {
      this.slab = new ArrayBuffer(SLAB_BYTES);
      this.used = 0;
    }
    const copy = new Uint8Array(this.slab, this.used, length);
    copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, length));
    this.used += length;
    return copy;
  }
}

const copier = new Copier();

export function writeHandshake(output) {
  const at = output.reserve(49);
  const { bytes, view } = output;
  bytes.fill(0, at, at + 49);
  view.setInt32(at, 45);
  view.setInt32(at + 16, OPEN_TIMEOUT_MS);
  view.setInt32(at + 28, 16);
}

export function writeGet(output, { xid, path, watch }) {
  const start = begin(output, { xid, opcode: 4, path, moreBytes: 1 });
  output.bytes[output.length++] = watch ? 1 : 0;
  end(output, start);
}

export function writeSet(output, { xid, path, data }) {
  const start = begin(output, { xid, opcode: 5, path, moreBytes: 8 + data.length });
  const { view } = output;
  view.setInt32(output.length, data.length);
  output.bytes.set(data, output.length + 4);
  view.setInt32(output.length + 4 + data.length, -1);
  output.length += 8 + data.length;
  end(output, start);
}

export function writeEmpty(output, { xid, opcode }) {
  const at = output.reserve(12);
  output.view.setInt32(at, 8);
  output.view.setInt32(at + 4, xid);
  output.view.setInt32(at + 8, opcode);
}

/** Header and path. Leaves `output.length` behind them, with room for `moreBytes`. */
function begin(output, { xid, opcode, path, moreBytes }) {
  const at = output.reserve(16 + path.length * 3 + moreBytes);
  const { bytes, view } = output;
  view.setInt32(at + 4, xid);
  view.setInt32(at + 8, opcode);
  const length = writeText(bytes, path, at + 16);
  view.setInt32(at + 12, length);
  output.length = at + 16 + length;
  return at;
}

function end(output, start) {
  output.view.setInt32(start, output.length - start - 4);
}

function writeText(bytes, text, at) {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return bytes.write(text, at);
    bytes[at + i] = code;
  }
  return text.length;
}

export function readNode(bytes, view, at) {
  const length = view.getInt32(at);
  return { data: copier.copy(bytes, at + 4, length), stat: readStat(view, at + 4 + length) };
}

/** The reply of a set is a Stat. */
export function readSetReply(_bytes, view, at) {
  return readStat(view, at);
}

function readStat(view, at) {
  return {
    czxid: view.getBigInt64(at),
    mzxid: view.getBigInt64(at + 8),
    ctime: longNumber(view, at + 16),
    mtime: longNumber(view, at + 24),
    version: view.getInt32(at + 32),
    cversion: view.getInt32(at + 36),
    aversion: view.getInt32(at + 40),
    ephemeralOwner: view.getBigInt64(at + 44),
    dataLength: view.getInt32(at + 52),
    numChildren: view.getInt32(at + 56),
    pzxid: view.getBigInt64(at + 60),
  };
}

export function readEvent(bytes, view, at) {
  const length = view.getInt32(at + 8);
  const path = bytes.toString('utf8', at + 12, at + 12 + length);
  return { type: view.getInt32(at), state: view.getInt32(at + 4), path };
}

function longNumber(view, at) {
  return view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4);
}
