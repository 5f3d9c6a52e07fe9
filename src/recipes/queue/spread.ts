/**
 * Among how many of the first entries the consumers of a client pick.
 *
 * Several consumers who read the same list would all go for its first entry. So whoever comes too late picks at random among the
 * first few from then on: so many times more each time he is too late, and a little less each time he is not. It settles where few
 * tries are too late, however many consumers there are; and a consumer that is alone takes strictly in order.
 */

import { type ZooKeeper } from '../../client/zookeeper.js';

const max = 1024;
const widening = 4;
const narrowing = 0.9;

const spreads = new WeakMap<ZooKeeper, Map<string, Spread>>();

/** The spread of a client's consumers of one queue: who takes one entry at a time, each with a subscription of its own, learns too. */
export function spreadOf(zk: ZooKeeper, path: string): Spread {
  return spreads.get(zk)?.get(path) ?? new Spread(zk, path);
}

export class Spread {
  private width = 1;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly path: string,
  ) {}

  /** Among how many to pick: 1 to 1024. */
  get size(): number {
    return Math.round(this.width);
  }

  /** Somebody else was faster. */
  widen(): void {
    this.width = Math.min(max, this.width * widening);
    const known = spreads.get(this.zk) ?? new Map<string, Spread>();
    spreads.set(this.zk, known.set(this.path, this));
  }

  /** Nobody was faster. */
  narrow(): void {
    this.width = Math.max(1, this.width * narrowing);
    // What has nothing to tell is not kept: a client may have seen any number of queues.
    if (this.width === 1) spreads.get(this.zk)?.delete(this.path);
  }
}
