/** Leaves out of a script whatever it does not need to fail: what fast-check's own shrinking of lists leaves standing. */

import { type Script, type Step } from './script.js';

/** The shortest script that still fails and is this one without some of its steps and requests. */
export async function shorten(
  script: Script,
  fails: (shorter: Script) => Promise<boolean>,
): Promise<Script> {
  for (const shorter of candidates(script)) {
    if (await fails(shorter)) return shorten(shorter, fails);
  }
  return script;
}

/** The script without one of its steps, or without one request of a step of several. */
function* candidates(script: Script): Generator<Script> {
  for (const [at, step] of script.entries()) {
    const [before, after] = [script.slice(0, at), script.slice(at + 1)];
    yield [...before, ...after];
    if (step.kind !== 'ask' || step.asks.length < 2) continue;
    for (const index of step.asks.keys()) {
      const less: Step = { ...step, asks: step.asks.filter((_ask, i) => i !== index) };
      yield [...before, less, ...after];
    }
  }
}
