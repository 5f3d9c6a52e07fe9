/** A server whose every answer a spec decides: it speaks the wire protocol and knows nothing else. */

import { type Acceptor, type Pipe } from '../../src/transport/transport.js';
import { FrameSplitter } from '../../src/wire/frames.js';
import { type OperationName, operationName, operations } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import {
  type ConnectRequest,
  connectRequestCodec,
  type ConnectResponse,
  connectResponseCodec,
  replyHeaderCodec,
  watchEventCodec,
  xids,
} from '../../src/wire/records.js';
import { JuteWriter } from '../../src/wire/writer.js';

/** A request as it arrived. */
export interface Arrived {
  readonly xid: number;
  readonly name: OperationName;
  // What the operation's codec read; a spec knows which operation it asked for.
  readonly body: unknown;
  readonly connection: ScriptedConnection;
  reply(response: unknown, zxid?: bigint): void;
  refuse(code: number, zxid?: bigint): void;
}

export interface ScriptedBehaviour {
  /** `undefined`: no answer at all. Default: a session of 9,000 ms, the old one if it is asked for. */
  onConnect?: (
    request: ConnectRequest,
    connection: ScriptedConnection,
  ) => ConnectResponse | undefined;
  /** Default: every request waits in `arrived` for the spec to answer. Pings are answered unless `mute`. */
  onRequest?: (request: Arrived) => void;
}

export class ScriptedServer {
  readonly connections: ScriptedConnection[] = [];
  /** All requests but pings, in order, over all connections. */
  readonly arrived: Arrived[] = [];
  readonly connects: ConnectRequest[] = [];
  pings = 0;
  /** Answers nothing, not even pings. */
  mute = false;
  /** What it says to `isro`. */
  isro = 'ro';
  /** How often it was asked. */
  asked = 0;
  timeoutMs = 9_000;
  nextSessionId = 0x100n;

  constructor(readonly behaviour: ScriptedBehaviour = {}) {}

  readonly acceptor: Acceptor = (pipe) => {
    const connection = new ScriptedConnection(this, pipe);
    this.connections.push(connection);
    return connection;
  };

  get current(): ScriptedConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('nobody has connected');
    return connection;
  }

  /** The requests of one kind that have arrived. */
  of(name: OperationName): Arrived[] {
    return this.arrived.filter((request) => request.name === name);
  }

  last(name: OperationName): Arrived {
    const request = this.of(name).at(-1);
    if (request === undefined) throw new Error(`no ${name} has arrived`);
    return request;
  }

  session(request: ConnectRequest): ConnectResponse {
    return {
      protocolVersion: 0,
      timeoutMs: this.timeoutMs,
      sessionId: request.sessionId === 0n ? this.nextSessionId++ : request.sessionId,
      password: new Uint8Array(16).fill(7),
      readOnly: false,
    };
  }
}

/** What a server answers when the session is over. */
export const expiredResponse: ConnectResponse = {
  protocolVersion: 0,
  timeoutMs: 0,
  sessionId: 0n,
  password: new Uint8Array(16),
  readOnly: false,
};

export class ScriptedConnection {
  closed = false;
  private readonly writer = new JuteWriter();
  private readonly reader = new JuteReader();
  private readonly splitter = new FrameSplitter(1 << 26, (bytes, from, to) => {
    this.reader.reset(bytes, from, to);
    this.frames++;
    this.largestFrame = Math.max(this.largestFrame, to - from);
    if (this.frames === 1) this.handshake();
    else this.request();
    return true;
  });
  frames = 0;
  largestFrame = 0;

  constructor(
    private readonly server: ScriptedServer,
    private readonly pipe: Pipe,
  ) {}

  onData(chunk: Uint8Array): void {
    if (this.frames === 0 && new TextDecoder().decode(chunk) === 'isro') {
      this.server.asked++;
      this.server.connections.splice(this.server.connections.indexOf(this), 1);
      this.raw(new TextEncoder().encode(this.server.isro));
      this.close();
      return;
    }
    this.splitter.push(chunk);
  }

  onFlush(): Uint8Array {
    return this.writer.take();
  }

  onClose(): void {
    this.closed = true;
  }

  close(): void {
    this.pipe.close();
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.writer.raw(bytes);
    this.pipe.wantWrite();
  }

  event(type: number, path: string): void {
    this.frame((writer) => {
      replyHeaderCodec.write(writer, { xid: xids.notification, zxid: -1n, error: 0 });
      watchEventCodec.write(writer, { type, state: 3, path });
    });
  }

  frame(write: (writer: JuteWriter) => void): void {
    const mark = this.writer.beginFrame();
    write(this.writer);
    this.writer.endFrame(mark);
    this.pipe.wantWrite();
  }

  private handshake(): void {
    const request = connectRequestCodec.read(this.reader);
    this.server.connects.push(request);
    const { onConnect } = this.server.behaviour;
    if (this.server.mute) return;
    const response =
      onConnect === undefined ? this.server.session(request) : onConnect(request, this);
    if (response === undefined) return;
    this.frame((writer) => {
      connectResponseCodec.write(writer, response);
    });
  }

  private request(): void {
    const xid = this.reader.int();
    const opcode = this.reader.int();
    const name = operationName(opcode);
    if (name === undefined) throw new Error(`unknown opcode ${String(opcode)}`);
    const operation = operations[name];
    const body: unknown = operation.request.read(this.reader);
    if (name === 'ping') {
      this.server.pings++;
      if (!this.server.mute) this.answer(xid, 0n, 0);
      return;
    }
    const request: Arrived = {
      xid,
      name,
      body,
      connection: this,
      reply: (response, zxid = 1n) => {
        this.answer(xid, zxid, 0, (writer) => {
          // The spec gives what the operation answers; the union of all codecs cannot express that.
          (operation.response.write as (w: JuteWriter, v: unknown) => void)(writer, response);
        });
      },
      refuse: (code, zxid = 1n) => {
        this.answer(xid, zxid, code);
      },
    };
    this.server.arrived.push(request);
    this.server.behaviour.onRequest?.(request);
  }

  // The last two belong to one answer and are rarely given.
  private answer(
    xid: number,
    zxid: bigint,
    error: number,
    body?: (writer: JuteWriter) => void,
  ): void {
    this.frame((writer) => {
      replyHeaderCodec.write(writer, { xid, zxid, error });
      body?.(writer);
    });
  }
}
