/** One JVM with one ZooKeeper server in it: start, stop, kill, freeze, and what it wrote. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Installation, mainClass } from './installation.js';
import { reaper } from './reaper.js';

// A test server: small heap, no parallel collectors, no optimizing compiler, so that it starts within a second or two.
const jvmFlags = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

export interface ServerProcessOptions {
  readonly installation: Installation;
  readonly directory: string;
  readonly configFile: string;
  readonly systemProperties?: Readonly<Record<string, string | number | boolean>> | undefined;
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
    if (this.child !== undefined) throw new Error('the server is running already');
    const log = openSync(this.logFile, 'a');
    const child = spawn(this.options.installation.java, this.javaArguments(), {
      cwd: this.options.directory,
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

  /** Sends the signal; nothing happens if the server is not running. */
  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  /** Ends the server by SIGTERM or SIGKILL and waits until the process is gone. A frozen one is thawed first. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.child?.ref();
    this.signal(signal);
    if (signal === 'SIGTERM') this.signal('SIGCONT');
    await this.ended;
  }

  /** The last lines of the server's log, of all its runs. */
  logTail(lines = 15): string {
    const text = readFileSync(this.logFile, 'utf8').trimEnd().split('\n');
    return text.slice(-lines).join('\n');
  }

  private get logFile(): string {
    return join(this.options.directory, 'server.log');
  }

  private javaArguments(): string[] {
    const { installation, systemProperties = {}, configFile } = this.options;
    const properties = Object.entries({
      'zookeeper.jmx.log4j.disable': true,
      'org.slf4j.simpleLogger.defaultLogLevel': 'warn',
      ...systemProperties,
    });
    return [
      ...jvmFlags,
      ...properties.map(([key, value]) => `-D${key}=${String(value)}`),
      '-cp',
      installation.classpath,
      mainClass,
      configFile,
    ];
  }
}
