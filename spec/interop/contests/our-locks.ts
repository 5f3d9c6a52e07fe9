/** What our contenders for locks do in a free contest: the same as kazoo's in `kazoo_team.py`. */

import {
  defer,
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import {
  contenders$,
  leaseHolders$,
  whileLeader,
  withLock,
  withReadLock,
  withSemaphore,
  withWriteLock,
  type ZooKeeper,
} from '../../../src/index.js';
import { type Entered, type Kinds, pause, textAt, type Turn } from './our-team.js';

/** What somebody saw who had a lock of some kind. */
export interface LockTurn extends Turn {
  /** Whether it is a reader of a read/write lock. */
  readonly reads: boolean;
  /** Who was in, itself included. */
  readonly inside: readonly string[];
  /** Identifiers of all contenders, in order; of a semaphore, those of the holders. */
  readonly line: readonly string[];
  /** Whether the two logs differed; for a reader. */
  readonly torn: boolean;
}

type Under = (zk: ZooKeeper, entered: Entered) => MonoTypeOperatorFunction<LockTurn>;

const underLocks: Readonly<Record<string, Under>> = {
  Lock: (zk, { path, who }) => withLock(zk, path, { identifier: who }),
  ReadLock: (zk, { path, who }) => withReadLock(zk, path, { identifier: who }),
  WriteLock: (zk, { path, who }) => withWriteLock(zk, path, { identifier: who }),
  Semaphore: (zk, { path, who, maxLeases = 1 }) =>
    withSemaphore(zk, path, { identifier: who, maxLeases }),
  Election: (zk, { path, who }) => whileLeader(zk, path, { identifier: who }),
};

export const ourLocks: Kinds = Object.fromEntries(
  Object.entries(underLocks).map(([kind, under]) => [
    kind,
    async (zk, entered, round) => {
      const turn$ = defer(() => turn(zk, entered)).pipe(under(zk, entered));
      while (!round.stopped) {
        const cameAt = performance.now();
        round.told(await lastValueFrom(turn$));
        const stayedMs = performance.now() - cameAt;
        // So that the order in line changes. kazoo's readers get in only while no writer is in line, not even behind them (its
        // issue 649), so writers leave room for them, however slow the machine is.
        await pause(8 + (kind === 'WriteLock' ? 3 * stayedMs : 0));
      }
    },
  ]),
);

async function turn(zk: ZooKeeper, entered: Entered): Promise<LockTurn> {
  const { who, kind } = entered;
  const mark = `/inside/${who}`;
  const { stat } = await zk.create(mark, '', { mode: 'ephemeral', withStat: true });
  const inside = await zk.children('/inside');
  const line = await firstValueFrom(line$(zk, entered));
  const torn = await work(zk, entered);
  await zk.delete(mark);
  return { who, zxid: String(stat.czxid), reads: kind === 'ReadLock', inside, line, torn };
}

/** Who is there, as soon as we are seen there, too: it is a live view. */
function line$(zk: ZooKeeper, { kind, path, who }: Entered): Observable<readonly string[]> {
  const all$: Observable<readonly { readonly identifier: string }[]> =
    kind === 'Semaphore' ? leaseHolders$(zk, path) : contenders$(zk, path);
  const isOneOfMany = kind === 'Semaphore' || kind === 'ReadLock';
  return all$.pipe(
    map((all) => all.map(({ identifier }) => identifier)),
    filter((line) => (isOneOfMany ? line.includes(who) : line[0] === who)),
  );
}

/** What is safe under the lock only. */
async function work(zk: ZooKeeper, { kind, who }: Entered): Promise<boolean> {
  switch (kind) {
    case 'Semaphore':
      await pause(6);
      return false;
    case 'ReadLock': {
      const log = await textAt(zk, '/log');
      await pause(3);
      return log !== (await textAt(zk, '/twin'));
    }
    case 'WriteLock':
      await append(zk, '/log', who);
      await pause(3);
      await append(zk, '/twin', who);
      return false;
    default:
      await append(zk, '/log', who);
      return false;
  }
}

async function append(zk: ZooKeeper, path: string, who: string): Promise<void> {
  const text = await textAt(zk, path);
  await pause(3);
  await zk.set(path, `${text}${who} `);
}
