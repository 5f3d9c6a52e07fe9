/**
 * A pipe over one open Node socket, the same for the side that connected and the side that accepted.
 *
 * Its life: `open` until the peer ends, the socket breaks or `close()` is called; `closing` from `close()` to the end of
 * that turn, in which the owner is asked for its last bytes; `over` afterwards, when no handler is called any more and
 * only the socket's own farewell may still be going on, bounded by `closeGraceMs`.
 *
 * Why the end of a turn is `setImmediate`: a turn is one pass of the event loop over the sockets, with all promise
 * continuations that it sets off. A microtask flushes in the middle of those continuations (measured, 64 in flight with
 * uneven chains of awaits: 17 requests a write); a `process.nextTick` asked for while a chunk is read runs before them
 * (32 a write when half of the callers are promises). `setImmediate` comes after all of them and after the other chunks
 * of the same poll (64 a write), and costs the same.
 */
import { type Socket } from 'node:net';
import { type Pipe, type PipeHandlers } from './transport.js';

/** What to do while the socket takes no more: `hold` asks the owner for nothing until it drains, `pull` goes on. */
export type WhenBlocked = (socket: Socket) => 'hold' | 'pull';

export interface SocketPipeOptions {
  /** How long the peer may take to read what is left and to close its side, once this side has closed. */
  readonly closeGraceMs: number;
  readonly whenBlocked: WhenBlocked;
  /** Called when the socket takes more again, before the owner is asked. */
  readonly whenDrained?: () => void;
}

export type OpenPipeHandlers = Omit<PipeHandlers, 'onOpen'>;

export class SocketPipe implements Pipe {
  private phase: 'open' | 'closing' | 'over' = 'open';
  private wanted = false;
  private held = false;
  private paused = false;
  private error: Error | undefined;
  private handlers: OpenPipeHandlers | undefined;
  private grace: NodeJS.Timeout | undefined;

  /** The socket must have been made with `allowHalfOpen`, or the last bytes could not be sent after the peer's end. */
  constructor(
    private readonly socket: Socket,
    private readonly options: SocketPipeOptions,
  ) {
    socket.on('drain', () => {
      this.drained();
    });
    socket.on('end', () => {
      this.peerEnded();
    });
    socket.on('error', (error) => {
      this.error = error;
    });
    socket.on('close', () => {
      this.gone();
    });
  }

  /** Names the owner; to be called in the turn that made the pipe. */
  attach(handlers: OpenPipeHandlers): void {
    this.handlers = handlers;
  }

  /** Nothing is read any more, and not because of `pause()`. */
  get isBlocked(): boolean {
    return this.socket.isPaused() && !this.paused;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  /** Reads and writes nothing until `resume()`, while the connection stays. */
  pause(): void {
    this.paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.socket.resume();
    this.flush();
  }

  /** Hands on what the socket read. */
  received(chunk: Uint8Array): void {
    if (this.phase === 'open') this.handlers?.onData(chunk);
  }

  wantWrite(): void {
    if (this.wanted || this.phase !== 'open') return;
    this.wanted = true;
    if (!this.held) setImmediate(this.flush);
  }

  close(): void {
    if (this.phase !== 'open') return;
    this.phase = 'closing';
    setImmediate(() => {
      if (this.phase !== 'closing') return;
      // What waits in a pause is not said any more, or the peer would hear of it in the middle of the pause.
      if (!this.paused) this.send();
      this.sayGoodbye();
    });
  }

  // An arrow, so that asking for a flush allocates no closure.
  private readonly flush = (): void => {
    if (this.phase === 'open' && !this.held && !this.paused && this.wanted) this.send();
  };

  private send(): void {
    this.wanted = false;
    const bytes = this.handlers?.onFlush();
    if (bytes === undefined || bytes.length === 0 || !this.socket.writable) return;
    if (!this.socket.write(bytes)) this.held = this.options.whenBlocked(this.socket) === 'hold';
  }

  private drained(): void {
    this.held = false;
    this.options.whenDrained?.();
    // The owner may have kept what it had to say to itself.
    this.wanted = true;
    this.flush();
  }

  /** Whoever ends its side is gone for us too; but it may still be reading the answer to what it said last. */
  private peerEnded(): void {
    if (this.phase !== 'open') return;
    if (this.wanted && !this.paused) this.send();
    this.sayGoodbye();
    this.handlers?.onClose();
  }

  private sayGoodbye(): void {
    this.phase = 'over';
    this.socket.end();
    // A paused socket would not see the peer's end.
    this.socket.resume();
    if (this.socket.destroyed) return;
    this.grace = setTimeout(() => this.socket.destroy(), this.options.closeGraceMs);
  }

  private gone(): void {
    clearTimeout(this.grace);
    const silent = this.phase !== 'open';
    this.phase = 'over';
    if (!silent) this.handlers?.onClose(this.error);
  }
}
