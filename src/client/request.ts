/** One-shot requests: cold Observables that can also be awaited. */

import { type Observable } from 'rxjs';

/**
 * A request. Each subscription sends it once, emits the one answer and completes; unsubscribing before makes the answer
 * unwanted (a request on the wire cannot be taken back). It is also a lazy promise: `await request`, and each call of `then`,
 * `catch` or `finally`, subscribes once. Nothing is sent before one of the two.
 */
export interface Request<T> extends Observable<T>, PromiseLike<T> {
  /** As that of a promise. Subscribes. */
  catch<Rejected = never>(
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<T | Rejected>;
  /** As that of a promise. Subscribes. */
  finally(onFinally?: (() => void) | null): Promise<T>;
}

/** Options of every one-shot. */
export interface RequestOptions {
  /** Milliseconds for the answer to come; default: the client's `requestTimeoutMs`. `Infinity` waits for ever. */
  readonly timeoutMs?: number;
  /** Aborting errs the request with the signal's reason. What is on the wire may still be carried out. */
  readonly signal?: AbortSignal;
}
