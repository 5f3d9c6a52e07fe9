/** How queues look on the znodes: the names of entries, their order, their bytes, and the marks of those being processed. */

import { joinPath } from '../../path.js';
import { packItems, unpackItems } from './curator-items.js';
import { isBefore } from '../core/sequence.js';

/**
 * Whose queue it is. The line of our own consumers who wait is `PATH/waiting` with `'kazoo'`, else `PATH__waiting`.
 *
 * | layout             | as                                                    | entries                   | marks            |
 * |--------------------|-------------------------------------------------------|---------------------------|------------------|
 * | `'kazoo'`          | kazoo's `LockingQueue`                                | `PATH/entries/entry-100-N` | `PATH/taken`     |
 * | `'kazoo-queue'`    | kazoo's `Queue`                                       | `PATH/entry-100-N`        | none             |
 * | `'curator'`        | Curator's `DistributedQueue`, `…PriorityQueue`, `…DelayQueue` | `PATH/queue-N`    | below `lockPath` |
 * | `'curator-simple'` | Curator's `SimpleDistributedQueue`, ZooKeeper's own   | `PATH/qn-N`               | none             |
 */
export type EntryLayout = 'kazoo' | 'kazoo-queue' | 'curator' | 'curator-simple';

/** What the name of an entry says. */
export interface EntryName {
  readonly name: string;
  /** The name before its number. */
  readonly prefix: string;
  /** Lower comes first. */
  readonly priority: number;
  readonly sequence: number;
  /** Epoch milliseconds from which on it may be taken; 0 = always. */
  readonly visibleAtMs: number;
}

/** Where a new entry stands in the queue. */
export interface Standpoint {
  readonly priority?: number | undefined;
  readonly delayUntilMs?: number | undefined;
}

/** One layout. */
export interface EntryFormat {
  /** Znode above the entries. */
  readonly entries: (path: string) => string;
  /** Znode above the marks, if the layout says where they are. */
  readonly marks?: (path: string) => string;
  /** Znode above the line of our consumers who wait, if there is room for it below the queue's own. */
  readonly line?: (path: string) => string;
  /** Allowed priorities; none if it has no priorities. */
  readonly priorities?: { readonly min: number; readonly max: number };
  /** Whether its entries can be put off. */
  readonly delays: boolean;
  /** Name of a new entry before its number. */
  readonly prefix: (standpoint: Standpoint) => string;
  /** `undefined` for a name that is no entry's. */
  readonly parse: (name: string) => EntryName | undefined;
  /** Bytes of an entry with these items. */
  readonly pack: (items: readonly Uint8Array[]) => Uint8Array;
  /** Items of an entry; throws if the bytes are none. */
  readonly unpack: (bytes: Uint8Array) => readonly Uint8Array[];
}

/** Ten digits, or the minus sign and nine or ten of a counter that has wrapped. */
const number = String.raw`(\d{10}|-\d{9,10})`;
const kazooName = new RegExp(String.raw`^entry-(\d+)-${number}$`);
const curatorName = new RegExp(String.raw`^queue-(?:[01]([0-9A-F]{8})|\|([0-9A-F]+)\|)?${number}$`);
const simpleName = new RegExp(`^qn-${number}$`);
const kazooDefault = 100;

const oneItem = {
  pack: ([item = new Uint8Array()]: readonly Uint8Array[]) => item,
  unpack: (bytes: Uint8Array) => [bytes],
};

const kazooEntries: Omit<EntryFormat, 'entries'> = {
  ...oneItem,
  priorities: { min: 0, max: 999 },
  delays: false,
  prefix: ({ priority = kazooDefault }) => `entry-${String(priority).padStart(3, '0')}-`,
  parse: (name) => {
    const [, priority, sequence] = kazooName.exec(name) ?? [];
    if (sequence === undefined) return undefined;
    return { ...named(name, sequence), priority: Number(priority) };
  },
};

export const entryFormats: Readonly<Record<EntryLayout, EntryFormat>> = {
  kazoo: {
    ...kazooEntries,
    entries: (path) => joinPath(path, 'entries'),
    marks: (path) => joinPath(path, 'taken'),
    line: (path) => joinPath(path, 'waiting'),
  },
  'kazoo-queue': { ...kazooEntries, entries: (path) => path },
  curator: {
    entries: (path) => path,
    priorities: { min: -0x8000_0000, max: 0x7fff_ffff },
    delays: true,
    prefix: ({ priority, delayUntilMs }) => {
      if (delayUntilMs !== undefined) return `queue-|${hex(delayUntilMs)}|`;
      if (priority === undefined) return 'queue-';
      // The digit puts negative ones first in the order of texts; the rest is two's complement.
      return `queue-${priority < 0 ? '0' : '1'}${hex(priority >>> 0)}`;
    },
    parse: (name) => {
      const [, priority = '0', epoch = '0', sequence] = curatorName.exec(name) ?? [];
      if (sequence === undefined) return undefined;
      const visibleAtMs = epochOf(epoch);
      return { ...named(name, sequence), priority: parseInt(priority, 16) | 0, visibleAtMs };
    },
    pack: packItems,
    unpack: unpackItems,
  },
  'curator-simple': {
    ...oneItem,
    entries: (path) => path,
    delays: false,
    prefix: () => 'qn-',
    parse: (name) => {
      const sequence = simpleName.exec(name)?.[1];
      if (sequence === undefined) return undefined;
      return named(name, sequence);
    },
  },
};

/** The order of entries: by their time, their priority, their number. Numbers are compared as numbers. */
export function compareEntries(a: EntryName, b: EntryName): number {
  return (
    a.visibleAtMs - b.visibleAtMs ||
    a.priority - b.priority ||
    (isBefore(a.sequence, b.sequence) ? -1 : 1)
  );
}

function named(name: string, digits: string): EntryName {
  const prefix = name.slice(0, -digits.length);
  return { name, prefix, priority: 0, sequence: Number(digits), visibleAtMs: 0 };
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}

/** A negative Java long has sixteen digits, the first of them 8 to F: that time was always in the past. */
function epochOf(digits: string): number {
  const value = parseInt(digits, 16);
  return value > Number.MAX_SAFE_INTEGER ? 0 : value;
}
