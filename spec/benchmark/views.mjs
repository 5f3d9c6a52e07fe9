/** What requests and live reads cost through namespaces, beside the plain client: `node spec/benchmark/views.mjs [rounds]`, after a build. */

import { fileURLToPath } from 'node:url';
import { runScenario, startServer } from './rounds.mjs';
import { scenarios } from './scenarios.mjs';

const dist = fileURLToPath(new URL('../../dist/esm', import.meta.url));
const rounds = Number(process.argv[2] ?? 5);
const clientNames = ['rxzk', 'view'];

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const server = await startServer();
for (const scenarioName of ['get-64', 'get-1000', 'set-64', 'watches']) {
  const scenario = scenarios[scenarioName];
  const samples = await runScenario(scenario, {
    ...{ scenarioName, clientNames, rounds, port: server.port, dist },
  });
  for (const [metric, { title, unit }] of Object.entries(scenario.metrics)) {
    const [plain, view] = clientNames.map((name) => median(samples[name].map((m) => m[metric])));
    const figures = `${plain.toFixed(2)} ${unit}, through a view ${view.toFixed(2)} ${unit}`;
    console.log(`${scenario.title} ${title}: ${figures}, ratio ${(view / plain).toFixed(2)}`);
  }
}
server.stop();
