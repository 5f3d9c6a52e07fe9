/**
 * One end of an in-memory link: the pipe that its owner holds.
 *
 * No handler is called from inside a call to the pipe: flushing, closing and the news of a broken link each are a step
 * of the scheduler. An end has at most one such step ahead of it.
 */
import { type SchedulerLike, type Subscription } from 'rxjs';
import { type Parcel } from './memory-stream.js';
import { type Pipe, type PipeHandlers } from './transport.js';

export interface MemoryEndOptions {
  readonly scheduler: SchedulerLike;
  readonly send: (parcel: Parcel) => void;
  /** This end will neither say nor hear anything more. */
  readonly over: () => void;
}

/** What is left in a chunk once its handler has returned, so that whoever keeps one notices, as with a reused buffer. */
const STALE = 0xdb;

export class MemoryEnd implements Pipe {
  private phase: 'opening' | 'open' | 'closing' | 'broken' | 'over' = 'opening';
  private wanted = false;
  private step: Subscription | undefined;
  private handlers: Partial<PipeHandlers> = {};

  constructor(private readonly options: MemoryEndOptions) {}

  get isOver(): boolean {
    return this.phase === 'over';
  }

  get isOpening(): boolean {
    return this.phase === 'opening';
  }

  attach(handlers: Partial<PipeHandlers>): void {
    this.handlers = handlers;
  }

  open(): void {
    if (this.phase !== 'opening') return;
    this.phase = 'open';
    this.handlers.onOpen?.();
    if (this.wanted) this.planFlush();
  }

  wantWrite(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.planFlush();
  }

  close(): void {
    const { phase } = this;
    if (phase === 'open') {
      this.phase = 'closing';
      this.plan(() => {
        this.flush();
        this.finish();
      });
    } else if (phase === 'opening' || phase === 'broken') this.finish();
  }

  received(bytes: Uint8Array): void {
    if (this.phase !== 'open') return;
    const copy = bytes.slice();
    this.handlers.onData?.(copy);
    copy.fill(STALE);
  }

  /** The other end closed, or refused, or died. */
  ended(error?: Error): void {
    if (this.phase !== 'opening' && this.phase !== 'open') return;
    this.leave();
    this.handlers.onClose?.(error);
  }

  /** The link broke under it: from now on it is deaf, and it is told in the next step. */
  break(error: Error): void {
    if (this.phase === 'closing') this.leave();
    if (this.phase !== 'opening' && this.phase !== 'open') return;
    this.phase = 'broken';
    this.plan(() => {
      this.leave();
      this.handlers.onClose?.(error);
    });
  }

  private planFlush(): void {
    if (this.phase !== 'open') return;
    this.plan(() => {
      this.flush();
    });
  }

  private flush(): void {
    this.wanted = false;
    const bytes = this.handlers.onFlush?.();
    if (bytes === undefined || bytes.length === 0) return;
    this.options.send({ kind: 'bytes', bytes, seen: false });
  }

  private finish(): void {
    this.options.send({ kind: 'end' });
    this.leave();
  }

  private leave(): void {
    this.phase = 'over';
    this.step?.unsubscribe();
    this.options.over();
  }

  private plan(work: () => void): void {
    this.step?.unsubscribe();
    this.step = this.options.scheduler.schedule(work, 0);
  }
}
