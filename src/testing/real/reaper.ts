/**
 * What a test process must not leave behind: child processes and temporary directories.
 *
 * A listener on `exit` is not enough: it is not called on a kill, and inside Jest `process` is a copy. So a small
 * process of its own is told what there is, and cleans up when its stdin ends, which is when this process ends.
 */

import { spawn } from 'node:child_process';
import { reaperSource } from './reaper-source.js';

/** How Node is called to be a reaper. */
export const reaperArguments: readonly string[] = ['--input-type=commonjs', '-e', reaperSource];

let input: NodeJS.WritableStream | undefined;

/** `keep` marks something for cleaning up, `release` says that it is gone already. */
export const reaper = {
  keepProcess(pid: number): void {
    tell(`+pid ${String(pid)}`);
  },
  releaseProcess(pid: number): void {
    tell(`-pid ${String(pid)}`);
  },
  keepDirectory(directory: string): void {
    tell(`+dir ${directory}`);
  },
  releaseDirectory(directory: string): void {
    tell(`-dir ${directory}`);
  },
};

function tell(line: string): void {
  input ??= startReaper();
  input.write(`${line}\n`);
}

function startReaper(): NodeJS.WritableStream {
  // `detached`: a Ctrl-C goes to the foreground process group, and the reaper has to outlive it.
  const child = spawn(process.execPath, reaperArguments, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    // What is preloaded into the tests is none of its business.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.unref();
  // A child's stdin is a socket, although it is typed as a stream; it must not keep this process alive.
  (child.stdin as unknown as { unref(): void }).unref();
  return child.stdin;
}
