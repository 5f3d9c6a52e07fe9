/** Runs a scenario: one process for each client, a warm-up, then rounds in which they take turns. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { operationsOf } from './scenarios.mjs';

const ROUND_LIMIT_MS = 120_000;

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts the server's process; answers it and its port. */
export async function startServer() {
  const child = fork(file('./reply-server.mjs'));
  const [{ port }] = await once(child, 'message');
  return { port, stop: () => child.disconnect() };
}

/** Answers the measurements of each client: `{ bare: [{ request: 1.2 }, …], … }`. */
export async function runScenario(
  scenario,
  { scenarioName, clientNames, rounds, port, dist, profile },
) {
  const taking = clientNames.filter((name) => operationsOf(scenario, name) > 0);
  const children = taking.map((clientName) => {
    const child = startClient({ clientName, scenarioName, port, dist }, profile);
    return { clientName, child, ready: once(child, 'message'), samples: [] };
  });
  try {
    await Promise.all(children.map(({ ready }) => ready));
    for (let round = 0; round <= rounds; round++) {
      for (const entry of children) {
        const metrics = await askForRound(entry.child, `${entry.clientName} in ${scenarioName}`);
        // The first round warms up.
        if (round > 0) entry.samples.push(metrics);
      }
    }
  } finally {
    for (const { child } of children) if (child.connected) child.disconnect();
  }
  return Object.fromEntries(children.map(({ clientName, samples }) => [clientName, samples]));
}

function startClient(options, profile) {
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const name = `${options.clientName}-${options.scenarioName}.cpuprofile`;
  if (profile !== undefined) profiling.push(`--cpu-prof-name=${name}`);
  return fork(file('./client-process.mjs'), [JSON.stringify(options)], {
    execArgv: ['--expose-gc', ...profiling],
  });
}

function askForRound(child, what) {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => finish(() => reject(new Error(`${what}: no result in ${String(ROUND_LIMIT_MS)} ms`))),
      ROUND_LIMIT_MS,
    );
    const onExit = (code) => finish(() => reject(new Error(`${what}: ended with ${String(code)}`)));
    const onMessage = ({ metrics, error }) =>
      finish(() =>
        error === undefined ? resolve(metrics) : reject(new Error(`${what}: ${error}`)),
      );
    function finish(settle) {
      clearTimeout(limit);
      child.off('exit', onExit);
      child.off('message', onMessage);
      settle();
    }
    child.on('exit', onExit);
    child.on('message', onMessage);
    child.send({ round: true });
  });
}
