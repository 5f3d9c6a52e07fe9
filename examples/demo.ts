/**
 * The demo: `npm run demo [-- --hosts HOST:PORT,…]`.
 *
 * Three clients in one process, on an embedded server or on your own: configuration streams, a leader is cut off and another
 * takes over, a lock is handed on. It ends by itself and leaves nothing behind on the server.
 */

import { runDemo } from './demo/run.js';

const pauseMs = 900;

function hostsFrom(args: readonly string[]): string | undefined {
  if (args.length === 0) return undefined;
  const [flag, value] = args;
  if (flag === '--hosts' && value !== undefined && args.length === 2) return value;
  throw new Error('usage: npm run demo [-- --hosts HOST:PORT,…]');
}

async function main(): Promise<void> {
  const hosts = hostsFrom(process.argv.slice(2));
  const clean = await runDemo({ hosts, out: process.stdout, pauseMs });
  if (!clean) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
