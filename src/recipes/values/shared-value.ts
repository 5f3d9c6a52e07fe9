/** A value that several processes share and change, each knowing what it changes: Curator's `SharedValue`. */

import { defer, map, type Observable } from 'rxjs';
import { awaitable } from '../../client/awaitable.js';
import { checkCallable, refuse } from '../../client/checks.js';
import { type ValueCodec } from '../../client/codec.js';
import { type Request } from '../../client/request.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { abortable } from '../../rx/abortable.js';
import { type ValueChange, CompareAndSet } from './compare-and-set.js';
import { decoded } from '../core/decoded.js';
import {
  bounded,
  checkOneShot,
  oneShotNames,
  type OneShotOptions,
} from '../core/one-shot-options.js';
import { checkCall, optionNames, type RecipeCall, type RecipeOptions } from '../core/options.js';

/** What a shared value is. */
export interface SharedValueOptions<T> {
  /** How bytes become values: `json()`, `text()`, `bytes()`, or one's own. */
  readonly codec: ValueCodec<T>;
  /** The value while the znode is missing. */
  readonly initial: T;
}

/** How to look at a shared value. */
export interface SharedValueStreamOptions<T> extends SharedValueOptions<T>, RecipeOptions {}

/** How to change a shared value. */
export interface UpdateOptions<T> extends SharedValueOptions<T>, OneShotOptions {}

/** A value and how often it was written. */
export interface Versioned<T> {
  readonly value: T;
  /** Version of the znode's data; -1 while the znode is missing. */
  readonly version: number;
}

const streamNames = optionNames('codec', 'initial');
const updateNames = oneShotNames('codec', 'initial');
const noBytes = new Uint8Array(0);

/**
 * Emits a shared value and its version now and after every change.
 *
 * ```
 * znode           (none)   b written    c written
 * sharedValue$    i -1-----b 0----------c 1          i = the initial value
 * ```
 *
 * Changes in quick succession may be seen as one: you get the latest, not each.
 *
 * @param path - znode of the value; its data is what the codec makes of it, and nothing else
 * @emits a {@link Versioned} value
 * @completes when the client is closed
 * @errors `DecodeError` if the codec cannot read the data; the signal's reason; `NoAuthError`; `AuthFailedError`; `InvalidPathError`,
 * `InvalidOptionError`. A lost connection is no error
 * @sharing one watch and one read for each path and client, as `data$`
 * @example
 * const limits = { codec: json<Limits>(), initial: { perSecond: 10 } };
 * sharedValue$(zk, '/limits', limits).subscribe(({ value }) => apply(value));
 */
export function sharedValue$<T>(
  zk: ZooKeeper,
  path: string,
  options: SharedValueStreamOptions<T>,
): Observable<Versioned<T>> {
  return defer(() => {
    const call = { operation: 'sharedValue$', path };
    checkCall(options, call, streamNames);
    checkShared(options, call);
    const { codec, initial, signal } = options;
    const decode = (data: Uint8Array | null): T => codec.decode(data ?? noBytes);
    return zk.node$(path).pipe(
      map((node) =>
        node === null
          ? { value: initial, version: -1 }
          : { value: decoded(node.data, decode, call), version: node.stat.version },
      ),
      abortable(signal),
    );
  });
}

/**
 * Changes a shared value to what a function makes of it, and answers it before and after. A cold Observable that can also be
 * awaited; the znode is made if it is missing.
 *
 * ```
 * znode     a-------b------c-----         somebody else made it b
 * update    f(a)  w#f(b)  w-|             w written if unchanged since
 * ```
 *
 * The function is asked again, with the newer value, whenever somebody else was faster, so it must have no effects. If what
 * it makes is written in the same bytes, nothing is written. A write whose reply was lost is never simply sent again: the znode is
 * read, and if that does not tell whether the change was made, it errs with outcome `'unknown'`.
 *
 * @param path - znode of the value; missing parents are made
 * @param update - makes the new value; what it throws is an error of this request
 * @emits the {@link ValueChange}
 * @completes when it has emitted
 * @errors `ConnectionLossError { outcome: 'unknown' }` when the reply was lost and nobody can know; `DecodeError`; `TimeoutError` after
 * `timeoutMs`; the signal's reason; `NoAuthError`; `AuthFailedError`; `SessionClosedError`; `InvalidPathError`, `InvalidOptionError`
 * @sharing nothing is shared: each subscription changes the value
 * @example
 * const { after } = await updateShared(zk, '/limits', (l) => ({ ...l, perSecond: 20 }), limits);
 */
export function updateShared<T>(
  zk: ZooKeeper,
  path: string,
  update: (value: T) => T,
  options: UpdateOptions<T>,
): Request<ValueChange<T>> {
  return awaitable(
    defer(() => {
      const call = { operation: 'updateShared', path };
      checkOneShot(options, call, updateNames);
      checkShared(options, call);
      const given = { option: 'update', value: update as unknown, context: call };
      if (typeof update !== 'function') throw refuse(given, 'a function');
      const { codec, initial } = options;
      const cas = new CompareAndSet<T>(zk, {
        decode: (data, exists) => (exists ? codec.decode(data ?? noBytes) : initial),
        change: update,
        encode: (value) => codec.encode(value),
        repeatable: false,
        call,
      });
      return cas.change$().pipe(bounded(zk, options, { ...call, outcome: () => cas.outcome }));
    }),
  );
}

function checkShared(options: SharedValueOptions<unknown>, call: RecipeCall): void {
  // A caller without types may have left them out.
  const { codec } = options as Partial<SharedValueOptions<unknown>>;
  const given = { option: 'codec', value: codec, context: call };
  if (codec === undefined) throw refuse(given, 'a codec, such as json() or text()');
  checkCallable(given, 'decode');
  checkCallable(given, 'encode');
  if (!('initial' in options)) {
    throw refuse({ option: 'initial', value: undefined, context: call }, 'a value');
  }
}
