/**
 * How long tests on virtual time take, and whether two runs of one seed are the same. Needs `npm run build`.
 *
 * Run it with `node spec/benchmark/kit.mjs [number of seeds]`. It fails only if two runs differ: times are for the reader.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { distinctUntilChanged, map } from 'rxjs';

const require = createRequire(import.meta.url);
const built = process.env.RXZK_BUILT ?? '../../dist/cjs';
const { leaderElection$, text } = require(`${built}/index.js`);
const { simulate, zkTest } = require(`${built}/testing/index.js`);

const seeds = Number(process.argv[2] ?? 1_000);
const warmRuns = 200;

/** A leader is cut off, and another one leads after its session has ended. */
function failover() {
  zkTest({ until: '20s', sessionTimeoutMs: 6_000 }, ({ client, seed, faults, expectTimeline }) => {
    seed({ '/election': '' });
    const [anna, bert] = [client({ name: 'anna' }), client({ name: 'bert' })];
    const role$ = (zk) =>
      leaderElection$(zk, '/election').pipe(
        map(({ role }) => role),
        distinctUntilChanged(),
      );
    expectTimeline(role$(anna), { '0ms': 'follower', '8ms': 'leader', '12.008s': 'follower' });
    expectTimeline(role$(bert), { '0ms': 'follower', '15.003s': 'leader' });
    faults.marbles('10s p', { client: anna });
  });
}

/** Three clients over a minute: an election, a value that is read, and one that is written now and then. */
function threeClients({ client, at, seed, always }) {
  seed({ '/config': 'v0', '/election': '' });
  const leases = new Map();
  for (const name of ['anna', 'bert', 'carl']) {
    const zk = client({ name });
    leaderElection$(zk, '/election', { giveUp: 'lease' }).subscribe(({ role, lease }) => {
      if (role === 'leader') leases.set(name, lease);
      else leases.delete(name);
    });
    zk.data$('/config', text()).subscribe();
    for (let second = 1; second < 60; second += 7) {
      at(second * 1000, () => zk.set('/config', name).subscribe({ error: () => undefined }));
    }
  }
  always('at most one leader', () => [...leases.values()].filter((l) => l.valid()).length < 2);
}

/** Every request, answer and fault of a seed, as a digest. */
function fingerprint(seed) {
  const hash = createHash('sha256');
  let lines = 0;
  const log = (line) => {
    lines += 1;
    hash.update(`${line}\n`);
  };
  simulate(seed, { until: '60s', log }, threeClients);
  return `${hash.digest('hex').slice(0, 16)} over ${lines} lines`;
}

/** What a processor has worked for, in milliseconds: other processes do not count. */
function cpuMsOf(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

console.log(`failover on virtual time, the first: ${cpuMsOf(failover).toFixed(1)} ms of CPU time`);
const warmMs = cpuMsOf(() => {
  for (let run = 0; run < warmRuns; run++) failover();
});
console.log(`the mean of ${warmRuns} more: ${(warmMs / warmRuns).toFixed(1)} ms`);

const startMs = performance.now();
const totalMs = cpuMsOf(() => {
  for (let seed = 1; seed <= seeds; seed++) simulate(seed, { until: '60s' }, threeClients);
});
const total = `${(totalMs / 1000).toFixed(1)} s, ${(totalMs / seeds).toFixed(1)} ms each`;
const wall = `${((performance.now() - startMs) / 1000).toFixed(1)} s by the clock`;
console.log(`${seeds} seeds of three clients and 60 s: ${total} (${wall})`);

for (const seed of [1, 2, 3]) {
  const [first, second] = [fingerprint(seed), fingerprint(seed)];
  if (first !== second) throw new Error(`seed ${seed} differs: ${first}, ${second}`);
  console.log(`seed ${seed} twice: ${first}, the same`);
}
