/**
 * A raw client over TCP: each byte is the test's, and each frame is kept. For what the public client never sends.
 *
 * Its words take paths below a base and answer without it: a path, `ok`, or the name of the error.
 */

import { connect, type Socket } from 'node:net';
import { type Acceptor } from '../../../src/transport/transport.js';
import { type OperationName } from '../../../src/wire/operations.js';
import { type Acl, type Stat } from '../../../src/wire/records.js';
import { createFlags } from '../../../src/wire/request-records.js';
import { encode, type JuteWriter } from '../../../src/wire/writer.js';
import {
  RawClient,
  type RawConnectOptions,
  type RawReply,
  type RequestOf,
  type ResponseOf,
  said,
} from '../../support/raw-client.js';

const patienceMs = 15_000;

export const openAcl: readonly Acl[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

/** How to connect, and what all paths of the words are below. */
export interface RawSessionOptions extends RawConnectOptions {
  readonly base?: string;
}

export class RawSession extends RawClient {
  readonly base: string;

  private constructor(
    private readonly line: Line,
    { base = '', ...options }: RawSessionOptions,
  ) {
    super(line.acceptor, options);
    this.base = base;
  }

  /** Connects to the first of these `host:port`s, and waits for the answer to the handshake if there is to be one. */
  static async open(hosts: string, options: RawSessionOptions = {}): Promise<RawSession> {
    const [host = '', port = ''] = (hosts.split(',')[0] ?? '').split(':');
    const session = new RawSession(new Line(connect(Number(port), host)), {
      timeoutMs: 5000,
      ...options,
    });
    if (options.silent !== true) {
      await session.hears('an answer', () => session.closed || session.connected !== undefined);
    }
    return session;
  }

  /** Sends a request and waits for the reply. */
  async ask<N extends OperationName>(
    name: N,
    request: RequestOf<N>,
    xid?: number,
  ): Promise<RawReply<ResponseOf<N>>> {
    this.send(name, request, xid);
    await this.hears(`the reply to ${name}`, () => this.replyCount > 0);
    return this.takeAnswer(name);
  }

  /** Waits for that many replies. */
  async takeReplies(count: number): Promise<readonly RawReply<Uint8Array>[]> {
    await this.hears(`${String(count)} replies`, () => this.replyCount >= count);
    return Array.from({ length: count }, () => this.takeReply());
  }

  /** Sends a request of any shape and waits for the reply: the name of its error, or `ok`. */
  async askRaw(opcode: number, body: (writer: JuteWriter) => void): Promise<string> {
    this.sendFrame(
      encode((writer) => {
        writer.int(7);
        writer.int(opcode);
        body(writer);
      }),
    );
    await this.hears(`the reply to ${String(opcode)}`, () => this.replyCount > 0);
    return said({ ...this.takeReply(), body: undefined });
  }

  /** The events that have been told up to now, as `created /a`; whatever has happened by now is among them. */
  async told(): Promise<readonly string[]> {
    await this.ask('ping', undefined, -2);
    return this.events().map((event) => event.replace(` ${this.base}`, ' ').replace(/ $/, ' /'));
  }

  /** Waits until the server has closed the connection. */
  async closes(): Promise<void> {
    await this.hears('the end', () => this.closed);
  }

  /** Ends the session, if there is one on this connection, and waits until the server has closed. */
  async end(): Promise<void> {
    if (!this.closed && this.sessionId !== 0n) {
      this.send('closeSession', undefined);
      await this.closes();
    }
    this.line.destroy();
  }

  async create(
    path: string,
    options: { flags?: number; acl?: readonly Acl[]; data?: Uint8Array | null } = {},
  ): Promise<string> {
    const { flags = createFlags.persistent, acl = openAcl, data = null } = options;
    const answer = await this.ask('create', { path: this.base + path, data, acl, flags });
    return this.shown(said(answer));
  }

  async delete(path: string, version = -1): Promise<string> {
    return said(await this.ask('delete', { path: this.base + path, version }));
  }

  async setData(path: string, version = -1): Promise<string> {
    const data = new Uint8Array([1]);
    return said(await this.ask('setData', { path: this.base + path, data, version }));
  }

  async setAcl(path: string, acl = openAcl, version = -1): Promise<string> {
    return said(await this.ask('setAcl', { path: this.base + path, acl, version }));
  }

  async getAcl(path: string): Promise<readonly Acl[] | string> {
    const answer = await this.ask('getAcl', { path: this.base + path });
    return answer.body?.acl ?? said(answer);
  }

  async getData(path: string, watch = false): Promise<string> {
    return said(await this.ask('getData', { path: this.base + path, watch }));
  }

  async exists(path: string, watch = false): Promise<string> {
    return said(await this.ask('exists', { path: this.base + path, watch }));
  }

  async getChildren(path: string, watch = false): Promise<string> {
    return said(await this.ask('getChildren', { path: this.base + path, watch }));
  }

  async addWatch(path: string, mode: number): Promise<string> {
    return said(await this.ask('addWatch', { path: this.base + path, mode }));
  }

  /** The error of each operation of a multi; one name if the whole was refused. */
  async multi(operations: RequestOf<'multi'>): Promise<readonly string[] | string> {
    const answer = await this.ask(
      'multi',
      operations.map((one) => this.below(one)),
    );
    if (answer.body === undefined) return said(answer);
    return answer.body.map((result) =>
      said({ error: result.type === 'error' ? result.error : 0, body: undefined }),
    );
  }

  async auth(credential: string | null, scheme = 'digest'): Promise<string> {
    const bytes = credential === null ? null : new TextEncoder().encode(credential);
    return said(await this.ask('auth', { type: 0, scheme, credential: bytes }, -4));
  }

  async stat(path: string): Promise<Stat> {
    const { body } = await this.ask('exists', { path: this.base + path, watch: false });
    if (body === undefined) throw new Error(`no ${path}`);
    return body;
  }

  private below<T extends { readonly path: string }>(operation: T): T {
    return { ...operation, path: this.base + operation.path };
  }

  private shown(text: string): string {
    return text.startsWith(this.base) ? text.slice(this.base.length) : text;
  }

  private async hears(what: string, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!condition()) {
      if (this.closed) throw new Error(`the server closed before ${what}`);
      if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
      await this.line.next();
    }
  }
}

/** What `getAcl` answered, without its order: `31 world anyone`. */
export function aclTexts(answer: readonly Acl[] | string | undefined): unknown {
  return typeof answer === 'object'
    ? answer.map(({ perms, scheme, id }) => `${String(perms)} ${scheme} ${id}`).sort()
    : answer;
}

/** A socket in the place of a server's acceptor. */
class Line {
  private readonly received: Uint8Array[] = [];
  private wake: () => void = () => undefined;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay();
    socket.on('error', () => undefined);
  }

  readonly acceptor: Acceptor = (pipe) => {
    const { socket } = this;
    socket.on('data', (chunk) => {
      this.received.push(chunk);
      pipe.wantWrite();
      this.wake();
    });
    socket.on('close', () => {
      pipe.close();
      this.wake();
    });
    return {
      onData: (bytes) => {
        socket.write(bytes);
      },
      onFlush: () => Buffer.concat(this.received.splice(0)),
      onClose: () => {
        this.destroy();
      },
    };
  };

  /** Resolves when something has come, or the line is closed, or a moment has passed. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  destroy(): void {
    this.socket.destroy();
  }
}
