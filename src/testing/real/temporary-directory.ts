/** Directories of servers: they go with this process at the latest. */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reaper } from './reaper.js';

export function temporaryDirectory(): string {
  // Without links in it, because servers say where they are and are recognised by that.
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'rxzk-server-')));
  reaper.keepDirectory(directory);
  return directory;
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  reaper.releaseDirectory(directory);
}
