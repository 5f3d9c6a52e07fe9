/** A kazoo process beside ours: where to find kazoo, and one contender of it that does what it is told. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Program } from '../contract/support/program.js';
import { type Found } from './needs.js';

// The first that a shell would find may be one without Debian's packages.
const candidates = ['python3', '/usr/bin/python3'];

/** A Python that has kazoo. */
export function findKazoo(): Found<string> {
  const found = candidates.find((python) => {
    try {
      execFileSync(python, ['-c', 'import kazoo'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  return found === undefined ? { missing: 'no kazoo (install python3-kazoo)' } : { found };
}

/** How a kazoo process contends. */
export interface KazooContender {
  readonly hosts: string;
  readonly path: string;
  readonly identifier: string;
  readonly kind: 'Lock' | 'Election' | 'ReadLock' | 'WriteLock' | 'Semaphore';
  /** Of a `Semaphore`. */
  readonly maxLeases?: number;
  readonly timeoutMs: number;
}

/** Starts a process that has a kazoo client and waits until it is connected. */
export async function startKazoo(python: string, contender: KazooContender): Promise<Program> {
  const script = join(__dirname, 'kazoo_contender.py');
  const program = new Program(python, [script, JSON.stringify(contender)]);
  await program.event('ready');
  return program;
}

/** Asks a kazoo process who contends, in the order of the queue; or who holds a semaphore's leases, in any order. */
export async function contendersOf(program: Program): Promise<unknown> {
  const from = program.events.length;
  program.tell('contenders');
  return (await program.event('contenders', from))['names'];
}
