/** The terms of a lease: how long it lasts, and which policies there are. */

import { type GiveUp } from '../lease.js';
import { refuse } from '../checks.js';
import { type SessionLeaseOptions } from '../zookeeper.js';

const policies = new Set<GiveUp | undefined>(['suspended', 'lease', undefined]);

/** How long a lease lasts after the newest acknowledged request was sent, in whole milliseconds. */
export function leaseMs(sessionTimeoutMs: number): number {
  return Math.floor((sessionTimeoutMs * 2) / 3);
}

/** Refuses a policy that does not exist; there is none that waits for the server. */
export function checkGiveUp({ giveUp, operation, path }: SessionLeaseOptions): void {
  if (policies.has(giveUp)) return;
  const given = { option: 'giveUp', value: giveUp, context: { operation, path } };
  throw refuse(given, `'suspended' or 'lease'`);
}
