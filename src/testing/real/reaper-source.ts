/**
 * The program of the reaper, as text for `node -e`: so it needs no file that a bundler or a packer could lose.
 *
 * It kills children and removes directories when its parent is gone, however the parent went (even by SIGKILL). The
 * parent holds the other end of stdin, and writes one line per fact: `+pid N`, `-pid N`, `+dir PATH`, `-dir PATH`.
 * When stdin ends, the parent has ended.
 */
export const reaperSource = `
const { rmSync } = require('node:fs');
const kept = { pid: new Set(), dir: new Set() };
const lines = require('node:readline').createInterface({ input: process.stdin });
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
  for (const directory of kept.dir) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
});
`;
