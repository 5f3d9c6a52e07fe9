/**
 * The replies of the benchmark's server, encoded once: answering is a copy and a few numbers put into it.
 *
 * Every znode exists, has the same 100 bytes and was last changed by the newest transaction, so that each read after an
 * event finds something new.
 */

export const DATA_BYTES = 100;

const HEADER_BYTES = 20;
const STAT_BYTES = 68;
const CHILD_NAMES = Array.from({ length: 10 }, (_, i) => `child-${String(i)}`);

/** The header of a frame: its length, then xid, zxid and error of the reply. */
function frame(bodyBytes) {
  const bytes = Buffer.alloc(HEADER_BYTES + bodyBytes);
  bytes.writeInt32BE(bytes.length - 4, 0);
  return bytes;
}

/** Puts a Stat at `at`; mzxid and version are patched when the reply is sent. */
function stat(bytes, at) {
  const now = BigInt(Date.now());
  bytes.writeBigInt64BE(1n, at);
  bytes.writeBigInt64BE(now, at + 16);
  bytes.writeBigInt64BE(now, at + 24);
  bytes.writeInt32BE(DATA_BYTES, at + 52);
  bytes.writeInt32BE(CHILD_NAMES.length, at + 56);
  bytes.writeBigInt64BE(1n, at + 60);
}

/** A template that has no Stat. */
function plain(body) {
  const bytes = frame(body.length);
  bytes.set(body, HEADER_BYTES);
  return { bytes, statAt: 0 };
}

/** A template and where its Stat begins. */
function withStat(body) {
  const bytes = frame(body.length + STAT_BYTES);
  bytes.set(body, HEADER_BYTES);
  const statAt = HEADER_BYTES + body.length;
  stat(bytes, statAt);
  return { bytes, statAt };
}

function prefixed(bytes) {
  const result = Buffer.alloc(4 + bytes.length);
  result.writeInt32BE(bytes.length, 0);
  result.set(bytes, 4);
  return result;
}

const data = prefixed(Buffer.alloc(DATA_BYTES, 'x'));
const count = Buffer.alloc(4);
count.writeInt32BE(CHILD_NAMES.length, 0);
const names = Buffer.concat([count, ...CHILD_NAMES.map((name) => prefixed(Buffer.from(name)))]);

const nothing = plain(Buffer.alloc(0));
/** By opcode. What is not here is answered as not implemented. */
export const REPLIES = new Map([
  [3, withStat(Buffer.alloc(0))],
  [4, withStat(data)],
  [5, withStat(Buffer.alloc(0))],
  [8, plain(names)],
  [11, nothing],
  [12, withStat(names)],
  [18, nothing],
  [100, nothing],
  [101, nothing],
  [105, nothing],
  [-11, nothing],
]);

/** The handshake's answer; a client that does not send the read-only flag does not get it. */
export function handshakeReply({ sessionId, timeoutMs, withReadOnly }) {
  const bytes = Buffer.alloc(withReadOnly ? 41 : 40);
  bytes.writeInt32BE(bytes.length - 4, 0);
  bytes.writeInt32BE(timeoutMs, 8);
  bytes.writeBigInt64BE(sessionId, 12);
  bytes.writeInt32BE(16, 20);
  bytes.fill(7, 24, 40);
  return bytes;
}
