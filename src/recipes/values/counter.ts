/** The counter: a number on a znode, shared with kazoo's `Counter` or Curator's counters. */

import { defer, distinctUntilChanged, map, type Observable } from 'rxjs';
import { awaitable } from '../../client/awaitable.js';
import { type Request } from '../../client/request.js';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { InvalidOptionError } from '../../errors/client-errors.js';
import { abortable } from '../../rx/abortable.js';
import { type ValueChange, CompareAndSet } from './compare-and-set.js';
import {
  checkCounter,
  checkValue,
  type CounterOptions,
  counterNames,
  counterValue,
} from './counter-options.js';
import { decoded } from '../core/decoded.js';
import { type CounterEncoding, type CounterValue, sum } from './number-encodings.js';
import {
  bounded,
  checkOneShot,
  oneShotNames,
  type OneShotOptions,
} from '../core/one-shot-options.js';
import { checkCall, optionNames, type RecipeOptions } from '../core/options.js';

/** How to look at a counter. */
export interface CounterStreamOptions<E extends CounterEncoding = CounterEncoding>
  extends CounterOptions<E>, RecipeOptions {}

/** How to change a counter. */
export interface IncrementOptions<E extends CounterEncoding = CounterEncoding>
  extends CounterOptions<E>, OneShotOptions {}

const streamNames = optionNames(...counterNames);
const incrementNames = oneShotNames(...counterNames);

/**
 * Emits a counter's value now and after every change.
 *
 * ```
 * znode       (none)  5       6 7      -
 * counter$    0-------5-------6-7------0          with a default of 0
 * ```
 *
 * Changes in quick succession may be seen as one: you get the latest, not each.
 *
 * @param path - znode of the counter; a missing or empty one has the default as its value
 * @emits the value, when it differs from the one before: a number, or a bigint for `'bigint'` and `'int64'`
 * @completes when the client is closed
 * @errors `DecodeError` if the data is no number in this encoding; the signal's reason; `NoAuthError`; `AuthFailedError`;
 * `InvalidPathError`, `InvalidOptionError`. A lost connection is no error
 * @sharing one watch and one read for each path and client, as `data$`
 * @example
 * counter$(zk, '/visitors').subscribe(show);
 * counter$(zk, '/limit', { encoding: 'int32' }).subscribe(setLimit);   // Curator's SharedCount
 */
export function counter$<E extends CounterEncoding = 'int'>(
  zk: ZooKeeper,
  path: string,
  options: CounterStreamOptions<E> = {},
): Observable<CounterValue<E>> {
  return defer(() => {
    const call = { operation: 'counter$', path };
    checkCall(options, call, streamNames);
    checkCounter(options, call);
    const valueOf = counterValue(options);
    return zk.data$(path).pipe(
      map((data) => decoded(data, valueOf, call)),
      distinctUntilChanged<CounterValue<E>>((a, b) => Object.is(a, b)),
      abortable(options.signal),
    );
  });
}

/**
 * Adds to a counter, and answers its value before and after. A cold Observable that can also be awaited; the counter is made if it is
 * missing.
 *
 * ```
 * counter      5-----6-----7----          somebody else made it 6
 * increment    r  w--#r  w-|             r read, w written if unchanged since: 1 added to 6
 * ```
 *
 * It waits for the connection. Increments of any number of processes get through one by one and none is lost; those that
 * come at the same time try again after random pauses, which double. A write whose reply was lost is never simply sent again: the
 * counter is read, and if that does not tell whether the increment was made, it errs with outcome `'unknown'`. So it does most of the
 * time when a reply is lost, because a counter does not say who wrote it; see {@link allocateIds} for ids, which need no such answer.
 * What is not promised: that increments survive somebody deleting the znode.
 *
 * @param path - znode of the counter; missing parents are made
 * @param by - what to add; negative to subtract
 * @emits the {@link ValueChange}
 * @completes when it has emitted
 * @errors `ConnectionLossError { outcome: 'unknown' }` when the reply was lost and nobody can know; `InvalidOptionError` for a sum that
 * the encoding cannot hold; `DecodeError`; `TimeoutError` after `timeoutMs`; the signal's reason; `NoAuthError`; `AuthFailedError`;
 * `SessionClosedError`; `InvalidPathError`
 * @sharing nothing is shared: each subscription adds
 * @example
 * const { before, after } = await increment(zk, '/visitors', 1);
 * await increment(zk, '/total', -5n, { encoding: 'int64' });   // Curator's DistributedAtomicLong
 */
export function increment<E extends CounterEncoding = 'int'>(
  zk: ZooKeeper,
  path: string,
  by: CounterValue<E>,
  options: IncrementOptions<E> = {},
): Request<ValueChange<CounterValue<E>>> {
  return awaitable(
    defer(() => {
      const call = { operation: 'increment', path };
      checkOneShot(options, call, incrementNames);
      const { needs, holds, encode } = checkCounter(options, call);
      checkValue({ option: 'by', value: by, context: call }, options);
      const cas = new CompareAndSet<CounterValue<E>>(zk, {
        decode: counterValue(options),
        change: (value) => {
          const after = sum(value, by);
          if (holds(after)) return after;
          const reason = `makes it ${String(after)}, and it must be ${needs}`;
          throw new InvalidOptionError('by', reason, call);
        },
        encode,
        repeatable: false,
        call,
      });
      return cas.change$().pipe(bounded(zk, options, { ...call, outcome: () => cas.outcome }));
    }),
  );
}
