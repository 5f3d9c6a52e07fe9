/**
 * Every lease that was granted in a run, and what is promised of all of them together.
 *
 * What is promised: at any instant, the leases of one path that are valid when asked from their own processes' clocks, be those
 * processes paused or not, take no more room together than there is; and the fence of each grant is greater than those of all
 * exclusive grants before it, that of an exclusive one greater than those of all. Not promised, and so excused, is a lease whose znode was taken by force (an operator deleted it, or ended its session before
 * its time): its process may hear of that later than the next holder.
 */

import { type Lease } from '../../src/client/lease.js';
import { type Journal } from './journal.js';

/** How much of a path a lease takes, and how much there is; who takes all of it holds alone. */
export interface Share {
  readonly takes: number;
  readonly room: number;
}

/** The share of a lock, a leader, a mark. */
export const alone: Share = { takes: 1, room: 1 };

interface Grant extends Share {
  readonly who: string;
  readonly path: string;
  readonly lease: Lease;
}

/** The greatest fences of a path so far. */
interface Newest {
  readonly ofAll: bigint;
  readonly ofExclusive: bigint;
}

export class Leases {
  grants = 0;
  private valid: Grant[] = [];
  /** Some of those that have ended: they must stay so. */
  private readonly ended: Grant[] = [];
  private readonly newest = new Map<string, Newest>();
  private readonly forced = new Set<bigint>();

  constructor(private readonly journal: Journal) {}

  /** The znode with this czxid was taken from its owner by somebody else. */
  takenByForce(fence: bigint): void {
    this.forced.add(fence);
  }

  /** Whether somebody else has taken the znode with this czxid from its owner. */
  wasForced(fence: bigint): boolean {
    return this.forced.has(fence);
  }

  granted(grant: Grant): void {
    const { who, path, lease } = grant;
    this.grants++;
    this.journal.note(who, `holds ${path} with fence ${lease.fence}`);
    this.checkFence(grant);
    this.valid.push(grant);
    this.check();
  }

  /** Asks all leases, now. */
  check(): void {
    const before = this.valid;
    this.valid = before.filter((grant) => grant.lease.valid());
    for (const grant of before) if (!this.valid.includes(grant)) this.ended.push(grant);
    this.ended.splice(0, this.ended.length - 8);
    for (const { who, path, lease } of this.ended) {
      if (lease.valid()) this.journal.violate(`${who}'s lease of ${path} has come back to life`);
    }
    const holders = new Map<string, { names: string; taken: number }>();
    for (const { who, path, lease, takes, room } of this.valid) {
      if (this.forced.has(lease.fence)) continue;
      const others = holders.get(path);
      const taken = takes + (others?.taken ?? 0);
      const names = others === undefined ? who : `${others.names} and ${who}`;
      if (taken > room) this.journal.violate(`${names} both hold ${path}`);
      holders.set(path, { names, taken });
    }
  }

  private checkFence({ who, path, lease, takes, room }: Grant): void {
    const { fence } = lease;
    const isExclusive = takes === room;
    const { ofAll = 0n, ofExclusive = 0n } = this.newest.get(path) ?? {};
    const least = isExclusive ? ofAll : ofExclusive;
    if (fence <= least) {
      if (this.forced.has(fence)) return;
      this.journal.violate(`${who} holds ${path} with fence ${fence} after ${least}`);
    }
    this.newest.set(path, {
      ofAll: fence > ofAll ? fence : ofAll,
      ofExclusive: isExclusive ? fence : ofExclusive,
    });
  }
}
