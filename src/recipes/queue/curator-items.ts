/**
 * The bytes of a Curator queue's entry (`ItemSerializer`): a version, then each item behind a byte 1 and its length, then a
 * byte 2. One entry may hold several items.
 */

const version = 0x0001_0001;
const itemOpcode = 1;
const endOpcode = 2;
const intBytes = 4;

/** One entry with these items. */
export function packItems(items: readonly Uint8Array[]): Uint8Array {
  const length = items.reduce((sum, item) => sum + 1 + intBytes + item.length, intBytes + 1);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, version);
  let at = intBytes;
  for (const item of items) {
    view.setUint8(at, itemOpcode);
    view.setInt32(at + 1, item.length);
    bytes.set(item, at + 1 + intBytes);
    at += 1 + intBytes + item.length;
  }
  view.setUint8(at, endOpcode);
  return bytes;
}

/** The items of an entry. Throws when the bytes are not an entry's. */
export function unpackItems(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // DataView throws a RangeError at the end of the bytes: a truncated entry is none.
  if (view.getInt32(0) !== version) throw new RangeError('not an entry of a Curator queue');
  const items: Uint8Array[] = [];
  let at = intBytes;
  for (;;) {
    const opcode = view.getUint8(at);
    if (opcode === endOpcode) return items;
    if (opcode !== itemOpcode) throw new RangeError(`unknown opcode ${String(opcode)}`);
    const length = view.getInt32(at + 1);
    const start = at + 1 + intBytes;
    if (length < 0 || start + length > bytes.length) throw new RangeError('truncated item');
    items.push(bytes.slice(start, start + length));
    at = start + length;
  }
}
