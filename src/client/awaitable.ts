/** Observables of one value that can also be awaited: the user's edge, and the one place where a Promise is made. */

import { Observable } from 'rxjs';
import { type Request } from './request.js';

/** An Observable that emits once and completes, and subscribes to itself when it is awaited. */
export class Awaitable<T> extends Observable<T> implements Request<T> {
  then<Fulfilled = T, Rejected = never>(
    onFulfilled?: ((value: T) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return new Promise<T>((resolve, reject) => {
      // Never settled without a value: a request that completes has emitted.
      this.subscribe({ next: resolve, error: reject });
    }).then(onFulfilled, onRejected);
  }

  catch<Rejected = never>(
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<T | Rejected> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }
}

/** Makes a request of an Observable that emits once and completes. */
export function awaitable<T>(source$: Observable<T>): Request<T> {
  return new Awaitable<T>((subscriber) => source$.subscribe(subscriber));
}
