/** The client that ours is compared with: installed for the benchmark alone, never a dependency of the package. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NAME = 'node-zookeeper-client';
const VERSION = '1.1.3';

export const peerTitle = `${NAME} ${VERSION}`;
export const peerFolder = fileURLToPath(
  new URL('../../node_modules/.cache/rxzk-benchmark', import.meta.url),
);

/** Answers `undefined`, or why it cannot be had. */
export function installPeer() {
  if (existsSync(`${peerFolder}/node_modules/${NAME}/package.json`)) return undefined;
  mkdirSync(peerFolder, { recursive: true });
  writeFileSync(`${peerFolder}/package.json`, `${JSON.stringify({ private: true })}\n`);
  try {
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${NAME}@${VERSION}`];
    execFileSync('npm', args, { cwd: peerFolder, stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `npm could not install it: ${error.message.split('\n')[0]}`;
  }
}
