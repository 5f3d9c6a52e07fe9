/** The only place where the real clock and real chance enter: the defaults for what the options inject. */

/** Where time and chance come from, apart from the scheduler. */
export interface Platform {
  /** Milliseconds on a clock that never goes back and is not set by anyone. */
  monotonicNow(): number;
  /** A number in [0, 1). */
  random(): number;
}

export const realPlatform: Platform = {
  monotonicNow: () => performance.now(),
  random: () => Math.random(),
};
