/** The embedded server over TCP as a target of the contract. */

import { startServer } from '../../../src/testing/index.js';
import { type TargetSettings } from '../suite/target.js';

const tickMs = 250;

export const embedded: TargetSettings = {
  start: async () => {
    const { hosts, server, stop } = await startServer({ tickMs, reapIntervalMs: 100 });
    return {
      hosts,
      version: '3.9.3',
      watchCount: () => Promise.resolve(server.watchCount()),
      ephemeralCount: () => Promise.resolve(server.ephemerals().length),
      close: stop,
    };
  },
  tickMs,
  shortSessionMs: 1500,
  ttl: true,
};
