/** All that can be held by waiting for it, in all layouts: what the sweeps and the seeds are run over. */

import { type Observable } from 'rxjs';
import { type GiveUp, type Lease } from '../../src/client/lease.js';
import { type ZooKeeper } from '../../src/client/zookeeper.js';
import { lock$ } from '../../src/recipes/locks/lock.js';
import { multiLock$ } from '../../src/recipes/locks/multi-lock.js';
import { type Layout } from '../../src/recipes/core/options.js';
import { readLock$, writeLock$ } from '../../src/recipes/locks/read-write-lock.js';
import { semaphore$ } from '../../src/recipes/locks/semaphore.js';
import { alone, type MayHold, readersTogether } from './world.js';

type Acquire = (zk: ZooKeeper, giveUp?: GiveUp) => Observable<Lease>;

/** One recipe, and who of its users keeps whom waiting. */
export interface Held {
  readonly name: string;
  readonly mayHold: MayHold;
  /** Holds first. */
  readonly first: Acquire;
  /** Waits for the first. */
  readonly second: Acquire;
  /** Where their znodes are; all that must be empty at the end. */
  readonly roots: readonly string[];
  /** Chunks each way in the life of one that waits and holds, from its handshake to its close; some too many. */
  readonly chunks: number;
}

const path = '/held/here';
const layouts: readonly Layout[] = ['kazoo', 'curator'];

function locks(layout: Layout): readonly Held[] {
  const reader: Acquire = (zk, giveUp = 'suspended') => readLock$(zk, path, { layout, giveUp });
  const writer: Acquire = (zk, giveUp = 'suspended') => writeLock$(zk, path, { layout, giveUp });
  const lock: Acquire = (zk, giveUp = 'suspended') => lock$(zk, path, { layout, giveUp });
  const rest = { roots: [path], chunks: 12 };
  const mayHold = readersTogether;
  const plain = { name: `lock (${layout})`, mayHold: alone, first: lock, second: lock, ...rest };
  // The layouts differ in names and parents only: one row will do for the second.
  if (layout === 'curator') return [plain];
  return [
    plain,
    { name: `writer behind writer (${layout})`, mayHold, first: writer, second: writer, ...rest },
    { name: `writer behind reader (${layout})`, mayHold, first: reader, second: writer, ...rest },
    { name: `reader behind writer (${layout})`, mayHold, first: writer, second: reader, ...rest },
  ];
}

function semaphore(layout: Layout): Held {
  const acquire: Acquire = (zk, giveUp = 'suspended') =>
    semaphore$(zk, path, { layout, maxLeases: 1, giveUp });
  const roots =
    layout === 'kazoo' ? [path, `${path}-__lock__`] : [`${path}/locks`, `${path}/leases`];
  const name = `semaphore (${layout})`;
  return { name, mayHold: alone, first: acquire, second: acquire, roots, chunks: 16 };
}

const pair = ['/held/one', '/held/two'];
const both: Acquire = (zk, giveUp = 'suspended') => multiLock$(zk, pair, { giveUp });

/** One row for each. */
export const heldRecipes: readonly Held[] = [
  ...layouts.flatMap(locks),
  ...layouts.map(semaphore),
  { name: 'two locks', mayHold: alone, first: both, second: both, roots: pair, chunks: 14 },
];
