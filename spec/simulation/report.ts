/** What a failing run says to whoever has to understand it: the seed, the faults that it takes, and the last events. */

import { type Fault } from './faults.js';
import { type Family, type Scenario, scenarioOf } from './scenario.js';
import { simulate } from './simulate.js';

const lastLines = 40;
const maxRuns = 80;

/**
 * A scenario with fewer faults in which a promise is broken all the same: leaves out ever smaller parts of the faults as
 * long as that is so.
 */
export function shrunk(seed: number, scenario: Scenario): Scenario {
  let least = scenario;
  let runs = 0;
  for (let size = Math.ceil(least.faults.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < least.faults.length && runs < maxRuns;) {
      const faults = [...least.faults.slice(0, at), ...least.faults.slice(at + size)];
      runs++;
      if (simulate(seed, { ...least, faults }).broken === undefined) at += size;
      else least = { ...least, faults };
    }
  }
  return least;
}

/** The report on a seed that breaks a promise; `undefined` if it does not. */
export function reportOn(seed: number, family: Family = 'ground'): string | undefined {
  const whole = scenarioOf(seed, family);
  const { broken } = simulate(seed, whole);
  if (broken === undefined) return undefined;
  const scenario = shrunk(seed, whole);
  const { faults, ...rest } = scenario;
  const { lines, broken: atLast } = simulate(seed, scenario);
  return [
    `seed ${seed}: ${broken}`,
    `with ${faults.length} of ${whole.faults.length} faults: ${atLast ?? broken}`,
    JSON.stringify(rest),
    ...faults.map(describe),
    ...lines.slice(-lastLines),
    `To see all of it: RXZK_FAMILY=${family} RXZK_SEED=${seed} npx jest spec/simulation/simulation.spec.ts`,
  ].join('\n');
}

function describe({ atMs, kind, who, server, forMs, share }: Fault): string {
  const where = server === undefined ? 'all servers' : `server ${server}`;
  return `fault at ${atMs} ms: ${kind}, p${who}, ${where}, ${forMs} ms, share ${share.toFixed(2)}`;
}
