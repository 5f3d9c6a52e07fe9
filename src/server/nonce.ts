/** Texts for challenges, each another one. */

import { hex } from '../wire/digest-md5.js';

const nonceBytes = 16;

/** Unguessable if `random` is; without it always the same sequence, so that a run can be repeated. */
export function nonceSource(random: () => number = countingRandom()): () => string {
  return () => hex(Uint8Array.from({ length: nonceBytes }, () => Math.floor(random() * 256)));
}

/** A linear congruential generator. */
function countingRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
