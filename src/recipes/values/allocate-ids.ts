/** Unique ids, taken from a counter in chunks. */

import { AsyncSubject, defer, map, type Observable, of, share, switchMap } from 'rxjs';
import { awaitable } from '../../client/awaitable.js';
import { type Request } from '../../client/request.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { InvalidOptionError } from '../../errors/client-errors.js';
import { CompareAndSet } from './compare-and-set.js';
import {
  checkCounter,
  counterNames,
  type CounterOptions,
  counterValue,
} from './counter-options.js';
import { type CounterEncoding, type CounterValue, sum } from './number-encodings.js';
import {
  bounded,
  checkOneShot,
  oneShotNames,
  type OneShotOptions,
} from '../core/one-shot-options.js';
import { checkCount, checkOneOf } from '../core/options.js';

/** The encodings that count whole numbers. */
export type IdEncoding = Exclude<CounterEncoding, 'float'>;

/** How ids are allocated. */
export interface AllocateOptions<E extends IdEncoding = IdEncoding>
  extends CounterOptions<E>, OneShotOptions {
  /** How many ids are taken at a time: one read and one write for so many. Those not used are lost. Default: 100. */
  readonly chunk?: number;
}

/** A source of ids. */
export interface IdAllocator<E extends IdEncoding = IdEncoding> {
  /**
   * Hands out an id that nobody else gets. A cold Observable that can also be awaited; each subscription gets an id of its own, at
   * once while there are ids left of the chunk. A new chunk is taken only when an id is asked for and there is none.
   */
  next(): Request<CounterValue<E>>;
}

const names = oneShotNames('chunk', ...counterNames);
const idEncodings: readonly IdEncoding[] = ['int', 'bigint', 'int32', 'int64'];
const defaultChunk = 100;

/**
 * Hands out unique ids, which it takes from a counter in chunks (Curator's `CachedAtomicInteger`).
 *
 * ```
 * counter   0    3           6             with chunk: 3
 * a         1    2    3      .
 * b              .           4    5        its own chunk
 * ```
 *
 * Ids never repeat, over processes and restarts, as long as nobody deletes the counter or sets it back. They rise within one
 * allocator; two processes' ids interleave. The ids of a chunk are those after the counter's old value up to its new one, so
 * `increment(…).after` on the same counter is one of its own, too. What is not promised: that there are no gaps. What a process
 * does not use of its chunk is lost; so is a chunk whose reply was lost with the connection: another one is taken. An
 * allocator costs nothing until it is asked, holds no session open, and needs no end.
 *
 * @param path - znode of the counter, made if it is missing; see {@link CounterOptions} for what is on it
 * @example
 * const ids = allocateIds(zk, '/order-ids', { chunk: 50 });
 * orders$.pipe(concatMap((order) => ids.next().pipe(map((id) => ({ id, ...order })))));
 */
export function allocateIds<E extends IdEncoding = 'int'>(
  zk: ZooKeeper,
  path: string,
  options: AllocateOptions<E> = {},
): IdAllocator<E> {
  return new ChunkedIds<E>(zk, path, options);
}

class ChunkedIds<E extends IdEncoding> implements IdAllocator<E> {
  /** The last id that was handed out, and the last one of the chunk. */
  private used: CounterValue<E> | undefined;
  private last: CounterValue<E> | undefined;
  /** Takes a chunk; shared by all who wait for one. It is over before it is told, so whoever finds it used up takes another. */
  private readonly refill$: Observable<unknown>;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly path: string,
    private readonly options: AllocateOptions<E>,
  ) {
    this.refill$ = defer(() => this.takeChunk$()).pipe(
      share({ connector: () => new AsyncSubject() }),
    );
  }

  next(): Request<CounterValue<E>> {
    const call = this.call();
    return awaitable(
      defer(() => {
        checkOneShot(this.options, call, names);
        const { encoding, chunk } = this.options;
        checkOneOf({ option: 'encoding', value: encoding, context: call }, idEncodings);
        checkCounter(this.options, call);
        checkCount({ option: 'chunk', value: chunk, context: call });
        // An id that may have been taken is never used: nothing is in doubt.
        const limits = { ...call, outcome: () => 'not-sent' as const };
        return this.take$().pipe(bounded(this.zk, this.options, limits));
      }),
    );
  }

  private take$(): Observable<CounterValue<E>> {
    const { used, last } = this;
    if (used === undefined || used === last) {
      return this.refill$.pipe(switchMap(() => this.take$()));
    }
    this.used = sum(used, this.inType(1));
    return of(this.used);
  }

  private takeChunk$(): Observable<unknown> {
    const call = this.call();
    const { chunk = defaultChunk } = this.options;
    const { encode, holds, needs } = checkCounter(this.options, call);
    const cas = new CompareAndSet<CounterValue<E>>(this.zk, {
      decode: counterValue(this.options),
      change: (value) => {
        const after = sum(value, this.inType(chunk));
        if (holds(after)) return after;
        const reason = `would take the counter to ${String(after)}, and it must be ${needs}`;
        throw new InvalidOptionError('chunk', reason, call);
      },
      encode,
      repeatable: true,
      call,
    });
    return cas.change$().pipe(
      map(({ before, after }) => {
        this.used = before;
        this.last = after;
      }),
    );
  }

  /** A small number in the counter's type. */
  private inType(value: number): CounterValue<E> {
    const { encoding } = this.options;
    const isBig = encoding === 'bigint' || encoding === 'int64';
    // TypeScript does not see that E and the encoding go together.
    return (isBig ? BigInt(value) : value) as CounterValue<E>;
  }

  private call() {
    return { operation: 'allocateIds', path: this.path };
  }
}
