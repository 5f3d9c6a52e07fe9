/** Somebody who changes znodes from outside, at once and without a network: what seeds a test's tree. */

import { serverError } from '../errors/error-of-code.js';
import { errorCodes } from '../errors/codes.js';
import { parentPath } from '../path.js';
import { type Acceptor, type PipeHandlers } from '../transport/transport.js';
import { FrameSplitter } from '../wire/frames.js';
import { type AnyOperation, operations } from '../wire/operations.js';
import { JuteReader } from '../wire/reader.js';
import { connectRequestCodec, replyHeaderCodec, xids } from '../wire/records.js';
import { encode, type JuteWriter } from '../wire/writer.js';

/** Znodes by their path, with their data; a string is written as UTF-8, `null` is no data. */
export type Znodes = Readonly<Record<string, string | Uint8Array | null>>;

const openAcl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const encoder = new TextEncoder();
const maxBytes = 0x7fff_ffff;

/** Creates the znodes and their missing parents, or sets their data where they are there; returns when it is done. */
export function writeZnodes(acceptor: Acceptor, znodes: Znodes): void {
  const operator = new Operator(acceptor);
  for (const [path, value] of Object.entries(znodes)) {
    operator.write(path, typeof value === 'string' ? encoder.encode(value) : value);
  }
  operator.leave();
}

class Operator {
  private readonly server: Omit<PipeHandlers, 'onOpen'>;
  private readonly frames: FrameSplitter;
  private isClosed = false;
  private error = 0;

  constructor(acceptor: Acceptor) {
    const pipe = {
      wantWrite: () => undefined,
      close: () => {
        this.isClosed = true;
      },
    };
    this.server = acceptor(pipe, { host: '127.0.0.1', port: 1 });
    this.frames = new FrameSplitter(maxBytes, (bytes, from, to) => {
      const header = replyHeaderCodec.read(new JuteReader(bytes.subarray(from, to)));
      if (header.xid !== xids.notification) this.error = header.error;
      return true;
    });
    if (this.isClosed) throw new Error('seed: the server is stopped');
    this.greet();
  }

  write(path: string, data: Uint8Array | null): void {
    const set = this.call(operations.setData, { path, data, version: -1 });
    if (set === 0) return;
    if (set !== errorCodes.NoNode) throw serverError(set, { operation: 'seed', path });
    this.create(path, data);
  }

  leave(): void {
    this.call(operations.closeSession, undefined);
  }

  private create(path: string, data: Uint8Array | null): void {
    const request = { path, data, acl: openAcl, flags: 0 };
    let error = this.call(operations.create, request);
    if (error === errorCodes.NoNode && path !== '/') {
      this.create(parentPath(path), new Uint8Array(0));
      error = this.call(operations.create, request);
    }
    if (error !== 0) throw serverError(error, { operation: 'seed', path });
  }

  private greet(): void {
    this.say((writer) => {
      connectRequestCodec.write(writer, {
        protocolVersion: 0,
        lastZxidSeen: 0n,
        timeoutMs: maxBytes,
        sessionId: 0n,
        password: new Uint8Array(16),
        readOnly: false,
      });
    });
    this.server.onFlush();
  }

  /** The error of the answer; 0: none. */
  private call(operation: AnyOperation, request: unknown): number {
    this.say((writer) => {
      writer.int(1);
      writer.int(operation.opcode);
      operation.request.write(writer, request);
    });
    this.frames.push(this.server.onFlush());
    return this.error;
  }

  private say(write: (writer: JuteWriter) => void): void {
    this.server.onData(
      encode((writer) => {
        const mark = writer.beginFrame();
        write(writer);
        writer.endFrame(mark);
      }),
    );
  }
}
