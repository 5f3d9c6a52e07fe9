/**
 * Removes containers that have been emptied and TTL znodes that nobody has touched for long enough.
 *
 * It looks at them every interval, as ZooKeeper's container manager does, but leaves no timer while there is nothing to
 * look at, and while the only znodes on its list are TTL znodes it sleeps until the first of them can be due.
 */

import { type SchedulerLike } from 'rxjs';
import { Alarm } from './alarm.js';
import { type Machine } from './machine.js';
import { type Znode } from './znode.js';

export interface ReaperOptions {
  readonly scheduler: SchedulerLike;
  readonly intervalMs: number;
  /** How long a container may exist without ever having had a child; 0 = for ever. */
  readonly maxUnusedMs: number;
}

export class Reaper {
  private readonly alarm: Alarm;
  private additionsSeen = 0;
  private stopped = false;

  constructor(
    private readonly machine: Machine,
    private readonly options: ReaperOptions,
  ) {
    this.alarm = new Alarm(options.scheduler, () => {
      this.reap(machine.now);
      this.sleep();
    });
  }

  /** Removes what is due at a time, each in a transaction of its own; returns the paths. */
  reap(nowMs: number): readonly string[] {
    const { tree } = this.machine;
    const due = [...tree.expirable].filter((path) => {
      const node = tree.get(path);
      return node !== undefined && nowMs >= this.dueAt(node);
    });
    for (const path of due) this.machine.remove([path]);
    return due;
  }

  /** To be called after every change of the tree; cheap if the change does not matter here. */
  review(): void {
    const { expirable, expirableAdditions } = this.machine.tree;
    if (this.stopped) return;
    if (expirable.size === 0) this.alarm.set(undefined);
    if (expirableAdditions === this.additionsSeen) return;
    this.additionsSeen = expirableAdditions;
    if (expirable.size > 0) this.alarm.setNoLater(this.machine.now + this.options.intervalMs);
  }

  stop(): void {
    this.stopped = true;
    this.alarm.set(undefined);
  }

  start(): void {
    this.stopped = false;
    this.sleep();
  }

  /** Sets the alarm to the first round at which something can be due. */
  private sleep(): void {
    const { tree, now } = this.machine;
    let dueMs = Infinity;
    for (const path of tree.expirable) {
      const node = tree.get(path);
      if (node !== undefined) dueMs = Math.min(dueMs, this.dueAt(node));
    }
    this.additionsSeen = tree.expirableAdditions;
    if (dueMs === Infinity) {
      this.alarm.set(undefined);
      return;
    }
    const { intervalMs } = this.options;
    const rounds = Math.max(1, Math.ceil((dueMs - now) / intervalMs));
    this.alarm.set(now + rounds * intervalMs);
  }

  /** A TTL, and the time of a container that is never used, must be exceeded, not just reached. */
  private dueAt(node: Znode): number {
    if (node.kind === 'ttl') return node.mtime + node.ttlMs + 1;
    return node.childCreates > 0 ? 0 : node.mtime + this.options.maxUnusedMs + 1;
  }
}
