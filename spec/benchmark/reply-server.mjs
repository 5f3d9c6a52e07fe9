/**
 * A process of its own: a server that answers everything at once and does no work, so that it never is the limit.
 *
 * A read with a watch arms an event. `set('/fire')` sends all armed events; a path that begins with `/live/` gets its event
 * right behind the reply that armed it. One write answers all requests of one chunk. Tells its port to its parent.
 */

import { createServer } from 'node:net';
import { handshakeReply, REPLIES } from './canned-replies.mjs';
import { FrameReader } from './frame-reader.mjs';
import { Output } from './output.mjs';

const GET_DATA = 4;
const SET_DATA = 5;
const CLOSE_SESSION = -11;
const UNIMPLEMENTED = -6;
const FIRE_PATH = Buffer.from('/fire');
const LIVE_PREFIX = Buffer.from('/live/');
const EVENT_HEAD_BYTES = 28;

let lastZxid = 1;
let lastSession = 1n;

class Connection {
  constructor(socket) {
    this.socket = socket;
    this.output = new Output();
    this.armed = new Output();
    this.greeted = false;
    const frames = new FrameReader((bytes, view, from, to) => this.onFrame(bytes, view, from, to));
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      frames.push(chunk, chunk.length);
      this.output.flushTo(socket);
    });
  }

  onFrame(bytes, view, from, to) {
    if (!this.greeted) {
      this.greet(view, from, to);
      return;
    }
    const xid = view.getInt32(from);
    const opcode = view.getInt32(from + 4);
    if (opcode === SET_DATA) this.onSet(bytes, view, from + 8);
    this.reply(xid, opcode);
    // The watch flag is the last byte of a getData.
    if (opcode === GET_DATA && bytes[to - 1] === 1) this.arm(bytes, from + 8, to - 1);
    if (opcode === CLOSE_SESSION) {
      this.output.flushTo(this.socket);
      this.socket.end();
    }
  }

  greet(view, from, to) {
    this.greeted = true;
    const timeoutMs = view.getInt32(from + 12);
    // 28 bytes, the password with its length (which may be -1), and perhaps the flag.
    const withReadOnly = to - from > 28 + Math.max(0, view.getInt32(from + 24));
    this.append(handshakeReply({ sessionId: ++lastSession, timeoutMs, withReadOnly }));
  }

  reply(xid, opcode) {
    const template = REPLIES.get(opcode);
    if (template === undefined) {
      this.refuse(xid);
      return;
    }
    const { bytes, statAt } = template;
    const at = this.append(bytes);
    const { view } = this.output;
    view.setInt32(at + 4, xid);
    view.setUint32(at + 12, lastZxid);
    if (statAt > 0) {
      view.setUint32(at + statAt + 12, lastZxid);
      view.setInt32(at + statAt + 32, lastZxid);
    }
  }

  refuse(xid) {
    const at = this.output.reserve(20);
    const { view } = this.output;
    view.setInt32(at, 16);
    view.setInt32(at + 4, xid);
    view.setBigInt64(at + 8, -1n);
    view.setInt32(at + 16, UNIMPLEMENTED);
  }

  onSet(bytes, view, pathAt) {
    lastZxid++;
    const length = view.getInt32(pathAt);
    if (length !== FIRE_PATH.length || !startsWith(bytes, pathAt + 4, FIRE_PATH)) return;
    this.append(this.armed.bytes.subarray(0, this.armed.length));
    this.armed.length = 0;
  }

  /** Encodes the event of a path, whose length and bytes are at `[from, to)`. */
  arm(bytes, from, to) {
    const live = startsWith(bytes, from + 4, LIVE_PREFIX);
    if (live) lastZxid++;
    const target = live ? this.output : this.armed;
    const at = target.reserve(EVENT_HEAD_BYTES + to - from);
    const { view } = target;
    view.setInt32(at, target.length - at - 4);
    view.setInt32(at + 4, -1);
    view.setInt32(at + 8, -1);
    view.setInt32(at + 12, -1);
    view.setInt32(at + 16, 0);
    view.setInt32(at + 20, 3);
    view.setInt32(at + 24, 3);
    for (let i = from; i < to; i++) target.bytes[at + EVENT_HEAD_BYTES + i - from] = bytes[i];
  }

  append(bytes) {
    const at = this.output.reserve(bytes.length);
    this.output.bytes.set(bytes, at);
    return at;
  }
}

function startsWith(bytes, at, prefix) {
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

const server = createServer((socket) => new Connection(socket));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit(0));
