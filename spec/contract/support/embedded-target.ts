/** The embedded server over TCP as a target of the contract. */

import { startServer, type StartServerOptions } from '../../../src/testing/index.js';
import { saslUsers } from '../suite/sasl.js';
import { superDigest, type TargetSettings } from '../suite/target.js';

const tickMs = 250;

/** The embedded server that most of the contract is for. */
export const embedded: TargetSettings = {
  ...targetOf({ superDigest }),
  ttl: true,
};

/** One with everything the other way round. */
export const embeddedOtherwise: TargetSettings = {
  ...targetOf({ extendedTypes: false, skipAcl: true, enforceQuota: true }),
  ttl: false,
};

/** One whose users may log in. */
export const embeddedSasl: TargetSettings = { ...targetOf({ saslUsers }), ttl: true };

function targetOf(options: StartServerOptions): Omit<TargetSettings, 'ttl'> {
  return {
    start: async () => {
      const running = await startServer({
        tickMs,
        reapIntervalMs: 100,
        ...options,
      });
      const { hosts, server } = running;
      return {
        hosts,
        version: '3.9.3',
        watchCount: () => Promise.resolve(server.watchCount()),
        ephemeralCount: () => Promise.resolve(server.ephemerals().length),
        close: () => running.stop(),
      };
    },
    tickMs,
    shortSessionMs: 1500,
  };
}
