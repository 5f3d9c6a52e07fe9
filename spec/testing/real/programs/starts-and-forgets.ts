/** Starts an ensemble, tells where it is, and never ends by itself. */

import { fourLetterWord } from '../../../../src/testing/real/four-letter-word.js';
import { startEnsemble } from '../../../../src/testing/real/start.js';

async function main(): Promise<void> {
  const { servers } = await startEnsemble(2, { tls: true, relay: true });
  const confs = await Promise.all(servers.map(({ port }) => fourLetterWord('conf', { port })));
  await servers[1]?.pause();
  const event = {
    event: 'started',
    ports: servers.map(({ port }) => port),
    directories: confs.map((conf) => /^dataDir=(.*)\/data\//m.exec(conf ?? '')?.[1]),
  };
  process.stdout.write(`${JSON.stringify(event)}\n`);
  setInterval(() => undefined, 1000);
}

void main();
