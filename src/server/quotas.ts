/**
 * Quotas: what znodes below `/zookeeper/quota` say how much there may be below a path, and how much there is.
 *
 * Theory of operation. `/zookeeper/quota<path>/zookeeper_limits` makes a quota of the path: the deepest one above a znode
 * counts, alone. `zookeeper_stats` beside it is kept by the server, without a version, a zxid or a watch of its own: it is
 * counted anew when it is created and follows every change that has gone through. So operations of one multi are all
 * judged by what was there before it, as in a real server. A quota without stats binds nobody. A hard limit refuses
 * if quotas are enforced; a soft one warns.
 */

import { baseName } from '../path.js';
import { type Outcome, refusals } from './refusal.js';
import {
  figureOf,
  formatTrack,
  parseTrack,
  type QuotaFigures,
  type QuotaTrack,
} from './quota-figures.js';
import { type Tree } from './tree.js';
import { type Change } from './watches.js';

/** A quota that was exceeded, or would have been. */
export interface QuotaWarning {
  readonly path: string;
  readonly kind: 'count' | 'bytes';
  readonly limit: number;
  readonly current: number;
  /** Whether the change was refused. */
  readonly hard: boolean;
}

/** How quotas are treated. */
export interface QuotaOptions {
  readonly enforce: boolean;
  readonly onWarning: (warning: QuotaWarning) => void;
}

const root = '/zookeeper/quota';
const limitsName = '/zookeeper_limits';
const statsName = '/zookeeper_stats';
const kinds = ['count', 'bytes'] as const;

export class Quotas {
  /** How often a hard limit has refused something, by the first name of the path. */
  readonly refusals = new Map<string, number>();
  private readonly limited = new Set<string>();

  constructor(
    private tree: Tree,
    private readonly options: QuotaOptions,
  ) {
    this.load(tree);
  }

  /** Another tree takes the place of the old one. */
  load(tree: Tree): void {
    this.tree = tree;
    this.limited.clear();
    for (const { path } of tree.all()) {
      if (isLimits(path)) this.limited.add(subject(path, limitsName));
    }
  }

  /** Whether so much more at a path is within its quota. Only growth can be too much. */
  check(path: string, more: QuotaFigures): Outcome<undefined> {
    if (this.limited.size === 0) return undefined;
    const quota = this.quotaOf(path);
    if (quota === undefined) return undefined;
    const limits = this.tree.get(root + quota + limitsName);
    if (limits === undefined) return undefined;
    const most = parseTrack(limits.data);
    if (most === undefined) return this.options.enforce ? refusals.marshalling : undefined;
    const growing = kinds.filter(
      (kind) => more[kind] > 0 && Math.max(figureOf(most, kind), hardLimit(most, kind)) > -1,
    );
    const stats = this.tree.get(root + quota + statsName);
    if (growing.length === 0 || stats === undefined) return undefined;
    const now = parseTrack(stats.data);
    if (now === undefined) return this.options.enforce ? refusals.marshalling : undefined;
    const refused = growing.some((kind) => {
      const current = figureOf(now, kind) + more[kind];
      const isHard = hardLimit(most, kind) > -1;
      const limit = isHard ? hardLimit(most, kind) : figureOf(most, kind);
      const hard = isHard && this.options.enforce;
      if (current > limit) this.options.onWarning({ path: quota, kind, limit, current, hard });
      return current > limit && hard;
    });
    if (!refused) return undefined;
    this.countRefusal(quota);
    return refusals.quotaExceeded;
  }

  /** Follows a change that has gone through. */
  follow({ type, path, bytes }: Change): void {
    if (path.startsWith(root)) this.followOwn(type, path);
    if (this.limited.size === 0) return;
    const quota = this.quotaOf(path);
    if (quota === undefined) return;
    this.add(quota, { count: type === 'created' ? 1 : type === 'deleted' ? -1 : 0, bytes });
  }

  private followOwn(type: Change['type'], path: string): void {
    if (isLimits(path)) {
      if (type === 'created') this.limited.add(subject(path, limitsName));
      if (type === 'deleted') this.limited.delete(subject(path, limitsName));
    }
    if (type === 'created' && path.endsWith(statsName)) {
      const counted = subject(path, statsName);
      if (counted !== '') this.write(counted, new Map(Object.entries(this.tree.measure(counted))));
    }
  }

  /** Whoever was counted stays, with nothing. */
  resetRefusals(): void {
    for (const namespace of this.refusals.keys()) this.refusals.set(namespace, 0);
  }

  private countRefusal(path: string): void {
    const [, namespace = ''] = path.split('/');
    this.refusals.set(namespace, (this.refusals.get(namespace) ?? 0) + 1);
  }

  /** The deepest path with a quota, from this one up; the root has none. */
  private quotaOf(path: string): string | undefined {
    let at = path;
    while (at.length > 1) {
      if (this.limited.has(at)) return at;
      at = at.slice(0, at.lastIndexOf('/'));
    }
    return undefined;
  }

  private add(quota: string, more: QuotaFigures): void {
    const node = this.tree.get(root + quota + statsName);
    const now = node === undefined ? undefined : parseTrack(node.data);
    if (now === undefined) return;
    const sums = kinds.map((kind) => [kind, figureOf(now, kind) + more[kind]] as const);
    this.write(quota, new Map([...now, ...sums]));
  }

  private write(quota: string, track: QuotaTrack): void {
    const node = this.tree.get(root + quota + statsName);
    if (node !== undefined) this.tree.keepData(node, formatTrack(track));
  }
}

function hardLimit(limits: QuotaTrack, kind: 'count' | 'bytes'): number {
  return figureOf(limits, kind === 'count' ? 'countHardLimit' : 'byteHardLimit');
}

function isLimits(path: string): boolean {
  return path.startsWith(`${root}/`) && `/${baseName(path)}` === limitsName;
}

/** The path that a znode of the bookkeeping is about; empty for none. */
function subject(path: string, name: string): string {
  return path.slice(root.length, path.length - name.length);
}
