/** Turns the measurements into a table, a verdict and a JSON record. */

import { judge } from './bars.mjs';
import { clientNames, operationsOf, scenarios } from './scenarios.mjs';

/** The first line of every report. */
export const notComparable =
  'Not comparable: bare is no client but the ceiling (no reconnecting, timeouts, pings, checks, restored watches, kept ' +
  'values); nzc answers by callbacks and writes each request by itself; the server does no work, and the figures are CPU ' +
  'of the client process on this machine: compare columns, not machines.';

function medianOf(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `results`: scenario name -> client name -> samples. */
export function makeReport(results) {
  const median = (scenarioName, metric, clientName) => {
    const samples = results[scenarioName]?.[clientName];
    return samples?.length > 0 ? medianOf(samples.map((sample) => sample[metric])) : undefined;
  };
  const rows = Object.keys(results).flatMap((scenarioName) =>
    Object.entries(scenarios[scenarioName].metrics).map(([metric, { title, unit }]) => ({
      title: [scenarios[scenarioName].title, title].filter(Boolean).join(': '),
      unit,
      medians: Object.fromEntries(
        clientNames.map((clientName) => [clientName, median(scenarioName, metric, clientName)]),
      ),
    })),
  );
  return { rows, verdicts: judge(median), results };
}

export function formatTable({ rows }) {
  const head = ['CPU per operation (median)', '', ...clientNames, 'rxzk/bare', 'rxzk/nzc'];
  const body = rows.map(({ title, unit, medians }) => [
    title,
    unit,
    ...clientNames.map((name) => number(medians[name], unit)),
    ratio(medians.rxzk, medians.bare),
    ratio(medians.rxzk, medians.nzc),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((row) => row[i].length)));
  return [head, ...body]
    .map((row) => row.map((cell, i) => pad(cell, { width: widths[i], left: i < 2 })).join('  '))
    .join('\n');
}

/** Which clients did less than the others, or nothing, in which scenario. */
export function formatReductions(scenarioNames) {
  return scenarioNames.flatMap((scenarioName) => {
    const scenario = scenarios[scenarioName];
    const operations = operationsOf(scenario, 'nzc');
    if (operations === scenario.operations.all) return [];
    const amount = operations === 0 ? 'left out' : `${operations.toLocaleString('en')} operations`;
    return [
      `nzc, ${scenario.title}: ${amount} instead of ${scenario.operations.all.toLocaleString('en')}`,
    ];
  });
}

export function formatVerdicts({ verdicts }) {
  return verdicts.map(({ of, to, ratio: value, limit, besides, pass }) => {
    const bare = besides === undefined ? '' : `; bare: ${besides.toFixed(2)}`;
    const bounds = `at most ${limit.toFixed(2)}${bare}`;
    return `${pass ? 'pass' : 'MISS'}  ${of} is ${value.toFixed(2)} times ${to} (${bounds})`;
  });
}

function number(value, unit) {
  if (value === undefined) return '-';
  return value.toFixed(unit === 'B' || value >= 100 ? 0 : 2);
}

function ratio(value, reference) {
  return value === undefined || !(reference > 0) ? '-' : (value / reference).toFixed(2);
}

function pad(cell, { width, left }) {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
