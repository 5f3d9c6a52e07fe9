/** One connection of the in-memory network: two ends, two streams between them, and the faults that strike it. */
import { type SchedulerLike } from 'rxjs';
import { MemoryEnd } from './memory-end.js';
import { FaultScope, type Direction, type Faults, type FaultTarget } from './memory-faults.js';
import { MemoryStream, type BytesParcel, type Parcel } from './memory-stream.js';
import {
  formatAddress,
  type Acceptor,
  type Address,
  type Pipe,
  type PipeHandlers,
} from './transport.js';

/** A connection, as a test sees it. Its faults strike it alone. */
export interface Link extends Faults<Link> {
  /** 1 for the first connect of the network, then counting up. */
  readonly id: number;
  /** What was connected to. */
  readonly address: Address;
  readonly state: 'connecting' | 'open' | 'closed';
  /** Slips bytes into the stream, behind what is under way. No hook and no `resetOnce` sees them. */
  inject(direction: Direction, bytes: Uint8Array): void;
}

export interface LinkOptions {
  readonly id: number;
  readonly address: Address;
  readonly scheduler: SchedulerLike;
  readonly parent: FaultScope<Link>;
  /** Who listens on the address when the wish to connect arrives there. */
  readonly acceptor: () => Acceptor | undefined;
  /** The link is no more. */
  readonly removed: (link: MemoryLink) => void;
}

// Ports that a client's system would pick; they only have to differ for links that live at the same time.
const FIRST_PORT = 1024;
const PORTS = 64_000;

export class MemoryLink extends FaultScope<Link> implements Link, FaultTarget {
  private readonly client: MemoryEnd;
  private server: MemoryEnd | undefined;
  private readonly toServer: MemoryStream;
  private readonly toClient: MemoryStream;
  private closed = false;

  constructor(private readonly options: LinkOptions) {
    super(options.parent);
    this.toServer = this.stream('toServer');
    this.toClient = this.stream('toClient');
    this.client = this.end(this.toServer);
  }

  get id(): number {
    return this.options.id;
  }

  get address(): Address {
    return this.options.address;
  }

  get state(): Link['state'] {
    if (this.closed) return 'closed';
    return this.client.isOpening ? 'connecting' : 'open';
  }

  connect(handlers: PipeHandlers): Pipe {
    this.client.attach(handlers);
    this.toServer.send({ kind: 'open' });
    return this.client;
  }

  inject(direction: Direction, bytes: Uint8Array): void {
    this[direction].send({ kind: 'bytes', bytes, seen: true });
  }

  wake(): void {
    this.toServer.wake();
    this.toClient.wake();
  }

  break(): void {
    if (this.closed) return;
    this.remove();
    const error = socketError('ECONNRESET', { call: 'read', address: this.address });
    this.client.break(error);
    this.server?.break(error);
  }

  /** The server's process died: its end knows at once, the client when the news gets through. */
  breakServer(): void {
    if (this.server === undefined || this.server.isOver) return;
    const error = socketError('ECONNRESET', { call: 'read', address: this.address });
    this.toServer.stop();
    this.toClient.send({ kind: 'failed', error });
    this.server.break(error);
  }

  protected targets(): readonly FaultTarget[] {
    return [this];
  }

  private stream(direction: Direction): MemoryStream {
    return new MemoryStream({
      scheduler: this.options.scheduler,
      latencyMs: () => this.latencyMs,
      isStalled: () => this.isStalled(direction),
      arrive: (parcel) => this.arrive(direction, parcel),
    });
  }

  private end(out: MemoryStream): MemoryEnd {
    return new MemoryEnd({
      scheduler: this.options.scheduler,
      send: (parcel) => {
        out.send(parcel);
      },
      over: () => {
        this.settle();
      },
    });
  }

  private arrive(direction: Direction, parcel: Parcel): Parcel | undefined {
    const end = direction === 'toServer' ? this.server : this.client;
    if (parcel.kind === 'bytes') return this.arriveBytes(direction, parcel);
    if (parcel.kind === 'failed') end?.ended(parcel.error);
    else if (parcel.kind === 'end') end?.ended();
    else if (direction === 'toServer') this.accept();
    else this.client.open();
    return undefined;
  }

  private accept(): void {
    const acceptor = this.options.acceptor();
    if (acceptor === undefined) {
      const error = socketError('ECONNREFUSED', { call: 'connect', address: this.address });
      this.toClient.send({ kind: 'failed', error });
      return;
    }
    const server = this.end(this.toClient);
    this.server = server;
    this.toClient.send({ kind: 'open' });
    server.open();
    const remote = { host: '127.0.0.1', port: FIRST_PORT + (this.id % PORTS) };
    server.attach(acceptor(server, remote));
  }

  private arriveBytes(direction: Direction, parcel: BytesParcel): BytesParcel | undefined {
    const whole = parcel.seen ? parcel : this.strike(direction, parcel.bytes);
    if (whole === undefined) return undefined;
    const piece = whole.bytes.subarray(0, this.splitBytes);
    const end = direction === 'toServer' ? this.server : this.client;
    if (piece.length > 0) end?.received(piece);
    if (piece.length < whole.bytes.length) {
      return { ...whole, bytes: whole.bytes.subarray(piece.length) };
    }
    if (whole.breakAfter === true) this.break();
    return undefined;
  }

  /** What the faults leave of a chunk that nobody has seen yet. */
  private strike(direction: Direction, chunk: Uint8Array): BytesParcel | undefined {
    const reset = this.takeReset(direction, chunk);
    if (reset === 'before') {
      this.break();
      return undefined;
    }
    const bytes = this.intercepted(direction, { chunk, link: this }) ?? new Uint8Array(0);
    return { kind: 'bytes', bytes, seen: true, breakAfter: reset === 'after' };
  }

  /** Stops what nobody hears any more, and goes when both ends have. */
  private settle(): void {
    if (this.client.isOver) this.toClient.stop();
    if (this.server?.isOver === true) this.toServer.stop();
    if (this.client.isOver && (this.server?.isOver ?? true)) this.remove();
  }

  private remove(): void {
    this.closed = true;
    this.toServer.stop();
    this.toClient.stop();
    this.options.removed(this);
  }
}

interface SocketErrorPlace {
  readonly call: string;
  readonly address: Address;
}

/** An error in the form in which Node's sockets give it. */
function socketError(code: string, { call, address }: SocketErrorPlace): Error {
  return Object.assign(new Error(`${call} ${code} ${formatAddress(address)}`), { code });
}
