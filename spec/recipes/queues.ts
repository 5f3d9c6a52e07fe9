/** What the specs of queues share: entries put in, entries left, and what a consumer was told. */

import { type Observable, type Subscription } from 'rxjs';
import { enqueueAll } from '../../src/recipes/queue/enqueue.js';
import { type EntryLayout, entryFormats } from '../../src/recipes/queue/queue-layout.js';
import { type EnqueueOptions, type QueueEntry } from '../../src/recipes/queue/queue-options.js';
import { fromUtf8 } from '../../src/recipes/core/utf8.js';
import { type World } from './world.js';

/** Where the queues of the specs are. */
export const path = '/jobs';

export const layouts: readonly EntryLayout[] = [
  'kazoo',
  'kazoo-queue',
  'curator',
  'curator-simple',
];

/** What a stream told, in order: values as texts, `|`, or the name of its error. */
export interface Told<T> {
  readonly values: T[];
  readonly log: string[];
  readonly errors: unknown[];
  readonly subscription: Subscription;
}

export function tell<T>(source$: Observable<T>, show: (value: T) => string = String): Told<T> {
  const values: T[] = [];
  const log: string[] = [];
  const errors: unknown[] = [];
  const subscription = source$.subscribe({
    next: (value) => {
      values.push(value);
      log.push(show(value));
    },
    error: (error: unknown) => {
      errors.push(error);
      log.push(error instanceof Error ? error.name : String(error));
    },
    complete: () => log.push('|'),
  });
  return { values, log, errors, subscription };
}

/** An entry's text. */
export function textOf({ data }: QueueEntry): string {
  return fromUtf8(data);
}

/** Puts entries in through a client of its own, which is gone again afterwards. */
export function fill(world: World, items: readonly string[], options?: EnqueueOptions): void {
  const { zk } = world.join();
  enqueueAll(zk, path, items, options).subscribe();
  world.time.advanceBy(50);
  void zk.close();
  world.time.advanceBy(50);
}

/** The texts of the entries in the queue, in the order of their names. */
export function left(world: World, layout: EntryLayout = 'kazoo'): string[] {
  const { entries, parse, unpack } = entryFormats[layout];
  const tree = world.server.tree();
  const prefix = `${entries(path)}/`;
  return Object.keys(tree)
    .filter((name) => name.startsWith(prefix) && parse(name.slice(prefix.length)) !== undefined)
    .sort()
    .flatMap((name) => unpack(tree[name]?.data ?? new Uint8Array()))
    .map(fromUtf8);
}

/** Paths on the server that are neither the server's own nor entries. */
export function others(world: World, layout: EntryLayout = 'kazoo'): string[] {
  const { entries, parse } = entryFormats[layout];
  const prefix = `${entries(path)}/`;
  return Object.keys(world.server.tree())
    .filter((name) => name.startsWith(path))
    .filter((name) => !name.startsWith(prefix) || parse(name.slice(prefix.length)) === undefined)
    .sort();
}
