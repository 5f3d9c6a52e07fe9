/** What our consumers of a queue do in a free contest: the same as kazoo's in `kazoo_team.py`. */

import { defer, firstValueFrom, ignoreElements, lastValueFrom, takeUntil } from 'rxjs';
import {
  consume$,
  dequeue$,
  enqueue,
  type EntryLayout,
  NoNodeError,
  type QueueEntry,
  TimeoutError,
  type ZooKeeper,
} from '../../../src/index.js';
import { type Entered, type Kinds, pause, type Round, type Turn } from './our-team.js';

/** What somebody saw who had an entry. */
export interface QueueTurn extends Turn {
  /** Its text: who put it in, and a number. */
  readonly text: string;
  /** Text of the entry that it has put in instead. */
  readonly put?: string;
  readonly session: string;
  /** Name of its znode; of those that mark it. */
  readonly entry?: string;
  /** What kazoo's consumer writes into its marks. */
  readonly id?: string;
  /** All marks by their entries, its own among them: what is written there, and whose session it is. */
  readonly marks: Readonly<Record<string, readonly [id: string, session: string]>>;
}

export const ourQueues: Kinds = {
  Queue: (zk, entered, round) =>
    new Consumer(zk, { ...entered, layout: 'kazoo-queue' }, round).dequeues(),
  Dequeuer: (zk, entered, round) =>
    new Consumer(zk, { ...entered, layout: 'kazoo' }, round).dequeues(),
  LockingQueue: (zk, entered, round) =>
    new Consumer(zk, { ...entered, layout: 'kazoo' }, round).consumes(),
};

/** Puts an entry in for each that it takes out, until the round is stopped; then takes out what is left. */
class Consumer {
  private count = 0;

  constructor(
    private readonly zk: ZooKeeper,
    private readonly entered: Entered & { readonly layout: EntryLayout },
    private readonly round: Round,
  ) {}

  async dequeues(): Promise<void> {
    const { path, layout } = this.entered;
    while (!(await this.isThrough())) {
      // Not for ever, because others may take the last.
      const entry = await firstValueFrom(dequeue$(this.zk, path, { layout, waitMs: 200 })).catch(
        (error: unknown) => {
          if (error instanceof TimeoutError) return undefined;
          throw error;
        },
      );
      if (entry !== undefined) await this.turn(entry, false);
    }
  }

  consumes(): Promise<void> {
    const work = (entry: QueueEntry) => defer(() => this.turn(entry, true));
    const onError = (error: unknown): never => {
      throw error;
    };
    const through$ = defer(async () => {
      while (!(await this.isThrough())) await pause(20);
    });
    return lastValueFrom(
      consume$(this.zk, this.entered.path, work, { concurrency: 2, onError }).pipe(
        ignoreElements(),
        takeUntil(through$),
      ),
      { defaultValue: undefined },
    );
  }

  private async isThrough(): Promise<boolean> {
    const { path, layout } = this.entered;
    const entries = layout === 'kazoo' ? `${path}/entries` : path;
    return this.round.stopped && (await this.zk.children(entries)).length === 0;
  }

  /** Whoever has an entry at the same time as another, or after another, fails here. */
  private async turn({ path, data }: QueueEntry, marked: boolean): Promise<void> {
    const { zk, round } = this;
    const { who, layout } = this.entered;
    const text = new TextDecoder().decode(data);
    const inWork = await zk.create(`/inside/${text}`, who, { mode: 'ephemeral' });
    const entry = path.split('/').at(-1);
    const marks = marked ? await marksAt(zk, `${this.entered.path}/taken`) : {};
    await pause(3);
    const { stat } = await zk.create(`/taken/${text}`, who, { withStat: true });
    const put = round.stopped ? undefined : `${who}:${String(this.count++)}`;
    if (put !== undefined) await enqueue(zk, this.entered.path, put, { layout });
    await zk.delete(inWork);
    const turn: QueueTurn = {
      ...{ who, zxid: String(stat.czxid), text, marks, session: String(zk.session?.id) },
      ...(put !== undefined && { put }),
      ...(marked && entry !== undefined && { entry }),
    };
    round.told(turn);
  }
}

/** What stands in the marks, and whose they are. */
async function marksAt(zk: ZooKeeper, path: string): Promise<QueueTurn['marks']> {
  const marks: Record<string, readonly [string, string]> = {};
  for (const name of await zk.children(path)) {
    const node = await zk.get(`${path}/${name}`).catch((error: unknown) => {
      // Gone since.
      if (error instanceof NoNodeError) return undefined;
      throw error;
    });
    if (node === undefined) continue;
    const id = new TextDecoder().decode(node.data ?? undefined);
    marks[name] = [id, String(node.stat.ephemeralOwner)];
  }
  return marks;
}
