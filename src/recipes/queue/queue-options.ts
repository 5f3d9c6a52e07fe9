/** The options of queues, their checks, and the place on the znodes that they come to. */

import {
  checkBoolean,
  checkCallable,
  checkNumber,
  type Given,
  refuse,
} from '../../client/checks.js';
import { type GiveUp } from '../../client/lease.js';
import { InvalidPathError } from '../../errors/client-errors.js';
import { assertPath, baseName, joinPath, parentPath } from '../../path.js';
import { maxTimerMs } from '../../rx/alarm.js';
import {
  checkCall,
  checkCount,
  checkDelay,
  checkOneOf,
  optionNames,
  type RecipeCall,
  type RecipeOptions,
  type WaitOptions,
} from '../core/options.js';
import { type EntryFormat, entryFormats, type EntryLayout } from './queue-layout.js';

/** Options of everything about a queue. */
export interface QueueOptions extends RecipeOptions {
  /** Whose queue it is; all who use it must agree. Default: `'kazoo'`. */
  readonly layout?: EntryLayout;
}

/** How to put entries into a queue. */
export interface EnqueueOptions extends QueueOptions {
  /**
   * Lower comes first. `'kazoo'` and `'kazoo-queue'`: 0 to 999, default 100. `'curator'`: a 32-bit integer, and the queue is a
   * `DistributedPriorityQueue` then. `'curator-simple'` has none.
   */
  readonly priority?: number;
  /** Epoch milliseconds before which nobody may take it; only with layout `'curator'`, as a `DistributedDelayQueue`. */
  readonly delayUntilMs?: number;
  /**
   * Whether a receipt is made with the entries, so that a lost reply is found out about. `false` makes it one write instead of
   * two, and a lost reply is `ConnectionLossError { outcome: 'unknown' }`. Default: true.
   */
  readonly receipt?: boolean;
  /** Milliseconds for the entries to be in the queue; then `TimeoutError`. Default: `Infinity`. */
  readonly timeoutMs?: number;
}

/** Options of who takes entries out of a queue. */
export interface MarkOptions {
  /**
   * With layout `'curator'`: znode for the marks of the entries that are being processed (`QueueBuilder.lockPath`), which all
   * consumers of the queue must share.
   */
  readonly lockPath?: string;
}

/** How to take entries out of a queue. `waitMs` is for the first entry; 0 errs as soon as there is none. */
export interface DequeueOptions extends QueueOptions, WaitOptions, MarkOptions {}

/** How to process the entries of a queue. */
export interface ConsumeOptions extends QueueOptions, MarkOptions {
  /** How many entries to process at a time, 1 to 1000. Default: 1. */
  readonly concurrency?: number;
  /**
   * When to give up an entry while the connection is down. Default: `'lease'`: the project goes on over a short disconnect, until
   * the session may be over.
   */
  readonly giveUp?: GiveUp;
  /** Milliseconds that this consumer leaves an entry alone whose project has erred; others may take it. Default: 1000. */
  readonly retryDelayMs?: number;
  /**
   * What becomes of an entry whose project has erred. Default: `'requeue'`. What this throws is the error of the stream, when
   * the entry is back in the queue.
   */
  readonly onError?: (error: unknown, entry: QueueEntry) => 'requeue' | 'remove';
}

/** An entry of a queue. */
export interface QueueEntry {
  /** Path of its znode. */
  readonly path: string;
  /** What was put in; an entry without data has no bytes. */
  readonly data: Uint8Array;
  /** Lower comes first. */
  readonly priority: number;
}

/** A queue on the znodes. */
export interface QueuePlace {
  readonly format: EntryFormat;
  /** Znode above the entries. */
  readonly entries: string;
  /** Znode above the marks; `undefined`: there are none. */
  readonly marks: string | undefined;
  /** Znode above the line of those who wait for entries. */
  readonly line: string;
  /** Path of a znode for a receipt, where no other client of the queue takes it for an entry. */
  readonly receiptPath: (id: string) => string;
}

const queueNames = ['layout'];
const enqueueNames = optionNames(...queueNames, 'priority', 'delayUntilMs', 'receipt', 'timeoutMs');
const dequeueNames = optionNames(...queueNames, 'waitMs', 'lockPath');
const consumeNames = optionNames(
  ...queueNames,
  'lockPath',
  'concurrency',
  'giveUp',
  'retryDelayMs',
  'onError',
);
const lengthNames = optionNames(...queueNames);
const maxConcurrency = 1000;

/** Throws unless entries can be put in like this. */
export function placeToEnqueue(options: EnqueueOptions, call: RecipeCall): QueuePlace {
  checkCall(options, call, enqueueNames);
  const { priority, delayUntilMs, receipt, timeoutMs } = options;
  const given = givenIn(call);
  const place = queuePlace(options, call);
  const { priorities, delays } = place.format;
  checkBoolean(given('receipt', receipt));
  checkNumber(given('timeoutMs', timeoutMs), { min: 1, max: maxTimerMs, infinite: true });
  if (priority !== undefined && priorities === undefined) {
    throw refuse(given('priority', priority), 'left out with this layout');
  }
  if (priorities !== undefined) checkNumber(given('priority', priority), priorities);
  if (delayUntilMs === undefined) return place;
  if (!delays) throw refuse(given('delayUntilMs', delayUntilMs), "left out but with 'curator'");
  checkNumber(given('delayUntilMs', delayUntilMs), { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (priority === undefined) return place;
  throw refuse(given('delayUntilMs', delayUntilMs), 'left out where there is a priority');
}

/** Throws unless entries can be taken out like this. */
export function placeToDequeue(options: DequeueOptions, call: RecipeCall): QueuePlace {
  checkCall(options, call, dequeueNames);
  checkDelay(givenIn(call)('waitMs', options.waitMs));
  return queuePlace(options, call);
}

/** Throws unless entries can be processed like this. */
export function placeToConsume(
  options: ConsumeOptions,
  call: RecipeCall,
): QueuePlace & { readonly marks: string } {
  checkCall(options, call, consumeNames);
  const { concurrency, giveUp, retryDelayMs, onError, layout, lockPath } = options;
  const given = givenIn(call);
  checkCount(given('concurrency', concurrency), maxConcurrency);
  checkOneOf(given('giveUp', giveUp), ['suspended', 'lease']);
  checkNumber(given('retryDelayMs', retryDelayMs), { min: 0, max: maxTimerMs });
  checkCallable(given('onError', onError));
  const place = queuePlace(options, call);
  const { marks } = place;
  if (marks !== undefined) return { ...place, marks };
  if (layout === 'curator') throw refuse(given('lockPath', lockPath), 'given with this layout');
  throw refuse(given('layout', layout), 'one with marks, or use dequeue$');
}

/** Throws unless a queue's length can be told like this. */
export function placeToCount(options: QueueOptions, call: RecipeCall): QueuePlace {
  checkCall(options, call, lengthNames);
  return queuePlace(options, call);
}

function queuePlace(
  { layout = 'kazoo', lockPath }: QueueOptions & MarkOptions,
  call: RecipeCall,
): QueuePlace {
  const given = givenIn(call);
  checkOneOf(given('layout', layout), Object.keys(entryFormats));
  const format = entryFormats[layout];
  const { path, operation } = call;
  if (lockPath !== undefined) {
    if (layout !== 'curator')
      throw refuse(given('lockPath', lockPath), "left out but with 'curator'");
    assertPath(lockPath, operation);
  }
  const entries = format.entries(path);
  const marks = format.marks?.(path) ?? lockPath;
  const line = format.line?.(path) ?? beside(entries, 'waiting', call);
  const receiptPath = (id: string) => beside(entries, `receipt__${id}`, call);
  return { format, entries, marks, line, receiptPath };
}

/**
 * Other clients of a queue take every child of its znode for an entry. So what is ours stands beside that znode, and a queue
 * whose entries are at the very top has no room for it.
 */
function beside(entries: string, name: string, { path, operation }: RecipeCall): string {
  if (entries === '/') {
    throw new InvalidPathError(path, 'a queue of this layout must be below the root', {
      operation,
    });
  }
  return joinPath(parentPath(entries), `${baseName(entries)}__${name}`);
}

function givenIn(context: RecipeCall): (option: string, value: unknown) => Given<unknown> {
  return (option, value) => ({ option, value, context });
}
