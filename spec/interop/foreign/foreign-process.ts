/** A foreign client as a process: told lines on stdin, heard on stdout. */

import { type ChildProcess, spawn } from 'node:child_process';
import { reaper } from '../../../src/testing/real/reaper.js';
import { waitFor } from '../../../src/testing/real/wait-until.js';

const patienceMs = 60_000;

/** What to start. */
export interface ForeignCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Whether what it writes to stderr is part of what it says, in the order in which it says it. Default: false. */
  readonly joined?: boolean;
}

export class ForeignProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;
  private said = '';
  private complaints = '';
  private hasEnded = false;

  constructor({ file, args, joined = false }: ForeignCommand) {
    // Two pipes would lose the order between them.
    const command = joined ? ['sh', '-c', 'exec "$0" "$@" 2>&1', file, ...args] : [file, ...args];
    const [first = '', ...rest] = command;
    const child = spawn(first, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    const { pid } = child;
    if (pid !== undefined) reaper.keepProcess(pid);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
    // Whoever has ended does not listen any more.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const end = (code: number | null): void => {
        if (pid !== undefined) reaper.releaseProcess(pid);
        this.hasEnded = true;
        resolve(code);
      };
      child.once('close', end);
      child.once('error', (error) => {
        this.complaints += String(error);
        end(null);
      });
    });
  }

  /** Writes lines and, without waiting for it, what comes of them is said. */
  tell(...lines: readonly string[]): void {
    this.child.stdin?.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Writes a line and waits until what is said from then on matches. */
  ask(line: string, answer: RegExp): Promise<void> {
    const from = this.said.length;
    this.tell(line);
    return this.hear(answer, { from, after: ` to "${line}"` });
  }

  /** Waits until what is said, after so many characters, matches. */
  async hear(answer: RegExp, { from = 0, after = '' } = {}): Promise<void> {
    await waitFor(`the answer ${String(answer)}${after}`, {
      probe: () => {
        if (answer.test(this.said.slice(from))) return Promise.resolve(true);
        if (this.hasEnded) throw new Error(`ended early${after}\n${this.explain()}`);
        return Promise.resolve(undefined);
      },
      timeoutMs: patienceMs,
      intervalMs: 2,
      explain: this.explain,
    }).catch((error: unknown) => {
      this.child.kill('SIGKILL');
      throw error;
    });
  }

  /** All that it said and, as the last line, the code that it ended with. */
  async end(): Promise<string> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    const code = await this.ended;
    clearTimeout(timer);
    if (code === null) throw new Error(`had to be ended\n${this.explain()}`);
    const nonZero = code === 0 ? '' : this.complaints;
    return `${this.said.trimEnd()}\n${nonZero}exit code: ${String(code)}`;
  }

  private readonly explain = (): string =>
    `${this.said.slice(-3000)}\n${this.complaints.slice(-3000)}`;
}
