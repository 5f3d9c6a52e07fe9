/** Specs that need a real ZooKeeper and a foreign client besides. */

import { describeLive } from '../support/live.js';

/** A client as it was found here, or what is missing for it, with how to get it. */
export type Found<T> = { readonly found: T } | { readonly missing: string };

/** As `describeLive`, for specs that need more; gives them what was found. */
export function describeNeeding<T>(name: string, need: Found<T>, define: (found: T) => void): void {
  if ('found' in need) {
    describeLive(name, () => {
      define(need.found);
    });
  } else if (process.env['RXZK_REQUIRE_LIVE'] === '1') {
    describe(name, () => {
      it('finds what it needs', () => {
        throw new Error(`RXZK_REQUIRE_LIVE is set, but there is ${need.missing}`);
      });
    });
  } else {
    // The reporter knows these by what stands in the parentheses; what would be in it is never run.
    describe.skip(`${name} (needs what is not here: ${need.missing})`, () => {
      it('runs', () => undefined);
    });
  }
}
