/** The scenarios: which load, how much of it, and what its measurements are called. A new one is a row. */

import { requests, updates, watches } from './loads.mjs';

const perRequest = { request: { title: '', unit: 'µs' } };

function gets(inFlight, operations) {
  return {
    title: `get, ${inFlight.toLocaleString('en')} in flight`,
    run: requests,
    options: { verb: 'get', inFlight },
    operations,
    metrics: perRequest,
  };
}

/** `operations` for each round; `nzc` says how many node-zookeeper-client gets where that would take too long. */
export const scenarios = {
  'get-1': gets(1, { all: 4_000 }),
  'get-64': gets(64, { all: 100_000, nzc: 15_000 }),
  'get-1000': gets(1_000, { all: 100_000, nzc: 15_000 }),
  'get-10000': gets(10_000, { all: 150_000, nzc: 20_000 }),
  'get-100000': gets(100_000, { all: 300_000, nzc: 0 }),
  'set-64': {
    title: 'set, 64 in flight',
    run: requests,
    options: { verb: 'set', inFlight: 64 },
    operations: { all: 100_000, nzc: 15_000 },
    metrics: perRequest,
  },
  watches: {
    title: '100,000 watches',
    run: watches,
    options: {},
    operations: { all: 100_000, nzc: 20_000 },
    metrics: {
      register: { title: 'register', unit: 'µs' },
      reread: { title: 'fire and re-read', unit: 'µs' },
      heapBytes: { title: 'heap of each', unit: 'B' },
      bufferBytes: { title: 'buffers of each', unit: 'B' },
    },
  },
  'live-64': {
    title: '64 live reads, each update',
    run: updates,
    options: { inFlight: 64 },
    operations: { all: 100_000, nzc: 15_000 },
    metrics: { update: { title: '', unit: 'µs' } },
  },
};

export const clientNames = ['bare', 'rxzk', 'nzc'];

/** 0: this client is left out of it. */
export function operationsOf(scenario, clientName) {
  return scenario.operations[clientName] ?? scenario.operations.all;
}
