/**
 * The embedded server and a real one, driven by the same random scripts. `RXZK_SEED=7` plays others, `RXZK_RUNS=5000` more of
 * them, and `RXZK_PATH=…`, as a failure prints it, one.
 */

import { describeLive } from '../support/live.js';
import { type ManagedServer, startZooKeeper } from '../../src/testing/index.js';
import { embedded, real, realOptions } from './contestant.js';
import { compareServers } from './differential.js';

const seed = Number(process.env['RXZK_SEED'] ?? 1);
const runs = Number(process.env['RXZK_RUNS'] ?? 100);
const path = process.env['RXZK_PATH'];
const timeoutMs = 120_000 + runs * 1000;

describeLive('embedded and real server', () => {
  describe.each([{ enforceQuota: false }, { enforceQuota: true }])('with %o', (rules) => {
    let server: ManagedServer;
    beforeAll(async () => {
      server = await startZooKeeper(realOptions(rules));
    }, 60_000);
    afterAll(() => server.close());

    it(
      'say the same',
      async () => {
        const contestants = [
          embedded({ ...rules, version: server.version }),
          real(server),
        ] as const;
        const explain = (): string => server.log();
        const maxBurst = rules.enforceQuota ? 1 : 6;
        const options = { seed, runs, path, maxBurst, explain };
        const { disagreement, asked } = await compareServers(contestants, options);
        if (disagreement !== undefined) throw new Error(disagreement);
        expect(asked).toBeGreaterThan(runs * 10);
      },
      timeoutMs,
    );
  });
});
