/**
 * Kills children and removes directories when its parent is gone, however the parent went (even by SIGKILL).
 *
 * The parent holds the other end of stdin, and writes one line per fact: `+pid N`, `-pid N`, `+dir PATH`, `-dir PATH`.
 * When stdin ends, the parent has ended.
 */

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const kept = { pid: new Set(), dir: new Set() };

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const match = /^([+-])(pid|dir) (.+)$/.exec(line);
  if (match === null) return;
  const [, sign, kind, what] = match;
  if (sign === '+') kept[kind].add(what);
  else kept[kind].delete(what);
});
lines.on('close', () => {
  for (const pid of kept.pid) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  for (const directory of kept.dir)
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});
