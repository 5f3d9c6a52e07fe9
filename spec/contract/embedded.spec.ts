/** The contract, on the embedded server over TCP. */

import { startServer } from '../../src/testing/index.js';
import { describeContract } from './suite/contract.js';
import { useTarget } from './suite/target.js';

const tickMs = 250;

describe('embedded server', () => {
  const target = useTarget({
    start: async () => {
      const { hosts, server, stop } = await startServer({ tickMs, reapIntervalMs: 100 });
      return {
        hosts,
        version: '3.9.3',
        watchCount: () => Promise.resolve(server.watchCount()),
        close: stop,
      };
    },
    tickMs,
    shortSessionMs: 1500,
    ttl: true,
  });

  describeContract(target);
});
