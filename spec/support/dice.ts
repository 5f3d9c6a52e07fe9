/** Chance that follows from a seed, so that every run of a spec is the same. */

/** Numbers in (0, 1): Lehmer's generator, with another sequence for another multiplier. */
export function dice(seed: number, multiplier: 48_271 | 16_807 = 48_271): () => number {
  let state = seed;
  return () => {
    state = (state * multiplier) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Whole numbers from 0 to below a bound, also for small bounds all but independent of each other. */
export function rolls(seed: number): (bound: number) => number {
  let state = seed * 2_654_435_761;
  return (bound) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9) | 0;
    return (state >>> 1) % bound;
  };
}
