/** How many znodes of leases there are: at no moment more than a semaphore has, whoever has lost the gate or died meanwhile. */

import { type EmbeddedServer } from '../../src/server/server.js';
import { maxLeases } from './contender.js';
import { type Journal } from './journal.js';

const roots = ['/locks/semaphore-kazoo/', '/locks/semaphore-curator/leases/'];

/** To be called after every transaction. */
export function countLeases(tree: ReturnType<EmbeddedServer['tree']>, journal: Journal): void {
  const paths = Object.keys(tree);
  for (const root of roots) {
    const count = paths.filter((path) => path.startsWith(root)).length;
    if (count > maxLeases) journal.violate(`there are ${count} leases at ${root}`);
  }
}
