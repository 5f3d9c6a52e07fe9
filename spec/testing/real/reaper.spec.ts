/** The reaper: what it was told of is gone when its parent is gone, and nothing else. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { reaperArguments } from '../../../src/testing/real/reaper.js';

function idleProcess(): ChildProcess {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
}

describe('reaper', () => {
  it('kills the processes and removes the directories that it still knows of when stdin ends', async () => {
    const [doomed, spared] = [idleProcess(), idleProcess()];
    const [doomedDirectory, sparedDirectory] = [0, 1].map(() =>
      mkdtempSync(join(tmpdir(), 'rxzk-')),
    );
    const reaper = spawn(process.execPath, reaperArguments, {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const doomedExit = once(doomed, 'exit');
    const reaperExit = once(reaper, 'exit');
    for (const [kind, gone, kept] of [
      ['pid', doomed.pid, spared.pid],
      ['dir', doomedDirectory, sparedDirectory],
    ]) {
      reaper.stdin.write(`+${String(kind)} ${String(gone)}\n+${String(kind)} ${String(kept)}\n`);
      reaper.stdin.write(`-${String(kind)} ${String(kept)}\n`);
    }
    reaper.stdin.end();
    expect(await doomedExit).toEqual([null, 'SIGKILL']);
    expect(await reaperExit).toEqual([0, null]);
    expect(existsSync(doomedDirectory ?? '')).toBe(false);
    expect(existsSync(sparedDirectory ?? '')).toBe(true);
    expect(spared.exitCode).toBeNull();
    const sparedExit = once(spared, 'exit');
    spared.kill('SIGKILL');
    await sparedExit;
    rmSync(sparedDirectory ?? '', { recursive: true });
  });
});
