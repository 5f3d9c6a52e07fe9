/** What our members of a party and those of ours who want leases do in a free contest: the same as kazoo's in `kazoo_team.py`. */

import { filter, firstValueFrom, map } from 'rxjs';
import { join$, lease$, members$, TimeoutError, type ZooKeeper } from '../../../src/index.js';
import { type Kinds, pause, textAt, type Turn } from './our-team.js';

/** What somebody saw while in the party, or with a lease. */
export interface MemberTurn extends Turn {
  /** Whom it saw: the members of the party; the holder of the lease before its own, if there is one. */
  readonly saw: readonly string[];
  /** Number of its lease. */
  readonly lease?: number;
}

export const ourMembers: Kinds = {
  Party: async (zk, { who, path }, round) => {
    while (!round.stopped) {
      const membership = join$(zk, path, { identifier: who }).subscribe();
      const saw = await firstValueFrom(
        members$(zk, path).pipe(
          map((members) => members.map(({ identifier }) => identifier)),
          filter((names) => names.includes(who)),
        ),
      );
      const { stat } = await zk.create(`/inside/${who}`, '', { mode: 'ephemeral', withStat: true });
      await pause(6);
      await zk.delete(`/inside/${who}`);
      membership.unsubscribe();
      const turn: MemberTurn = { who, zxid: String(stat.czxid), saw };
      round.told(turn);
      await pause(8);
    }
  },

  NonBlockingLease: async (zk, { who, path }, round) => {
    while (!round.stopped) {
      // The first that nobody has written down yet, so that nobody lags behind.
      const lease = (await zk.children('/taken')).length;
      if (await isLeased(zk, `${path}/${String(lease)}`, who)) {
        const taken = `/taken/${String(lease)}`;
        const { stat } = await zk.create(taken, who, { withStat: true });
        const saw = lease === 0 ? [] : [await holderOf(zk, `${path}/${String(lease - 1)}`)];
        const turn: MemberTurn = { who, zxid: String(stat.czxid), saw, lease };
        round.told(turn);
      }
      await pause(8);
    }
  },
};

function isLeased(zk: ZooKeeper, path: string, who: string): Promise<boolean> {
  const want = { durationMs: 3_600_000, identifier: who, onLeave: 'keep' } as const;
  return firstValueFrom(lease$(zk, path, want).pipe(map(() => true))).catch((error: unknown) => {
    if (error instanceof TimeoutError) return false;
    throw error;
  });
}

/** Who has a lease. */
export async function holderOf(zk: ZooKeeper, path: string): Promise<string> {
  // What the recipe and kazoo write.
  const { holder } = JSON.parse(await textAt(zk, `${path}/lease_holder`)) as { holder: string };
  return holder;
}
