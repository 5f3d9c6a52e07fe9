/** `npm run bench`: what a request costs, beside a bare client and node-zookeeper-client. See spec/benchmark/README.md. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeer, peerTitle } from '../spec/benchmark/peer.mjs';
import * as report from '../spec/benchmark/report.mjs';
import { runScenario, startServer } from '../spec/benchmark/rounds.mjs';
import { clientNames, scenarios } from '../spec/benchmark/scenarios.mjs';

const config = dirname(fileURLToPath(import.meta.url));
const root = join(config, '..');

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    clients: { type: 'string', default: clientNames.join(',') },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    check: { type: 'boolean', default: false },
    dist: { type: 'string', default: join(root, 'dist', 'esm') },
    profile: { type: 'string' },
  },
});

/** The names asked for; refuses one that does not exist. */
function pick(wanted, names, what) {
  const picked = wanted === undefined ? names : wanted.split(',');
  for (const name of picked) {
    if (!names.includes(name))
      throw new Error(`no ${what} "${name}"; there are ${names.join(', ')}`);
  }
  return picked;
}

function newestIn(folder) {
  const times = readdirSync(folder, { recursive: true }).map(
    (name) => statSync(join(folder, name)).mtimeMs,
  );
  return Math.max(...times);
}

/** Builds the default `dist` if there is none or it is older than the sources. */
function ensureBuilt() {
  const built = join(values.dist, 'index.js');
  const own = values.dist === join(root, 'dist', 'esm');
  if (own && !(existsSync(built) && statSync(built).mtimeMs >= newestIn(join(root, 'src')))) {
    execFileSync(process.execPath, [join(config, 'build.mjs')], { stdio: 'inherit' });
  }
  if (!existsSync(built)) throw new Error(`no build of rxzk in ${values.dist}`);
}

function chooseClients() {
  const chosen = pick(values.clients, clientNames, 'client');
  if (chosen.includes('rxzk')) ensureBuilt();
  if (!chosen.includes('nzc')) return chosen;
  const problem = installPeer();
  if (problem === undefined) return chosen;
  if (values.check) throw new Error(`${peerTitle} is needed for --check: ${problem}`);
  console.log(`Left out: ${peerTitle}. ${problem}`);
  return chosen.filter((name) => name !== 'nzc');
}

async function main() {
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds ${values.rounds}: not a positive number`);
  const scenarioNames = pick(values.only, Object.keys(scenarios), 'scenario');
  const chosen = chooseClients();
  console.log(`${report.notComparable}\n`);
  const server = await startServer();
  const results = {};
  for (const scenarioName of scenarioNames) {
    const { dist, profile } = values;
    if (process.stderr.isTTY) console.error(`${scenarios[scenarioName].title} …`);
    results[scenarioName] = await runScenario(scenarios[scenarioName], {
      ...{ scenarioName, clientNames: chosen, rounds, port: server.port },
      ...{ dist: resolve(dist), profile },
    });
  }
  server.stop();
  const reductions = chosen.includes('nzc') ? report.formatReductions(scenarioNames) : [];
  return { made: report.makeReport(results), reductions, rounds };
}

const { made, reductions, rounds } = await main();
console.log(report.formatTable(made));
console.log(['', ...reductions, ''].join('\n'));
for (const line of report.formatVerdicts(made)) console.log(line);
if (values.json !== undefined) {
  const record = { node: process.version, peer: peerTitle, rounds, ...made };
  writeFileSync(values.json, `${JSON.stringify(record, null, 2)}\n`);
}
if (values.check && made.verdicts.some(({ pass }) => !pass)) process.exitCode = 1;
