/**
 * Every lease that was granted in a run, and what is promised of all of them together.
 *
 * What is promised: at any instant, at most one of the leases of one path is valid when asked from its own process's
 * clocks, be that process paused or not; and fences increase strictly in the order in which the grants were given. Not
 * promised, and so excused, is a lease whose znode was taken by force (an operator deleted it, or ended its session before
 * its time): its process may hear of that later than the next holder.
 */

import { type Lease } from '../../src/client/lease.js';
import { type Journal } from './journal.js';

interface Grant {
  readonly who: string;
  readonly path: string;
  readonly lease: Lease;
}

export class Leases {
  grants = 0;
  private valid: Grant[] = [];
  /** Some of those that have ended: they must stay so. */
  private readonly ended: Grant[] = [];
  private readonly newest = new Map<string, bigint>();
  private readonly forced = new Set<bigint>();

  constructor(private readonly journal: Journal) {}

  /** The znode with this czxid was taken from its owner by somebody else. */
  takenByForce(fence: bigint): void {
    this.forced.add(fence);
  }

  granted(grant: Grant): void {
    const { who, path, lease } = grant;
    this.grants++;
    this.journal.note(who, `holds ${path} with fence ${lease.fence}`);
    const newest = this.newest.get(path) ?? 0n;
    if (lease.fence > newest) this.newest.set(path, lease.fence);
    else if (!this.forced.has(lease.fence))
      this.journal.violate(`${who} holds ${path} with fence ${lease.fence} after ${newest}`);
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
    const holders = new Map<string, string>();
    for (const { who, path, lease } of this.valid) {
      if (this.forced.has(lease.fence)) continue;
      const other = holders.get(path);
      if (other !== undefined) this.journal.violate(`${other} and ${who} both hold ${path}`);
      holders.set(path, who);
    }
  }
}
