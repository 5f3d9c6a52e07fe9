/** Options of the recipes' one-shots, and what they do. */

import { type MonoTypeOperatorFunction, throwError, timeout } from 'rxjs';
import { type ZooKeeper } from '../../client/zookeeper.js';
import { type Outcome, TimeoutError } from '../../errors/client-errors.js';
import { abortable } from '../../rx/abortable.js';
import {
  checkCall,
  checkDelay,
  optionNames,
  type RecipeCall,
  type RecipeOptions,
} from './options.js';

/** Options of a recipe's one-shot. */
export interface OneShotOptions extends RecipeOptions {
  /** Milliseconds until `TimeoutError`. Default: `Infinity`, because it waits for the connection. */
  readonly timeoutMs?: number;
}

/** The names of a one-shot's options: those that all have, and its own. */
export function oneShotNames(...own: readonly string[]): ReadonlySet<string> {
  return optionNames('timeoutMs', ...own);
}

/** Throws unless path and options can be used. */
export function checkOneShot(
  options: OneShotOptions,
  call: RecipeCall,
  names: ReadonlySet<string>,
): void {
  checkCall(options, call, names);
  checkDelay({ option: 'timeoutMs', value: options.timeoutMs, context: call });
}

/** Errs with `TimeoutError` after `timeoutMs`, with the outcome as it is then, and with the signal's reason when that is aborted. */
export function bounded<T>(
  zk: ZooKeeper,
  { timeoutMs = Infinity, signal }: OneShotOptions,
  { outcome, ...call }: RecipeCall & { readonly outcome: () => Outcome },
): MonoTypeOperatorFunction<T> {
  if (timeoutMs === Infinity) return abortable(signal);
  const late$ = throwError(() => new TimeoutError(timeoutMs, outcome(), call));
  return (source) =>
    source.pipe(
      timeout({ first: timeoutMs, scheduler: zk.scheduler, with: () => late$ }),
      abortable(signal),
    );
}
