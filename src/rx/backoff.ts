/** How long to pause before trying again: pauses that grow, up to a bound, with a part of chance. */

import { maxTimerMs } from './alarm.js';

/** What the pauses are like. */
export interface Backoff {
  /** The first pause. */
  readonly initialDelayMs: number;
  /** No pause is longer. */
  readonly maxDelayMs: number;
  /** How much longer each pause is than the one before; 1 for pauses of one length. */
  readonly factor: number;
  /** The part of each pause that is left to chance, 0 to 1, so that those who failed together do not come back together. */
  readonly jitter: number;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Milliseconds to pause before retry number `retry`, which counts from 1. */
export function pauseMs(backoff: Backoff, retry: number): number {
  const { initialDelayMs, maxDelayMs, factor, jitter, random } = backoff;
  // Infinity for a large number; the bound takes care of it.
  const grown = initialDelayMs * factor ** (retry - 1);
  const longest = Math.min(grown, maxDelayMs, maxTimerMs);
  return Math.round(longest * (1 - jitter * random()));
}
