/** The options that recipes share, and their checks. */

import {
  checkCallable,
  checkNames,
  checkNumber,
  type Given,
  refuse as refusal,
} from '../../client/checks.js';
import { type GiveUp } from '../../client/lease.js';
import { type ErrorContext } from '../../errors/base.js';
import { assertPath } from '../../path.js';
import { maxTimerMs } from '../../rx/alarm.js';

/** Options of every recipe. */
export interface RecipeOptions {
  /** Aborting ends it: the stream errs with the signal's reason, and what was held is given back. */
  readonly signal?: AbortSignal;
}

/** Options of every recipe that contends for something. */
export interface ContendOptions extends RecipeOptions {
  /**
   * Who contends, for people and for other clients that list the contenders: the data of the contender's znode. Default:
   * empty.
   */
  readonly identifier?: string;
  /** Default `'suspended'`. */
  readonly giveUp?: GiveUp;
}

/** Options of every recipe that can be waited for. */
export interface WaitOptions extends RecipeOptions {
  /**
   * Milliseconds to wait, from subscribe on; then `TimeoutError`. 0 tries once: it waits for the server, but for nobody else.
   * Default: `Infinity`.
   */
  readonly waitMs?: number;
}

/** Whose znode layout a recipe uses, so that processes of that client take part; see each recipe for what it has. */
export type Layout = 'kazoo' | 'curator';

/** Options of every recipe that other clients lay out in another way. */
export interface LayoutOptions {
  /**
   * Default `'kazoo'`. With `'curator'` the znodes are named as Curator's, and missing parents are made as container
   * znodes (3.5.1+). All who meet on one path must use the same layout.
   */
  readonly layout?: Layout;
}

/** Options of everything that waits for a lock. */
export interface LockOptions extends ContendOptions, WaitOptions, LayoutOptions {
  /**
   * Further texts before the number by which the znodes of other clients' locks under this path are known, to wait for
   * them too: `-lock-` for Curator's and Go's. Default: none.
   */
  readonly alsoWaitFor?: readonly string[];
}

/** The names of `LockOptions`. */
export const lockOptionNames = optionNames(
  'identifier',
  'giveUp',
  'waitMs',
  'layout',
  'alsoWaitFor',
);

/** Where a recipe was called, for error messages. */
export interface RecipeCall extends ErrorContext {
  readonly operation: string;
  readonly path: string;
}

/** The names of a recipe's options: `signal`, which all have, and its own. */
export function optionNames(...own: readonly string[]): ReadonlySet<string> {
  return new Set(['signal', ...own]);
}

/** The checks that every recipe needs: a sound path, only options that it knows, and a sound signal. */
export function checkCall(
  options: RecipeOptions,
  call: RecipeCall,
  names: ReadonlySet<string>,
): void {
  assertPath(call.path, call.operation);
  checkNames({ option: '', value: options, context: call }, names);
  checkCallable({ option: 'signal', value: options.signal, context: call }, 'addEventListener');
}

/** A text. */
export function checkText(given: Given<unknown>): void {
  const { value } = given;
  if (value !== undefined && typeof value !== 'string') throw refusal(given, 'a string');
}

/** One of a few words. */
export function checkOneOf(given: Given<unknown>, words: readonly string[]): void {
  // Only looked for among strings, whatever it is.
  if (given.value === undefined || words.includes(given.value as string)) return;
  throw refusal(given, words.map((word) => `'${word}'`).join(' or '));
}

/** A list of texts that say something. */
export function checkTexts(given: Given<unknown>): void {
  const { value } = given;
  if (value === undefined) return;
  if (!Array.isArray(value)) throw refusal(given, 'a list of texts');
  for (const text of value) {
    if (typeof text !== 'string' || text === '') throw refusal(given, 'texts that are not empty');
  }
}

/** A layout. */
export function checkLayout(given: Given<unknown>): void {
  checkOneOf(given, ['kazoo', 'curator']);
}

/** Milliseconds that a timer can take, or `Infinity`. */
export function checkDelay(given: Given<unknown>): void {
  const { value } = given;
  if (value === undefined || value === Infinity) return;
  if (typeof value === 'number' && value >= 0 && value <= maxTimerMs) return;
  throw refusal(given, `Infinity or a number from 0 to ${String(maxTimerMs)}`);
}

/** A whole number of something, from 1 on. */
export function checkCount(given: Given<unknown>, max = Number.MAX_SAFE_INTEGER): void {
  checkNumber(given, { min: 1, max });
}

/** Throws `InvalidPathError` or `InvalidOptionError`, naming what is wrong, unless path and options can be used. */
export function checkContending(
  options: LockOptions,
  call: RecipeCall,
  names: ReadonlySet<string> = lockOptionNames,
): void {
  checkCall(options, call, names);
  const { identifier, giveUp, waitMs, layout, alsoWaitFor } = options;
  const given = (option: string, value: unknown): Given<unknown> => {
    return { option, value, context: call };
  };
  checkText(given('identifier', identifier));
  checkOneOf(given('giveUp', giveUp), ['suspended', 'lease']);
  checkDelay(given('waitMs', waitMs));
  checkLayout(given('layout', layout));
  checkTexts(given('alsoWaitFor', alsoWaitFor));
}
