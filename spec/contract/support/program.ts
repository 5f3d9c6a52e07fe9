/** A process of its own that tells on stdout what happens, a line of JSON each. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { reaper } from '../../../src/testing/real/reaper.js';
import { until } from './recording.js';

/** One line that a program wrote. */
export interface ProgramEvent {
  readonly event: string;
  /** When, on the clock of all processes of this machine. */
  readonly at?: number;
  readonly [more: string]: unknown;
}

export class Program {
  readonly events: ProgramEvent[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private complaints = '';

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    const { pid } = child;
    if (pid !== undefined) reaper.keepProcess(pid);
    createInterface({ input: child.stdout }).on('line', (line) => {
      // Our own programs write nothing else.
      this.events.push(JSON.parse(line) as ProgramEvent);
    });
    child.stderr.on('data', (chunk) => {
      this.complaints += String(chunk);
    });
    this.exited = new Promise((resolve) => {
      const done = (): void => {
        if (pid !== undefined) reaper.releaseProcess(pid);
        resolve();
      };
      child.once('exit', done);
      child.once('error', done);
    });
  }

  /** Waits for the first event of this name after the first `from` events, and gives it. */
  async event(name: string, from = 0): Promise<ProgramEvent> {
    const find = () => this.events.slice(from).find(({ event }) => event === name);
    await this.wait(`"${name}"`, () => {
      if (find() !== undefined) return true;
      if (this.child.exitCode !== null) throw new Error(`ended without "${name}"`);
      return false;
    });
    // Just found.
    return find() as ProgramEvent;
  }

  /** Writes a line to its stdin. */
  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** Waits until it has ended by itself, and gives its exit code. */
  async exit(): Promise<number | null> {
    await this.wait('the end of the program', () => this.child.exitCode !== null);
    return this.child.exitCode;
  }

  /** Ends it, whatever state it is in, and waits until it is gone. */
  async end(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  private async wait(what: string, condition: () => boolean): Promise<void> {
    await until(what, condition, 40_000).catch((error: unknown) => {
      const last = this.events.slice(-5).map((event) => JSON.stringify(event));
      throw new Error([String(error), ...last, this.complaints].join('\n'), { cause: error });
    });
  }
}
