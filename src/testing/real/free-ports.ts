/** Loopback ports of servers that tests start: which are free, and whether somebody listens at one. */

import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections (32768 on Linux, 49152 elsewhere), so
// that a server that is stopped finds its port free when it is started again.
const lowest = 10_000;
const highest = 32_000;

/** That many ports, all free at this moment. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(lowest, highest);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

/** Whether somebody takes connections at a loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => {
      finish(true);
    });
    socket.once('error', () => {
      finish(false);
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
