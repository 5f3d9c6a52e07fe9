/** Plays random scripts on two servers and reports the shortest one on which they disagree. */

import fc from 'fast-check';
import { isSame, type Pair, sideBySide } from './compare.js';
import { type Contestant } from './contestant.js';
import { play } from './player.js';
import { countAsks, type Script, tellStep } from './script.js';
import { scripts } from './scripts.js';
import { shorten } from './shorten.js';

export interface DifferentialOptions {
  readonly seed: number;
  /** Number of scripts. */
  readonly runs: number;
  /** Longest script, in steps. */
  readonly maxSteps?: number;
  /** How many requests may leave together. */
  readonly maxBurst?: number;
  /** Where in the seed to start: what a failure printed as its path. */
  readonly path?: string | undefined;
  /** Asked when a script could not be played: what to say about the state of things. */
  readonly explain?: () => string;
}

/** What came out. */
export interface Verdict {
  /** The shortest script on which the servers disagree, in words; `undefined` if they never do. */
  readonly disagreement: string | undefined;
  /** That script. */
  readonly script: Script | undefined;
  /** Requests sent to each server, shrinking included. */
  readonly asked: number;
}

let bases = 0;

/** Plays one script on both. */
export async function playBoth(
  script: Script,
  [left, right]: readonly [Contestant, Contestant],
): Promise<Pair> {
  // A new znode for each run, always of the same length; no other text contains its name.
  const base = `/run${String(++bases).padStart(6, '0')}`;
  const playOn = (contestant: Contestant) => play(script, contestant.enter(), base);
  const [first, second] = await Promise.all([playOn(left), playOn(right)]);
  return { left: first, right: second };
}

export async function compareServers(
  contestants: readonly [Contestant, Contestant],
  { seed, runs, maxSteps = 50, maxBurst = 6, path, explain = () => '' }: DifferentialOptions,
): Promise<Verdict> {
  let asked = 0;
  let broken: Error | undefined;
  let last: Pair | undefined;
  const property = fc.asyncProperty(scripts(maxSteps, maxBurst), async (script) => {
    // A server that is gone, or a harness that is wrong, is no disagreement, and there is nothing to shrink.
    if (broken !== undefined) return true;
    asked += countAsks(script);
    try {
      const pair = await playBoth(script, contestants);
      if (isSame(pair)) return true;
      last = pair;
      return false;
    } catch (error) {
      const steps = script.map(tellStep).join('\n');
      broken = new Error(`${String(error)} in a script:\n${steps}\n${explain()}`);
      return true;
    }
  });
  const found = await fc.check(property, {
    seed,
    numRuns: runs,
    ...(path === undefined ? {} : { path }),
  });
  if (broken !== undefined) throw broken;
  const [failing] = found.counterexample ?? [];
  // Shrinking goes on from what fails, so the last pair that differed is that of the shortest script.
  if (failing === undefined || last === undefined) {
    return { disagreement: undefined, script: undefined, asked };
  }
  let shown: Pair = last;
  const differs = async (shorter: Script): Promise<boolean> => {
    const pair = await playBoth(shorter, contestants);
    if (isSame(pair)) return false;
    shown = pair;
    return true;
  };
  const isFickle = !(await differs(failing));
  const script = isFickle ? failing : await shorten(failing, differs);
  const names = [contestants[0].name, contestants[1].name] as const;
  const again = `RXZK_SEED=${String(seed)} RXZK_PATH=${found.counterexamplePath ?? ''}`;
  const fickle = isFickle ? ', but not the next time' : '';
  const disagreement = `The servers disagree${fickle} (${again}):\n${sideBySide(shown, names)}`;
  return { disagreement, script, asked };
}
