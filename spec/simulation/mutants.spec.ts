/** The simulation notices what it is there to notice: each wrong idea in the client breaks a promise in one of few seeds. */

import { mutants } from './mutants.js';
import { recipeMutants } from './recipe-mutants.js';
import { scenarioOf } from './scenario.js';
import { simulate } from './simulate.js';

const maxSeeds = 400;
// Jest cannot interrupt what never waits, so the loop looks itself; most ideas are noticed within a second.
const searchMs = 60_000;
const timeoutMs = 2 * searchMs;

describe('the simulation notices', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([...mutants, ...recipeMutants].map((mutant) => [mutant.idea, mutant] as const))(
    'who thinks that %s',
    (_idea, { apply, noticed, fromSeed = 1, family }) => {
      apply();
      const seen: string[] = [];
      const endMs = Date.now() + searchMs;
      for (let seed = fromSeed; seed < fromSeed + maxSeeds && Date.now() < endMs; seed++) {
        const { broken } = simulate(seed, scenarioOf(seed, family));
        if (broken === undefined) continue;
        seen.push(broken);
        if (noticed.test(broken)) break;
      }
      expect(seen.at(-1)).toMatch(noticed);
    },
    timeoutMs,
  );
});
