/** The acts of the demo: configuration streams, the leader is cut off, a lock queue is served. */

import {
  combineLatest,
  filter,
  firstValueFrom,
  forkJoin,
  lastValueFrom,
  map,
  timer,
  timeout,
} from 'rxjs';
import { json, type ZooKeeper } from 'rxzk';
import { type Board } from './board.js';
import { type Contender, type DemoConfig } from './contender.js';

const colours = ['green', 'blue', 'orange'];
// Far over what any step takes, so that a demo that hangs says where.
const patienceMs = 25_000;

export interface Stage {
  readonly admin: ZooKeeper;
  readonly root: string;
  readonly board: Board;
  readonly contenders: readonly Contender[];
  /** How long each step stays on show. */
  readonly pauseMs: number;
}

/** Three clients see every change of one znode. */
export async function configurationStreams({
  admin,
  root,
  board,
  contenders,
  pauseMs,
}: Stage): Promise<void> {
  board.announce(
    '1. Configuration',
    'three processes stream one znode: the value now, and every change',
  );
  const codec = json<DemoConfig>();
  const path = `${root}/config`;
  for (const contender of contenders) contender.start();
  for (const [index, colour] of colours.entries()) {
    await lastValueFrom(timer(pauseMs));
    const value = codec.encode({ version: index + 1, colour });
    if (index === 0) await admin.create(path, value);
    else await admin.set(path, value);
    await until(contenders, `configuration v${String(index + 1)}`, (all) =>
      all.every(({ config }) => config === `v${String(index + 1)} ${colour}`),
    );
  }
  await lastValueFrom(timer(pauseMs));
}

/** The leader loses its connection; another one leads, with a higher fence. */
export async function leaderIsCutOff({ board, contenders, pauseMs }: Stage): Promise<void> {
  board.announce('2. Election', 'all three stand; the first to come leads');
  for (const contender of contenders) contender.campaign();
  await until(contenders, 'a leader', (all) => all.some(({ role }) => role.startsWith('LEADER')));
  await lastValueFrom(timer(pauseMs));
  const leader = contenders.find(({ fence }) => fence !== undefined);
  const fence = leader?.fence;
  if (leader === undefined || fence === undefined) throw new Error('the leader has gone by itself');
  board.tell(
    `${leader.name} is cut off: it gives up at once, and its session runs out on the server`,
  );
  leader.cutOff();
  const others = contenders.filter((contender) => contender !== leader);
  await until(others, 'another leader', (all) => all.some(({ role }) => role.startsWith('LEADER')));
  const next = others.find((contender) => contender.fence !== undefined);
  if (next?.fence === undefined || next.fence <= fence) throw new Error('the fence did not grow');
  board.tell(
    `${next.name} leads with fence ${String(next.fence)}, higher than ${String(fence)}; ${leader.name} is back`,
  );
  leader.plugIn();
  await until([leader], 'the reconnect', ([view]) => view?.connection === 'connected');
  await lastValueFrom(timer(pauseMs));
}

/** All want one lock; each gets it in turn. */
export async function lockQueueIsServed({ board, contenders, pauseMs }: Stage): Promise<void> {
  board.announce('3. Lock', 'all three want one lock: served in order, one at a time');
  const work = contenders.map((contender) => contender.underLock(timer(pauseMs)));
  await lastValueFrom(forkJoin(work).pipe(timeout(patienceMs)), { defaultValue: undefined });
  await lastValueFrom(timer(pauseMs));
}

type Views = readonly Readonly<Record<'config' | 'role' | 'connection' | 'lock', string>>[];

async function until(
  contenders: readonly Contender[],
  what: string,
  isSo: (views: Views) => boolean,
): Promise<void> {
  const settled$ = combineLatest(contenders.map(({ view$ }) => view$)).pipe(
    filter(isSo),
    map(() => undefined),
    timeout({
      first: patienceMs,
      with: () => {
        throw new Error(`waited in vain for ${what}`);
      },
    }),
  );
  await firstValueFrom(settled$);
}
