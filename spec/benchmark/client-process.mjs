/** A process of its own: one client in one scenario. Each message from the parent asks for one round. */

import { once } from 'node:events';
import { operationsOf, scenarios } from './scenarios.mjs';

const { clientName, scenarioName, port, dist } = JSON.parse(process.argv[2]);
const { openClient } = await import(`./clients/${clientName}.mjs`);
const scenario = scenarios[scenarioName];

/** The parent ends this process after a failure; without a parent there is nobody to tell. */
function fail(error) {
  if (!process.connected) process.exit(1);
  process.send({ error: error instanceof Error ? error.stack : String(error) });
}

async function round() {
  let closing = false;
  const onLoss = (reason) => {
    if (!closing) fail(new Error(`connection lost: ${String(reason)}`));
  };
  const client = await openClient({ port, onLoss, dist });
  globalThis.gc();
  const operations = operationsOf(scenario, clientName);
  const metrics = await scenario.run(client, { ...scenario.options, operations });
  closing = true;
  await client.close();
  process.send({ metrics });
}

process.on('message', () => void round().catch(fail));
process.on('uncaughtException', fail);
process.send({ ready: true });
await once(process, 'disconnect');
process.exit(0);
