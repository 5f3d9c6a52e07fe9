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

/** By queue, those above 1 only: a client may have seen any number of queues. */
const widths = new WeakMap<ZooKeeper, Map<string, number>>();

/** The spread of all consumers that a client has of one queue: who subscribes anew for each entry knows it, too. */
export class Spread {
  private readonly known: Map<string, number>;

  constructor(
    zk: ZooKeeper,
    private readonly path: string,
  ) {
    this.known = widths.get(zk) ?? new Map<string, number>();
    widths.set(zk, this.known);
  }

  /** Among how many to pick: 1 to 1024. */
  get size(): number {
    return Math.round(this.width);
  }

  /** Somebody else was faster. */
  widen(): void {
    this.known.set(this.path, Math.min(max, this.width * widening));
  }

  /** Nobody was faster. */
  narrow(): void {
    const width = this.width * narrowing;
    if (width > 1) this.known.set(this.path, width);
    else this.known.delete(this.path);
  }

  private get width(): number {
    return this.known.get(this.path) ?? 1;
  }
}
