/**
 * The simulation over many seeds. `RXZK_SEEDS=5000` runs more of them, `RXZK_FIRST_SEED=7000` others, and `RXZK_SEED=123`
 * one, whose whole journal is written to a file in the system's directory for such; of another family with `RXZK_FAMILY=queue`.
 */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Fault } from './faults.js';
import { reportOn } from './report.js';
import { families, type Family, scenarioOf } from './scenario.js';
import { simulate } from './simulate.js';

const seeds = Number(process.env['RXZK_SEEDS'] ?? 300);
const firstSeed = Number(process.env['RXZK_FIRST_SEED'] ?? 1);
const oneSeed = process.env['RXZK_SEED'];
const oneFamily = (process.env['RXZK_FAMILY'] ?? 'ground') as Family;
const seedsAtOnce = 25;
/** Families about one recipe find what there is to find in fewer seeds. */
const partForRecipes = 1 / 8;
const chunkTimeoutMs = 300_000;

type Chunk = readonly [family: Family, from: number, to: number];

function chunksOf(family: Family): Chunk[] {
  const end = firstSeed + Math.ceil(seeds * (family === 'ground' ? 1 : partForRecipes));
  return Array.from({ length: Math.ceil((end - firstSeed) / seedsAtOnce) }, (_, chunk) => {
    const from = firstSeed + chunk * seedsAtOnce;
    return [family, from, Math.min(end, from + seedsAtOnce) - 1];
  });
}

const chunks: readonly Chunk[] =
  oneSeed === undefined
    ? families.flatMap(chunksOf)
    : [[oneFamily, Number(oneSeed), Number(oneSeed)]];

const first10 = (family: Family) =>
  Array.from({ length: 10 }, (_, index) => simulate(index + 1, scenarioOf(index + 1, family)));

describe('clients, servers and recipes under faults', () => {
  it.each(chunks)(
    'keep every promise (%s, seeds %i to %i)',
    async (family, from, to) => {
      const outcomes = Array.from({ length: to - from + 1 }, (_, index) => {
        const seed = from + index;
        return { seed, ...simulate(seed, scenarioOf(seed, family)) };
      });
      const failed = outcomes.filter(({ broken }) => broken !== undefined);
      expect(failed.slice(0, 1).map(({ seed }) => reportOn(seed, family))).toEqual([]);
      await setImmediate();
      expect(outcomes.filter(({ unclosed }) => unclosed() > 0).map(({ seed }) => seed)).toEqual([]);
    },
    chunkTimeoutMs,
  );

  it('are worth the trouble: there are answers, grants and losses in them', () => {
    const outcomes = first10('ground');
    const lines = outcomes.flatMap((outcome) => outcome.lines);
    const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
    expect(outcomes.reduce((sum, { answers }) => sum + answers, 0)).toBeGreaterThan(500);
    expect(outcomes.reduce((sum, { grants }) => sum + grants, 0)).toBeGreaterThan(50);
    expect(count(/ loses /)).toBeGreaterThan(5);
    expect(count(/ is suspended$/)).toBeGreaterThan(10);
    expect(count(/ is lost$/)).toBeGreaterThan(2);
    expect(count(/ConnectionLoss/)).toBeGreaterThan(10);
  });

  it.each(['semaphore', 'readWrite', 'queue'] as const)(
    'are worth the trouble in the family %s, too',
    (family) => {
      const outcomes = first10(family);
      const lines = outcomes.flatMap((outcome) => outcome.lines);
      const sum = (what: 'grants' | 'done') => outcomes.reduce((all, one) => all + one[what], 0);
      expect(sum('grants')).toBeGreaterThan(150);
      expect(lines.filter((line) => line.endsWith(' is suspended')).length).toBeGreaterThan(5);
      if (family !== 'queue') return;
      expect(sum('done')).toBeGreaterThan(100);
      // Entries that had to be done anew, because their work failed or the lease was lost.
      expect(sum('grants') - sum('done')).toBeGreaterThan(20);
    },
  );
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
    const { lines } = simulate(Number(oneSeed), scenarioOf(Number(oneSeed), oneFamily));
    writeFileSync(file, lines.join('\n'));
    process.stdout.write(`${file}\n`);
  });
}
