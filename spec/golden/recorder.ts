/** Drives a real server frame by frame and writes down what goes over the wire. */

import { encode } from '../../src/wire/writer.js';
import { type Operation, operationName } from '../../src/wire/operations.js';
import { JuteReader } from '../../src/wire/reader.js';
import {
  type ConnectRequest,
  connectRequestCodec,
  type ConnectResponse,
  connectResponseCodec,
  replyHeaderCodec,
  requestHeaderCodec,
  xids,
} from '../../src/wire/records.js';
import { type Exchange, toHex } from './golden-file.js';
import { RawConnection } from './raw-connection.js';

export interface CallOptions {
  /** The request's number; by default the next one. */
  readonly xid?: number;
  /** Whether the server is expected to close the connection after its reply. */
  readonly closes?: boolean;
}

/** What a call came back with: the header's zxid, and the bytes of the body. */
export interface Answer {
  readonly zxid: bigint;
  readonly error: number;
}

export class Recorder {
  readonly exchanges: Exchange[] = [];

  constructor(readonly address: { readonly host: string; readonly port: number }) {}

  /** Opens a connection, sends the handshake and records it. */
  async connect(name: string, request: Partial<ConnectRequest> = {}): Promise<RecordedConnection> {
    const connection = await RawConnection.open(this.address);
    const complete: ConnectRequest = {
      protocolVersion: 0,
      lastZxidSeen: 0n,
      timeoutMs: 4000,
      sessionId: 0n,
      password: new Uint8Array(16),
      readOnly: false,
      ...request,
    };
    const payload = encode((writer) => {
      connectRequestCodec.write(writer, complete);
    });
    connection.send(payload);
    const reply = await connection.next();
    if (reply === undefined) throw new Error(`${name}: closed instead of a handshake`);
    const response = connectResponseCodec.read(new JuteReader(reply));
    const closed = response.timeoutMs <= 0;
    if (closed) await expectClosed(connection, name);
    this.exchanges.push({
      name,
      operation: 'connect',
      request: toHex(payload),
      events: [],
      reply: toHex(reply),
      closed,
    });
    return new RecordedConnection(this, { connection, session: response });
  }
}

export class RecordedConnection {
  readonly session: ConnectResponse;
  private readonly connection: RawConnection;
  private lastXid = 0;

  constructor(
    private readonly recorder: Recorder,
    parts: { readonly connection: RawConnection; readonly session: ConnectResponse },
  ) {
    this.connection = parts.connection;
    this.session = parts.session;
  }

  /** Sends a request of a known operation and records it with all that comes back. */
  call<Request>(
    name: string,
    operation: Operation<Request, unknown>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Answer> {
    const { opcode } = operation;
    const payload = encode((writer) => {
      requestHeaderCodec.write(writer, { xid: options.xid ?? ++this.lastXid, opcode });
      operation.request.write(writer, request);
    });
    return this.exchange(name, { operation: operationName(opcode) ?? '?', payload, ...options });
  }

  /** Sends bytes that are no request of a known operation. */
  raw(
    name: string,
    {
      opcode,
      body,
      ...rest
    }: CallOptions & { operation: string; opcode: number; body: Uint8Array },
  ): Promise<Answer> {
    const payload = encode((writer) => {
      requestHeaderCodec.write(writer, { xid: ++this.lastXid, opcode });
      writer.raw(body);
    });
    return this.exchange(name, { payload, ...rest });
  }

  close(): void {
    this.connection.close();
  }

  private async exchange(
    name: string,
    {
      operation,
      payload,
      closes = false,
    }: CallOptions & { operation: string; payload: Uint8Array },
  ): Promise<Answer> {
    this.connection.send(payload);
    const events: string[] = [];
    for (;;) {
      const frame = await this.connection.next();
      if (frame === undefined) throw new Error(`${name}: closed instead of a reply`);
      const { xid, zxid, error } = replyHeaderCodec.read(new JuteReader(frame));
      if (xid === xids.notification) {
        events.push(toHex(frame));
        continue;
      }
      if (closes) await expectClosed(this.connection, name);
      const [request, reply] = [toHex(payload), toHex(frame)];
      this.recorder.exchanges.push({ name, operation, request, events, reply, closed: closes });
      return { zxid, error };
    }
  }
}

async function expectClosed(connection: RawConnection, name: string): Promise<void> {
  if ((await connection.next()) !== undefined)
    throw new Error(`${name}: a frame instead of the end`);
}
