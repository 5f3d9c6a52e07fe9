/**
 * Specs that need a real ZooKeeper. On a machine without one they are skipped, and the run says so in one line (see
 * `.config/left-out-reporter.mjs`); where `RXZK_REQUIRE_LIVE=1` is set (`.ci/run` sets it) they fail instead, so that
 * nothing is left out unnoticed.
 */

import { findZooKeeper } from '../../src/testing/real/installation.js';
import { mayFetch } from '../../src/testing/real/require-installation.js';

/** What is done with live specs: `skip` says what they need, `fail` what is missing where nothing may be left out. */
export type LiveVerdict =
  { readonly kind: 'run' } | { readonly kind: 'skip' | 'fail'; readonly missing: string };

/** Looks for a real ZooKeeper and decides. */
export function liveVerdict(env: NodeJS.ProcessEnv = process.env): LiveVerdict {
  const installation = findZooKeeper({}, env);
  if (!('missing' in installation)) return { kind: 'run' };
  // The first server that is started fetches it.
  if (installation.tried.length > 0 && mayFetch({}, env)) return { kind: 'run' };
  return {
    kind: env['RXZK_REQUIRE_LIVE'] === '1' ? 'fail' : 'skip',
    missing: installation.missing,
  };
}

/** As `describe`, for specs that need a real ZooKeeper. For files named `*.live.spec.ts`. */
export function describeLive(name: string, define: () => void): void {
  const verdict = liveVerdict();
  switch (verdict.kind) {
    case 'run':
      describe(name, define);
      return;
    case 'skip':
      // The reporter knows these from others that are skipped by what stands in the parentheses.
      describe.skip(`${name} (needs what is not here: ${verdict.missing})`, define);
      return;
    case 'fail':
      describe(name, () => {
        it('finds a real ZooKeeper', () => {
          throw new Error(`RXZK_REQUIRE_LIVE is set, but there is ${verdict.missing}`);
        });
      });
  }
}
