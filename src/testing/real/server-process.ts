/** One JVM with one ZooKeeper server in it: start, stop, kill, freeze, and what it wrote. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Installation, mainClass } from './installation.js';
import { type ServerProperties } from './options.js';
import { reaper } from './reaper.js';
import { waitFor } from './wait-until.js';

// A test server: small heap, no parallel collectors, no optimizing compiler, so that it starts within a second or two.
const jvmFlags = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

const endTimeoutMs = 15_000;
const signalTimeoutMs = 15_000;

export interface ServerProcessOptions {
  readonly installation: Installation;
  readonly directory: string;
  readonly configFile: string;
  readonly systemProperties: ServerProperties;
  readonly jvmFlags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class ServerProcess {
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(private readonly options: ServerProcessOptions) {}

  get running(): boolean {
    return this.child !== undefined;
  }

  /** Starts the JVM; that it runs does not yet mean that the server serves. */
  start(): void {
    const { installation, directory, env } = this.options;
    const log = openSync(this.logFile, 'a');
    const child = spawn(installation.java, this.javaArguments(), {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    const { pid } = child;
    if (pid !== undefined) reaper.keepProcess(pid);
    // A process that could not be started says 'error' and never 'exit'.
    this.ended = new Promise((resolve) => {
      const onEnd = () => {
        if (pid !== undefined) reaper.releaseProcess(pid);
        if (this.child === child) this.child = undefined;
        resolve();
      };
      child.once('exit', onEnd);
      child.once('error', onEnd);
    });
    child.unref();
  }

  /** Freezes it, and waits until it stands still, where the system tells. */
  async pause(): Promise<void> {
    this.child?.kill('SIGSTOP');
    await waitFor('the server to stand still', {
      probe: () => Promise.resolve(this.standsStill() ? true : undefined),
      timeoutMs: signalTimeoutMs,
      intervalMs: 2,
    });
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends it by SIGTERM or SIGKILL and waits until it is gone. A frozen one is thawed, one that will not go is killed. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this;
    child?.ref();
    child?.kill(signal);
    if (signal === 'SIGTERM') child?.kill('SIGCONT');
    const impatience = setTimeout(() => child?.kill('SIGKILL'), endTimeoutMs);
    await this.ended;
    clearTimeout(impatience);
  }

  /** What it wrote, in all its runs. */
  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').trimEnd() : '';
  }

  private get logFile(): string {
    return join(this.options.directory, 'server.log');
  }

  /** Whether each thread is stopped. A signal takes its time to reach all of them. */
  private standsStill(): boolean {
    const tasks = `/proc/${String(this.child?.pid)}/task`;
    if (!existsSync(tasks)) return true;
    return readdirSync(tasks).every((task) => isStopped(join(tasks, task, 'stat')));
  }

  private javaArguments(): readonly string[] {
    const { installation, systemProperties, configFile } = this.options;
    return [
      ...jvmFlags,
      ...this.options.jvmFlags,
      ...Object.entries(systemProperties).map(([key, value]) => `-D${key}=${String(value)}`),
      ...['-cp', installation.classpath, mainClass, configFile],
    ];
  }
}

/** The state stands behind the name, which is in parentheses and may contain some. */
function isStopped(statFile: string): boolean {
  try {
    return /^ [TtZX]/.test(readFileSync(statFile, 'utf8').split(')').pop() ?? '');
  } catch {
    // The thread has ended.
    return true;
  }
}
