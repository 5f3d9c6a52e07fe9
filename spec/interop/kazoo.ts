/** A kazoo process beside ours: where to find kazoo, and one contender of it that does what it is told. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Program } from '../contract/support/program.js';
import { describeLive } from '../support/live.js';

// The first that a shell would find may be one without Debian's packages.
const candidates = ['python3', '/usr/bin/python3'];

/** A Python that has kazoo, if there is one. */
function findPython(): string | undefined {
  return candidates.find((python) => {
    try {
      execFileSync(python, ['-c', 'import kazoo'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** As `describeLive`, for specs that need kazoo, too; gives them the Python that has it. */
export function describeKazoo(name: string, define: (python: string) => void): void {
  const python = findPython();
  const missing = 'no kazoo (install python3-kazoo)';
  if (python !== undefined) {
    describeLive(name, () => {
      define(python);
    });
  } else if (process.env['RXZK_REQUIRE_LIVE'] === '1') {
    describe(name, () => {
      it('finds kazoo', () => {
        throw new Error(`RXZK_REQUIRE_LIVE is set, but there is ${missing}`);
      });
    });
  } else {
    // The reporter knows these by what stands in the parentheses.
    describe.skip(`${name} (needs what is not here: ${missing})`, () => {
      define('python3');
    });
  }
}

/** How a kazoo process contends. */
export interface KazooContender {
  readonly hosts: string;
  readonly path: string;
  readonly identifier: string;
  readonly kind: 'Lock' | 'Election';
  readonly timeoutMs: number;
}

/** Starts a process that has a kazoo client and waits until it is connected. */
export async function startKazoo(python: string, contender: KazooContender): Promise<Program> {
  const script = join(__dirname, 'kazoo_contender.py');
  const program = new Program(python, [script, JSON.stringify(contender)]);
  await program.event('ready');
  return program;
}

/** Asks a kazoo process who contends, in the order of the queue. */
export async function contendersOf(program: Program): Promise<unknown> {
  const from = program.events.length;
  program.tell('contenders');
  return (await program.event('contenders', from))['names'];
}
