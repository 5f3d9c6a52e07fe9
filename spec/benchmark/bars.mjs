/** What this client must reach, as rows: which measurement, against what, how much at most. */

const MOST_TIMES_BARE = 3;
const MOST_TIMES_PEER = 1 / 3;
const MOST_TIMES_FLAT = 1.5;

const measured = [
  ['get-64', 'request'],
  ['get-1000', 'request'],
  ['watches', 'register'],
  ['watches', 'reread'],
  ['live-64', 'update'],
];

function against(clientName, limit) {
  return measured.map(([scenarioName, metric]) => ({
    of: [scenarioName, metric, 'rxzk'],
    to: [scenarioName, metric, clientName],
    limit,
  }));
}

function flat(inFlight) {
  return {
    of: [`get-${String(inFlight)}`, 'request', 'rxzk'],
    to: ['get-1000', 'request', 'rxzk'],
    limit: MOST_TIMES_FLAT,
  };
}

const bars = [
  ...against('bare', MOST_TIMES_BARE),
  ...against('nzc', MOST_TIMES_PEER),
  flat(10_000),
  flat(100_000),
];

/**
 * Holds medians against the bars. `median(scenarioName, metric, clientName)` may be `undefined` for what was not measured;
 * a bar that needs it is not judged.
 */
export function judge(median) {
  return bars.flatMap(({ of, to, limit }) => {
    const value = median(...of);
    const reference = median(...to);
    if (value === undefined || reference === undefined) return [];
    const ratio = value / reference;
    return [{ of: of.join(' '), to: to.join(' '), ratio, limit, pass: ratio <= limit }];
  });
}
