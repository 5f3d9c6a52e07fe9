/** Nothing is left of the servers of a process that was killed: no process, no file. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from '../../../src/testing/real/wait-until.js';
import { describeLive } from '../../support/live.js';

interface Started {
  readonly ports: readonly number[];
  readonly directories: readonly string[];
}

const loader = join(__dirname, '../../contract/programs/typescript.cjs');
const program = join(__dirname, 'programs/starts-and-forgets.ts');

describeLive('a test process that is killed', () => {
  it('takes its servers with it, a frozen one as well, and their directories', async () => {
    const child = spawn(process.execPath, ['-r', loader, program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // An array of what the event was emitted with: a line.
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { ports, directories } = JSON.parse(line) as Started;
    expect(directories.map((directory) => existsSync(directory))).toEqual([true, true]);
    child.kill('SIGKILL');
    await waitFor('the directories to go', {
      probe: () => Promise.resolve(directories.some((path) => existsSync(path)) ? undefined : true),
      timeoutMs: 60_000,
    });
    await waitFor('the ports to be free', {
      probe: async () => ((await allFree(ports)) ? true : undefined),
      timeoutMs: 60_000,
    });
  }, 180_000);
});

/** Whether a server could be started on each of these: nobody listens, frozen or not. */
async function allFree(ports: readonly number[]): Promise<boolean> {
  const { createServer } = await import('node:net');
  for (const port of ports) {
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => {
        resolve(false);
      });
      server.listen(port, '127.0.0.1', () => {
        resolve(true);
      });
    });
    await new Promise((resolve) => server.close(resolve));
    if (!free) return false;
  }
  return true;
}
