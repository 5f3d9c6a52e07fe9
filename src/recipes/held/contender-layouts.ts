/**
 * How the queues of locks, read and write locks and elections look on the znodes, in kazoo's layout and in Curator's.
 *
 * | what                | kazoo              | waits for              | Curator             | waits for              |
 * |---------------------|--------------------|------------------------|---------------------|------------------------|
 * | lock                | `<id>__lock__N`    | `__lock__`             | `_c_<uuid>-lock-N`  | `lock-`                |
 * | election            | `<id>__lock__N`    | `__lock__`             | `_c_<uuid>-latch-N` | `latch-`               |
 * | write lock          | `<id>__lock__N`    | `__lock__`, `__rlock__` | `_c_<uuid>-__WRIT__N` | `__WRIT__`, `__READ__` |
 * | read lock           | `<id>__rlock__N`   | `__lock__`             | `_c_<uuid>-__READ__N` | `__WRIT__`             |
 *
 * A contender is known by the text right before its number; ids hold only hex digits and dashes, so none of these texts can be a
 * part of one. Curator's may come without the id in front (`lock-N`), hence no dash before the text.
 */

import { type GiveUp } from '../../client/lease.js';
import { type Layout, type LockOptions } from '../core/options.js';
import { type ContenderOptions, type QueueLayout } from './standing.js';
import { toUtf8 } from '../core/utf8.js';
import { protectionPrefix } from '../core/uuid.js';

/** What somebody stands in a queue for. */
export type QueueRole = 'lock' | 'election' | 'read' | 'write';

const kazoo = (own: string, ...rivals: readonly string[]): QueueLayout => {
  return { prefix: (id) => id + own, rivals };
};

const curator = (own: string, ...rivals: readonly string[]): QueueLayout => {
  return { prefix: (id) => protectionPrefix(id) + own, rivals, parents: 'container' };
};

const layouts: Record<Layout, Record<QueueRole, QueueLayout>> = {
  kazoo: {
    lock: kazoo('__lock__', '__lock__'),
    election: kazoo('__lock__', '__lock__'),
    write: kazoo('__lock__', '__lock__', '__rlock__'),
    read: kazoo('__rlock__', '__lock__'),
  },
  curator: {
    lock: curator('lock-', 'lock-'),
    election: curator('latch-', 'latch-'),
    write: curator('__WRIT__', '__WRIT__', '__READ__'),
    read: curator('__READ__', '__WRIT__'),
  },
};

const sharing: ReadonlySet<string> = new Set(['__rlock__', '__READ__']);

/** The texts before the number by which all contenders of a layout are known, whatever they stand for. */
export const contenderMarkers: Record<Layout, readonly string[]> = {
  kazoo: ['__lock__', '__rlock__'],
  curator: ['lock-', 'latch-', '__WRIT__', '__READ__'],
};

/** Whether a contender known by this text holds together with others of its kind. */
export function isShared(marker: string): boolean {
  return sharing.has(marker);
}

/** What is known of somebody who wants to stand in a queue. */
interface Wanted extends LockOptions {
  readonly role: QueueRole;
  readonly operation: string;
  readonly giveUp?: GiveUp;
}

/** How a lock, a read or write lock or an election contends at `root`. */
export function queueOptions(root: string, wanted: Wanted): ContenderOptions {
  const { role, operation, layout = 'kazoo', alsoWaitFor = [] } = wanted;
  const queue = layouts[layout][role];
  return {
    root,
    layout: { ...queue, rivals: [...queue.rivals, ...alsoWaitFor] },
    identifier: toUtf8(wanted.identifier ?? ''),
    standbys: 0,
    giveUp: wanted.giveUp ?? 'suspended',
    once: wanted.waitMs === 0,
    operation,
  };
}
