/**
 * What a client does when the list of servers changes, so that the load of all clients is even again.
 *
 * The algorithm is that of ZooKeeper 3.5+ (ZOOKEEPER-1355, `StaticHostProvider.updateServerList`). Every client decides for
 * itself, by chance and without knowing of the others. With N servers before, M now, and those in both lists called *old*:
 *
 * | servers | the client's own | it                                                                       |
 * |---------|------------------|--------------------------------------------------------------------------|
 * | M > N   | is kept          | moves to a new one with probability 1 - N/M                              |
 * | M > N   | is gone          | moves to a new one                                                       |
 * | M <= N  | is kept          | stays                                                                    |
 * | M <= N  | is gone          | moves to an old one with probability old * (N-M) / (M * (N-old)), else to a new one |
 *
 * Who moves tries a server of the group that chance has picked, anew for each attempt; when one group has none left that was
 * not tried, one of the other.
 */

import { type Address } from '../transport/transport.js';

/** A list of servers that has been replaced. */
export interface ListChange {
  readonly before: readonly Address[];
  /** In the order in which they are to be tried. */
  readonly after: readonly Address[];
  /** The server that the client is at. */
  readonly current: Address;
}

/** Where to a client moves. */
export class Move {
  constructor(
    private readonly groups: { readonly old: Address[]; readonly fresh: Address[] },
    /** How likely it goes to one of the new servers. */
    readonly freshChance: number,
  ) {}

  /** The server to try now; `undefined` when all have been tried. */
  next(random: () => number): Address | undefined {
    const { old, fresh } = this.groups;
    // Chance is asked in any case: what follows does not depend on how many are left.
    const goesFresh = random() < this.freshChance;
    return (goesFresh ? fresh : old).shift() ?? (goesFresh ? old : fresh).shift();
  }
}

/** Where the client moves to; `undefined`: it stays where it is. */
export function rebalance(change: ListChange, random: () => number): Move | undefined {
  const { before, after, current } = change;
  const old = after.filter((server) => includes(before, server));
  const fresh = after.filter((server) => !includes(before, server));
  const kept = includes(after, current);
  const [n, m] = [before.length, after.length];
  if (m > n) {
    const moves = !kept || random() < 1 - n / m;
    return moves ? new Move({ old, fresh }, 1) : undefined;
  }
  if (kept) return undefined;
  const left = m * (n - old.length);
  const oldChance = left === 0 ? 0 : (old.length * (n - m)) / left;
  return new Move({ old, fresh }, 1 - oldChance);
}

/** Whether a list has this server. */
export function includes(servers: readonly Address[], server: Address): boolean {
  return indexOf(servers, server) !== -1;
}

/** Its place in the list; -1 = it is not there. */
export function indexOf(servers: readonly Address[], { host, port }: Address): number {
  return servers.findIndex((other) => other.host === host && other.port === port);
}
