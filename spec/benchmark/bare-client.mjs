/**
 * The honest ceiling: the least that a ZooKeeper client in plain JavaScript with Observables can do.
 *
 * It encodes, matches xids, decodes every field and answers through one Observable with a teardown; all requests of a
 * turn go out in one write. It has none of a client's duties: no reconnecting, no timeouts, no pings, no checks of paths,
 * no watch restored.
 */

import { connect } from 'node:net';
import { Observable } from 'rxjs';
import {
  readEvent,
  readNode,
  readSetReply,
  writeEmpty,
  writeGet,
  writeHandshake,
  writeSet,
} from './bare-wire.mjs';
import { FrameReader } from './frame-reader.mjs';
import { Output } from './output.mjs';
import { Ring } from './ring.mjs';

const READ_BYTES = 64 * 1024;
const NOTIFICATION = -1;

/** A request under way. */
class Call {
  constructor(xid, subscriber, read) {
    this.xid = xid;
    this.subscriber = subscriber;
    this.read = read;
    this.path = undefined;
    this.onEvent = undefined;
  }
}

export class BareClient {
  /** `onOpen` is called when the session stands, `onLoss` when the connection is gone. */
  constructor(port, { onOpen, onLoss }) {
    this.xid = 0;
    this.lastZxid = 0n;
    this.open = false;
    this.flushing = false;
    this.onOpen = onOpen;
    this.output = new Output();
    this.pending = new Ring();
    this.watches = new Map();
    this.flush = () => {
      this.flushing = false;
      this.output.flushTo(this.socket);
    };
    const frames = new FrameReader((bytes, view, from, to) => this.onFrame(bytes, view, from, to));
    // The buffer is read into again and again.
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const callback = (length) => frames.push(buffer, length);
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer, callback } });
    this.socket.on('error', onLoss);
    this.socket.on('close', onLoss);
    writeHandshake(this.output);
    this.wantFlush();
  }

  /** Reads a znode. `onEvent(path)`, if given, is told of its next change, once. */
  get(path, onEvent) {
    return new Observable((subscriber) => {
      const call = this.send(subscriber, readNode);
      call.path = path;
      call.onEvent = onEvent;
      writeGet(this.output, { xid: call.xid, path, watch: onEvent !== undefined });
      return () => {
        call.subscriber = undefined;
      };
    });
  }

  set(path, data) {
    return new Observable((subscriber) => {
      const call = this.send(subscriber, readSetReply);
      writeSet(this.output, { xid: call.xid, path, data });
      return () => {
        call.subscriber = undefined;
      };
    });
  }

  close() {
    writeEmpty(this.output, { xid: ++this.xid, opcode: -11 });
    this.pending.push(new Call(this.xid, undefined, undefined));
    this.wantFlush();
  }

  send(subscriber, read) {
    const call = new Call(++this.xid, subscriber, read);
    this.pending.push(call);
    this.wantFlush();
    return call;
  }

  wantFlush() {
    if (this.flushing) return;
    this.flushing = true;
    process.nextTick(this.flush);
  }

  onFrame(bytes, view, from, to) {
    if (!this.open) {
      this.open = true;
      this.onOpen();
      return;
    }
    const xid = view.getInt32(from);
    if (xid === NOTIFICATION) this.onEvent(readEvent(bytes, view, from + 16));
    else this.onReply(bytes, view, from);
  }

  onEvent({ path }) {
    const listener = this.watches.get(path);
    if (listener === undefined) return;
    this.watches.delete(path);
    listener(path);
  }

  onReply(bytes, view, from) {
    const xid = view.getInt32(from);
    const call = this.pending.shift();
    if (call === undefined || call.xid !== xid) throw new Error(`unexpected reply ${String(xid)}`);
    this.lastZxid = view.getBigInt64(from + 4);
    const { subscriber, onEvent } = call;
    const error = view.getInt32(from + 12);
    if (onEvent !== undefined && error === 0) this.watches.set(call.path, onEvent);
    if (subscriber === undefined) return;
    if (error !== 0) {
      subscriber.error(new Error(`server error ${String(error)}`));
      return;
    }
    subscriber.next(call.read(bytes, view, from + 16));
    subscriber.complete();
  }
}
