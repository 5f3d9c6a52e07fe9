/** The options that recipes share, and their checks. */

import { type GiveUp } from '../client/lease.js';
import { InvalidOptionError } from '../errors/client-errors.js';
import { assertPath } from '../path.js';
import { maxTimerMs } from '../rx/alarm.js';

/** Options of every recipe that contends for something. */
export interface ContendOptions {
  /**
   * Who contends, for people and for other clients that list the contenders: the data of the contender's znode. Default:
   * empty.
   */
  readonly identifier?: string;
  /** Default `'suspended'`. */
  readonly giveUp?: GiveUp;
  /** Aborting ends the waiting or the holding: the stream errs with the signal's reason, and what was held is released. */
  readonly signal?: AbortSignal;
}

/** Options of everything that waits for a lock. */
export interface LockOptions extends ContendOptions {
  /**
   * Milliseconds to wait for the lock, from subscribe on; then `TimeoutError`. 0 tries once: it waits for the server, but for
   * no other contender. Default: `Infinity`.
   */
  readonly waitMs?: number;
  /**
   * Further texts before the number by which the znodes of other clients' locks under this path are known, to wait for
   * them too: `-lock-` for Curator's and Go's. Default: none.
   */
  readonly alsoWaitFor?: readonly string[];
}

/** Throws `InvalidPathError` or `InvalidOptionError`, naming what is wrong, unless path and options can be used. */
export function checkContending(
  options: LockOptions,
  context: { readonly operation: string; readonly path: string },
): void {
  assertPath(context.path, context.operation);
  const refuse = (option: string, reason: string): never => {
    throw new InvalidOptionError(option, reason, context);
  };
  const { identifier, giveUp, waitMs, alsoWaitFor } = options;
  if (identifier !== undefined && typeof identifier !== 'string') {
    refuse('identifier', 'must be a string');
  }
  if (giveUp !== undefined && !['suspended', 'lease'].includes(giveUp)) {
    refuse('giveUp', "must be 'suspended' or 'lease'");
  }
  if (waitMs !== undefined && !isDelay(waitMs)) {
    refuse('waitMs', `must be Infinity or a number from 0 to ${String(maxTimerMs)}`);
  }
  if (alsoWaitFor?.some((text) => typeof text !== 'string' || text === '') === true) {
    refuse('alsoWaitFor', 'must hold texts that are not empty');
  }
}

function isDelay(value: number): boolean {
  return typeof value === 'number' && (value === Infinity || (value >= 0 && value <= maxTimerMs));
}
