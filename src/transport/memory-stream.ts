/**
 * One direction of an in-memory link: things that travel, in order, each for the latency that held when it was sent.
 *
 * There is one timer, for the thing at the head, and none while the stream is empty, stalled or over. The time a thing
 * is due is never before that of the one ahead of it, so a latency that shrinks lets nothing overtake.
 */
import { type SchedulerLike, type Subscription } from 'rxjs';

/** What can travel: the wish to connect or its acceptance, bytes, an orderly end, a refusal or a reset. */
export type Parcel =
  | { readonly kind: 'open' | 'end' }
  | { readonly kind: 'failed'; readonly error: Error }
  | BytesParcel;

export interface BytesParcel {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
  /** The faults have seen it already: it was injected, or it is what splitting left of a chunk. */
  readonly seen: boolean;
  /** The link breaks once the last piece of it is delivered. */
  readonly breakAfter?: boolean;
}

export interface StreamOptions {
  readonly scheduler: SchedulerLike;
  readonly latencyMs: () => number;
  readonly isStalled: () => boolean;
  /** Receives what arrives; what it gives back is put at the head again, to arrive in a step of its own. */
  readonly arrive: (parcel: Parcel) => Parcel | undefined;
}

export class MemoryStream {
  private readonly queue: { readonly dueMs: number; readonly parcel: Parcel }[] = [];
  private lastDueMs = -Infinity;
  private timer: Subscription | undefined;
  private over = false;

  constructor(private readonly options: StreamOptions) {}

  send(parcel: Parcel): void {
    if (this.over) return;
    const dueMs = Math.max(this.lastDueMs, this.options.scheduler.now() + this.options.latencyMs());
    this.lastDueMs = dueMs;
    this.queue.push({ dueMs, parcel });
    this.wake();
  }

  /** Sees to it that the timer runs if there is something to deliver, and only then. */
  wake(): void {
    const head = this.queue[0];
    if (this.over || head === undefined || this.options.isStalled()) {
      this.timer?.unsubscribe();
      this.timer = undefined;
      return;
    }
    const { scheduler } = this.options;
    this.timer ??= scheduler.schedule(
      () => {
        this.deliver();
      },
      Math.max(0, head.dueMs - scheduler.now()),
    );
  }

  /** Loses what is under way and takes nothing more. */
  stop(): void {
    this.over = true;
    this.queue.length = 0;
    this.wake();
  }

  private deliver(): void {
    this.timer = undefined;
    const head = this.queue.shift();
    if (head === undefined) return;
    const rest = this.options.arrive(head.parcel);
    if (rest !== undefined && !this.over) this.queue.unshift({ dueMs: head.dueMs, parcel: rest });
    this.wake();
  }
}
