/**
 * The simulation over many seeds. `RXZK_SEEDS=5000` runs more of them, `RXZK_FIRST_SEED=7000` others, and `RXZK_SEED=123`
 * one, whose whole journal is written to a file in the system's directory for such.
 */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Fault } from './faults.js';
import { reportOn } from './report.js';
import { scenarioOf } from './scenario.js';
import { simulate } from './simulate.js';

const seeds = Number(process.env['RXZK_SEEDS'] ?? 300);
const firstSeed = Number(process.env['RXZK_FIRST_SEED'] ?? 1);
const oneSeed = process.env['RXZK_SEED'];
const seedsAtOnce = 25;
const chunkTimeoutMs = 300_000;

function chunks(): number[][] {
  if (oneSeed !== undefined) return [[Number(oneSeed)]];
  return Array.from({ length: Math.ceil(seeds / seedsAtOnce) }, (_, chunk) => {
    const from = firstSeed + chunk * seedsAtOnce;
    const count = Math.min(seedsAtOnce, firstSeed + seeds - from);
    return Array.from({ length: count }, (_seed, index) => from + index);
  });
}

describe('clients, servers and recipes under faults', () => {
  it.each(chunks().map((chunk) => [chunk[0], chunk.at(-1), chunk] as const))(
    'keep every promise (seeds %i to %i)',
    async (_from, _to, chunk) => {
      const outcomes = chunk.map((seed) => ({ seed, ...simulate(seed) }));
      const failed = outcomes.filter(({ broken }) => broken !== undefined);
      expect(failed.slice(0, 1).map(({ seed }) => reportOn(seed))).toEqual([]);
      await setImmediate();
      expect(outcomes.filter(({ unclosed }) => unclosed() > 0).map(({ seed }) => seed)).toEqual([]);
    },
    chunkTimeoutMs,
  );

  it('are worth the trouble: there are answers, grants and losses in them', () => {
    const outcomes = Array.from({ length: 10 }, (_, seed) => simulate(seed + 1));
    const lines = outcomes.flatMap((outcome) => outcome.lines);
    const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
    expect(outcomes.reduce((sum, { answers }) => sum + answers, 0)).toBeGreaterThan(500);
    expect(outcomes.reduce((sum, { grants }) => sum + grants, 0)).toBeGreaterThan(50);
    expect(count(/ loses /)).toBeGreaterThan(5);
    expect(count(/ is suspended$/)).toBeGreaterThan(10);
    expect(count(/ is lost$/)).toBeGreaterThan(2);
    expect(count(/ConnectionLoss/)).toBeGreaterThan(10);
  });
});

describe('a run', () => {
  it.each([1, 2, 3])('is the same again, event by event (seed %i)', (seed) => {
    const once = simulate(seed);
    const again = simulate(seed);
    expect(again.lines).toEqual(once.lines);
    expect(again.steps).toBe(once.steps);
  });

  it('differs from that of another seed', () => {
    expect(simulate(4).lines).not.toEqual(simulate(5).lines);
  });

  it('does without any one of its faults what it did before that fault', () => {
    const scenario = scenarioOf(6);
    const last = scenario.faults.at(-1);
    const until = (fault: Fault | undefined, lines: readonly string[]): readonly string[] =>
      lines.filter((line) => Number.parseFloat(line) < (fault?.atMs ?? 0));
    const whole = until(last, simulate(6, scenario).lines);
    const less = simulate(6, { ...scenario, faults: scenario.faults.slice(0, -1) });
    expect(whole.length).toBeGreaterThan(10);
    expect(until(last, less.lines)).toEqual(whole);
  });
});

if (oneSeed !== undefined) {
  it(`writes down seed ${oneSeed}`, () => {
    const file = join(mkdtempSync(join(tmpdir(), 'rxzk-')), `seed-${oneSeed}.txt`);
    writeFileSync(file, simulate(Number(oneSeed)).lines.join('\n'));
    process.stdout.write(`${file}\n`);
  });
}
