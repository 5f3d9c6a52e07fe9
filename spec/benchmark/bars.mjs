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

/** The same ratio for bare, where both sides are this client's: what the JavaScript engine alone makes of it. */
function bareRatio(median, of, to) {
  if (of[2] !== to[2]) return undefined;
  const value = median(of[0], of[1], 'bare');
  const reference = median(to[0], to[1], 'bare');
  return value === undefined || reference === undefined ? undefined : value / reference;
}

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
    const besides = bareRatio(median, of, to);
    return [{ of: of.join(' '), to: to.join(' '), ratio, limit, besides, pass: ratio <= limit }];
  });
}
